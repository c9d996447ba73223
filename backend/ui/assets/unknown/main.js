// An address that leads nowhere: the page says so by itself, and has what every page has.

import { setState } from "../common/messages.js";
import "../common/page.js";

setState("", "Not found");
