// The page of services and their calls, updated while spans arrive; and its controls.

import { dependenciesWithFigures, services as fetchServices } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { element, field, plainField } from "../common/dom.js";
import { noAnswer, showEmpty } from "../common/empty_state.js";
import { shortcut } from "../common/keys.js";
import { live } from "../common/live.js";
import { setState, tellProblem } from "../common/messages.js";
import "../common/page.js";
import { reconcile } from "../common/reconcile.js";
import { CHANGED } from "../transfer/import.js";
import { readCalls } from "./calls.js";
import { mountGraph } from "./graph/graph.js";
import { mountLatency } from "./latency/latency.js";
import { mountPanel } from "./panel.js";
import { mountTable } from "./table.js";
import { emptyOf } from "./texts.js";
import { LOOKBACKS, View, windowOf } from "./view.js";

// ms between updates: each makes the back end scan all spans, about a second per million.
const REST = 5000;
const TIMES = 4; // or this many times as long as the last response took
const LONGEST = 200; // characters of a suggested service name
const MINUTE = 60_000; // update even without news, because old calls leave the look-back

const view = new View();
const part = (id) => document.getElementById(id);
let asked = -Infinity;
let took = 0;
let due = null;
let lost = null; // the message if there is no response

mountControls(part("controls"));
view.on(["calls", "services", "wanted"], () => showEmpty(part("empty"), emptyOf(view)));
mountPanel(part("panel"), view);
mountGraph(part("graph"), view);
mountLatency(part("latency"), view);
mountTable(part("calls"), view);
view.readAddress();

const looking = live(look, (problem) => {
  asked = -Infinity;
  tellProblem(problem);
  if (!view.calls) showEmpty(part("empty"), (lost ??= noAnswer(problem.message, lookNow)));
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
  const [found, services] = await Promise.all([dependenciesWithFigures(end, length), fetchServices()]);
  took = performance.now() - asked;
  if (lookback !== view.lookback) return; // the user chose another one meanwhile, which is fetched next
  const calls = readCalls(found, services);
  colourServices([...services, ...calls.names]);
  view.change({ calls, services });
  setState("live", "Live");
}

function dueNow() {
  due = null;
  if (!document.hidden) looking.again();
}

function mountControls(place) {
  const names = element("datalist", { id: "names" });
  const wanted = plainField({ type: "search", id: "wanted", list: "names", placeholder: "All services" });
  const choices = Object.entries(LOOKBACKS).map(([value, { title }]) => element("option", { value }, title));
  const lookback = element("select", { id: "lookback" }, ...choices);
  place.append(field("Look-back", lookback), field("Service and its neighbours", wanted), names);

  lookback.addEventListener("change", () => view.go({ lookback: lookback.value }));
  // Each letter narrows the graph; the back button returns to the previous search.
  wanted.addEventListener("input", () => view.change({ wanted: wanted.value }));
  wanted.addEventListener("change", () => view.go({ wanted: wanted.value }));
  view.on(["lookback", "wanted"], () => {
    lookback.value = view.lookback;
    if (wanted.value !== view.wanted) wanted.value = view.wanted;
  });
  view.on(["calls"], () => {
    const offered = view.calls.names.filter((name) => name.length <= LONGEST);
    reconcile(names, offered, { key: (value) => value, make: (value) => element("option", { value }) });
  });
  shortcut("Services", ["/"], "look for a service", () => wanted.focus());
}
