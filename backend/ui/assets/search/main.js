// The search page: the address holds the query, the form changes the address, and the results follow.

import { readView, searchAddress, traceAddress } from "../common/page_addresses.js";
import { embedded } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { shortcut } from "../common/keys.js";
import { live } from "../common/live.js";
import { setState } from "../common/messages.js";
import "../common/page.js";
import { CHANGED } from "../transfer/import.js";
import { addServices, demandService, fillForm, mountForm, offerServices, readForm } from "./form.js";
import { Pace } from "./repeat_pace.js";
import { bounds, isLive, NEWEST, plainQuery, readQuery, writeQuery } from "./query.js";
import { Results } from "./results.js";
import { search } from "./summaries.js";

const HOUR = 3600e6; // µs
// The embedded back end holds only the user's traces, so by default show all, whatever their age.
const LOOKBACK = embedded ? "all" : "2d";

let query = readAddress();
let searching = new AbortController(); // aborted when a new search begins
let faulty = false;
const pace = new Pace();
let from = null; // start of its time range
let restored = false;

const results = new Results({
  page: (by) => go(turned(by)),
  sort: (sort) => go({ ...query, sort, page: 1 }),
  pause: () => {
    results.pause(!results.paused);
    tellState();
  },
  zoom: (start, end) => go({ ...query, lookback: "custom", start, end, page: 1 }),
  widen: () => go({ ...query, lookback: "all", start: null, end: null, page: 1 }),
  change: (next) => go({ ...next, page: 1 }),
  again: () => looking.again(),
  reset,
});
mountForm(
  (typed) => go({ ...typed, page: 1, sort: query.sort }),
  () => {
    const { from: start, to: end } = bounds(query, Date.now());
    const now = Date.now() * 1000;
    return { start: start ?? results.oldest ?? now - HOUR, end: end ?? now };
  },
);
document.getElementById("reset").addEventListener("click", reset);
if (query.ids.length === 1) location.replace(traceAddress(query.ids[0], { find: readView().find }));
begin();
const looking = live(look, failed);
offerServices().catch(() => {}); // the search reports the error
window.addEventListener("popstate", () => {
  const next = readAddress();
  if (address(next) !== address(query)) start(next); // otherwise only the fragment changed
});

function readAddress() {
  const read = readQuery(new URLSearchParams(location.search), LOOKBACK);
  return embedded || read.page === 1 ? read : { ...read, page: 1 }; // Jaeger has no pagination
}

function reset() {
  go({ ...plainQuery(LOOKBACK), sort: query.sort });
}

function address(of) {
  return searchAddress(writeQuery(of));
}

/** Start another search, with a new history entry. */
function go(next) {
  const other = address(next) !== address(query);
  if (!other && results.fresh && !faulty) return; // already running
  if (other) history.pushState(null, "", address(next));
  start(next);
}

function start(next) {
  query = next;
  begin();
  looking.again();
}

function begin() {
  searching.abort();
  searching = new AbortController();
  pace.reset();
  fillForm(query);
  faulty = readForm() === null;
  results.begin(query, !faulty && isLive(query, Date.now()));
}

/** The query of the previous or next page. Its end is fixed, so that new traces do not shift the pages. */
function turned(by) {
  const page = query.page + by;
  if (query.lookback === "custom" || query.sort !== NEWEST) return { ...query, page };
  const newest = results.found?.rows.reduce((most, { startNs }) => (startNs > most ? startNs : most), 0n) ?? 0n;
  const end = page === 1 ? null : (query.end ?? Number((newest + 999n) / 1000n));
  return { ...query, page, end };
}

async function look() {
  const { signal } = searching;
  if (faulty) {
    results.clear();
    setState("", "Nothing asked");
    return false;
  }
  await pace.rest(signal);
  from = bounds(query, Date.now()).from;
  const found = await pace.measure(search(query, signal), () => {
    if (results.fresh) setState("", "Searching…");
  });
  const none = found.rows.length === 0 && (await offerServices()).length === 0;
  signal.throwIfAborted();
  const names = found.rows.flatMap((row) => row.services.map(({ name }) => name));
  colourServices(names);
  addServices(names);
  tellState();
  if (await results.show({ ...found, none })) restore();
  signal.throwIfAborted();
  return isLive(query, Date.now());
}

async function failed(problem) {
  const refused = problem.status >= 400 && problem.status < 500;
  if (!embedded && !query.service && !query.tags && problem.status >= 400 && /service/i.test(problem.message)) {
    const service = await demandService().catch(() => undefined);
    if (service) {
      history.replaceState(null, "", address({ ...query, service }));
      start({ ...query, service });
      return;
    }
  }
  if (refused) {
    looking.stop();
    results.refuse(problem.message);
  } else if (results.fresh) results.fail(problem.message);
  setState("broken", refused ? "The search was refused" : `${problem.message}; trying again`);
}

function tellState() {
  if (results.paused) setState("", "Paused");
  else if (isLive(query, Date.now())) setState("live", "Live");
  else setState("", query.page > 1 ? "Not live beyond the first page" : "Not live: a range in the past");
}

// A look-back window moves even without news.
setInterval(() => {
  const moved = isLive(query, Date.now()) && bounds(query, Date.now()).from !== from;
  if (moved && !document.hidden && !faulty) looking.again();
  if (!document.hidden) results.list.tick();
}, 1000);

/** On return from a trace, restore the scroll position. */
function restore() {
  if (restored) return;
  restored = true;
  if (!history.state) return;
  window.scrollTo(0, history.state.scroll ?? 0);
  results.list.focus(history.state.trace); // scrolls to it, in case row heights differ from the estimate
}
window.addEventListener("pagehide", () => {
  history.replaceState({ scroll: window.scrollY, trace: results.list.focused?.id }, "");
});

// After an import or a deletion, update even a list that is held still.
document.addEventListener(CHANGED, () => {
  pace.reset();
  results.pause(false);
  results.fresh = true;
  looking.again();
});

const focus = (id) => () => {
  document.getElementById("fold").open = true;
  document.getElementById(id).focus();
};
const press = (id) => () => document.getElementById(id).click();
shortcut("Search", ["/"], "type tags", focus("tags"));
shortcut("Search", ["s"], "choose a service", focus("service"));
shortcut("Search", ["r"], "reset the search", reset);
shortcut("Results", ["j", "ArrowDown"], "next trace", () => results.list.step(1));
shortcut("Results", ["k", "ArrowUp"], "previous trace", () => results.list.step(-1));
shortcut("Results", ["x"], "choose the trace to compare", () => {
  if (results.list.focused) results.choice.toggle(results.list.focused);
});
shortcut("Results", ["p"], "pause, or go on", () => document.getElementById("pause").hidden || press("pause")());
shortcut("Results", ["n"], "newer page", press("newer"));
shortcut("Results", ["o"], "older page", press("older"));
