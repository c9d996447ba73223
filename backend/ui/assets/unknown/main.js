// The page for unknown addresses: static, plus the parts common to every page.

import { setState } from "../common/messages.js";
import "../common/page.js";

setState("", "Not found");
