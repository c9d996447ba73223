// The trace page; updates while spans arrive.

import { idInAddress, readView, viewAddress } from "../common/page_addresses.js";
import { embedded, trace as fetchTrace } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { button } from "../common/dom.js";
import { shortcut } from "../common/keys.js";
import { isComplete, keepTelling, live, tellGrowth } from "../common/live.js";
import { setState, tellProblem } from "../common/messages.js";
import { readTrace } from "../common/model.js";
import "../common/page.js";
import { Absence } from "./absent.js";
import { showErrors } from "./error_card.js";
import { showFacts } from "./head.js";
import { mountFind } from "./find/find.js";
import { showNotices } from "./notices.js";
import { mountPanel } from "./panel/panel.js";
import { LOOK, State } from "./state.js";
import { mountTools } from "./tools.js";

// The views by their names in the address; loaded on first use.
const VIEWS = {
  timeline: { title: "Timeline", load: () => import("./timeline/timeline.js") },
  flame: { title: "Flame graph", load: () => import("./flame/flame.js") },
  statistics: { title: "Statistics", load: () => import("./table/statistics.js") },
  table: { title: "Spans", load: () => import("./table/span_table.js") },
};

// These may change many times a second, for example during a drag. The address follows after a pause: browsers block a
// page that changes it hundreds of times.
const OFTEN = ["range", "filter", "selected", "closed"];
const PAUSE = 250; // ms between two changes

const id = idInAddress();
const place = document.getElementById("view");
const state = new State();
const last = {};
let lastNews = Date.now();
let mounted = null; // the name of the mounted view
let unmount = null;
let writing = null; // a pending change of the address
let written = 0; // time of the last change

state.on(["trace"], () => {
  showFacts(state);
  showErrors(state);
  showNotices(state);
});
state.on(["service"], () => state.trace && showFacts(state));
mountPanel(document.getElementById("panel"), state);
mountFind(document.getElementById("tools"), state);
mountTools(document.getElementById("tools"), state);
state.on(["view"], show);
readAddress();
VIEWS[state.view].load().catch(() => null); // preload; show() mounts it, or reports the error
showTabs();
state.on(LOOK.filter((name) => !OFTEN.includes(name)), writeAddress);
state.on(OFTEN, writeSoon);
window.addEventListener("popstate", readAddress);
window.addEventListener("hashchange", readAddress);

const absence = new Absence(id, () => looking.again());
const looking = live(
  async () => {
    const resourceSpans = await fetchTrace(id, last);
    if (resourceSpans?.length) {
      lastNews = Date.now();
      await nextTask();
      const trace = readTrace(resourceSpans);
      colourServices(trace.services);
      await nextTask();
      absence.end();
      state.setTrace(trace);
      if (!mounted) show();
    }
    return tellState();
  },
  (problem) => {
    const refused = problem.status >= 400 && problem.status < 500;
    if (refused) looking.stop();
    tellProblem(problem);
    if (!state.trace && refused) absence.refused(problem.message);
    else if (!state.trace) absence.unanswered(problem.message);
  },
);

/** Yield to the browser. With 10,000 spans, parsing, building the tree and drawing in one task would exceed 100 ms. */
function nextTask() {
  return new Promise((done) => setTimeout(done));
}

/** Show the page's state; returns false once there is nothing left to ask for. */
function tellState() {
  if (!state.trace) {
    absence.waiting();
    setState("live", "Waiting for this trace");
    return true;
  }
  const whole = state.roots.every((root) => !root.missing);
  tellGrowth(whole, lastNews);
  return embedded || !isComplete(whole, lastNews); // the embedded back end pushes news at no cost
}
keepTelling(tellState);

function readAddress() {
  const { adjusted, ...look } = readView();
  if (!Object.hasOwn(VIEWS, look.view)) look.view = "timeline";
  const changed = Object.entries(look).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(state[name]));
  if (changed.length > 0) state.change(Object.fromEntries(changed));
  if (adjusted !== state.adjusted) state.adjust(adjusted);
}

function writeAddress() {
  clearTimeout(writing);
  [writing, written] = [null, Date.now()];
  history.replaceState(null, "", viewAddress(state));
}

function writeSoon() {
  if (writing) return;
  const wait = written + PAUSE - Date.now();
  if (wait > 0) writing = setTimeout(writeAddress, wait);
  else writeAddress();
}

function showTabs() {
  const tabs = document.getElementById("views");
  Object.entries(VIEWS).forEach(([name, { title }], number) => {
    const tab = button(title, { role: "tab", id: `tab-${name}`, "aria-controls": "view" }, () => choose(name));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const names = Object.keys(VIEWS);
      choose(names[(names.indexOf(name) + step + names.length) % names.length]);
      document.getElementById(`tab-${state.view}`).focus();
    });
    tabs.append(tab);
    shortcut("Views", [String(number + 1)], title.toLowerCase(), () => choose(name));
  });
  markTab();
}

function choose(view) {
  if (view !== state.view) state.change({ view });
}

/** Mount the view once there is a trace. */
async function show() {
  const name = state.view;
  markTab();
  if (!state.trace || mounted === name) return;
  const module = await VIEWS[name].load().catch(() => null);
  await nextTask();
  if (state.view !== name || mounted === name) return; // the user chose another one meanwhile
  if (!module) return setState("broken", "The back end does not answer; load the page again");
  unmount?.();
  place.replaceChildren();
  place.dataset.view = name;
  mounted = name;
  unmount = module.mount(place, state);
}

function markTab() {
  for (const tab of document.querySelectorAll("#views [role=tab]")) {
    const selected = tab.id === `tab-${state.view}`;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
  }
  place.setAttribute("aria-labelledby", `tab-${state.view}`);
}
