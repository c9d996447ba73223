// The services and their calls, looked at again while spans arrive.

import { dependencies, services as fetchServices } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { showEmpty } from "../common/empty.js";
import { live } from "../common/live.js";
import { setState, tellProblem } from "../common/messages.js";
import "../common/page.js";
import { CHANGED } from "../transfer/import.js";
import { mountTransfer } from "../transfer/transfer.js";
import { readCalls } from "./calls.js";
import { mountControls } from "./controls.js";
import { mountGraph } from "./graph/graph.js";
import { mountPanel } from "./panel.js";
import { mountTable } from "./table.js";
import { emptyOf } from "./texts.js";
import { View, windowOf } from "./view.js";

// ms between two looks: the back end goes through all spans for it, about a second for a million.
const REST = 5000;
const TIMES = 4; // or so many times as long as the last answer took
const MINUTE = 60_000; // also without news: what is older leaves the look-back

const view = new View();
const part = (id) => document.getElementById(id);
let asked = -Infinity;
let took = 0;
let due = null;

mountControls(part("controls"), view);
mountTransfer(part("controls"));
view.on(["calls", "services", "wanted"], () => showEmpty(part("empty"), emptyOf(view)));
mountPanel(part("panel"), view);
mountGraph(part("graph"), view);
mountTable(part("calls"), view);
view.readAddress();

const looking = live(look, (problem) => {
  asked = -Infinity;
  tellProblem(problem);
});
view.on(["lookback"], () => {
  setState("", "Loading…");
  lookNow();
});
document.addEventListener(CHANGED, lookNow);
window.addEventListener("popstate", () => view.readAddress());
setInterval(() => {
  if (!document.hidden) looking.again();
}, MINUTE);

function lookNow() {
  asked = -Infinity;
  looking.again();
}

async function look() {
  const rest = asked + Math.max(REST, TIMES * took) - performance.now();
  if (rest > 0) {
    due ??= setTimeout(dueNow, rest);
    return;
  }
  asked = performance.now();
  const { lookback } = view;
  const { end, lookback: length } = windowOf(lookback);
  const [found, services] = await Promise.all([dependencies(end, length), fetchServices()]);
  took = performance.now() - asked;
  if (lookback !== view.lookback) return; // another one was chosen meanwhile, and is asked for next
  const calls = readCalls(found);
  colourServices([...services, ...calls.names]);
  view.change({ calls, services });
  setState("live", "Live");
}

function dueNow() {
  due = null;
  if (!document.hidden) looking.again();
}
