// The newest traces, live.

import { element, serviceLabel, setText } from "./dom.js";
import { clock, count, duration } from "./format.js";
import { live, watcher } from "./live.js";

const SHOWN = 20;
// All of time, always the same words: so the backend can say in a word that nothing is new.
const ADDRESS =
  "/api/v3/trace-summaries?query.startTimeMin=1970-01-01T00:00:00Z&query.startTimeMax=2262-01-01T00:00:00Z" +
  `&query.searchDepth=${SHOWN}`;

const list = document.getElementById("traces");
const state = document.getElementById("state");
const empty = document.getElementById("empty");
const look = watcher(ADDRESS);
const rows = new Map(); // by trace id: { text, element }

live(
  async () => {
    const answer = await look();
    if (answer) {
      if (!Array.isArray(answer.summaries)) throw new Error("no summaries in the answer");
      show(answer.summaries);
    }
    state.className = "state live";
    setText(state, "Live");
  },
  () => {
    state.className = "state broken";
    setText(state, "The backend does not answer; trying again");
  },
);

function show(summaries) {
  const wanted = new Set(summaries.map((summary) => summary.traceId));
  for (const [id, row] of rows) {
    if (!wanted.has(id)) {
      row.element.remove();
      rows.delete(id);
    }
  }
  const first = rows.size === 0;
  summaries.forEach((summary, place) => put(summary, place, first));
  empty.hidden = summaries.length > 0;
}

/** Put a row where it belongs; what is there already stays as it is, with its focus. */
function put(summary, place, first) {
  const text = JSON.stringify(summary);
  let row = rows.get(summary.traceId);
  if (!row) {
    row = { text: null, element: element("li", first ? "" : "new") };
    rows.set(summary.traceId, row);
  }
  if (row.text !== text) {
    fill(row.element, summary);
    row.text = text;
  }
  if (list.children[place] !== row.element) list.insertBefore(row.element, list.children[place] ?? null);
}

function fill(row, summary) {
  const start = Number(BigInt(summary.minStartTimeUnixNano ?? 0) / 1000n); // µs
  const end = Number(BigInt(summary.maxEndTimeUnixNano ?? 0) / 1000n);
  const services = summary.services ?? [];
  let link = row.firstElementChild;
  if (!link) {
    link = element("a", "trace");
    link.href = `/trace/${encodeURIComponent(summary.traceId)}`;
    row.append(link);
  }
  link.replaceChildren(
    element("span", "name", summary.rootOperationName || (summary.rootServiceName ? "(no name)" : "Root span missing")),
    element("span", "badges", ...badges(summary)),
    element("span", "services", ...services.map((service) => serviceLabel(service.name))),
    element("span", "quiet spans-count", count(summary.spanCount ?? 0, "span")),
    element("span", "number", duration(end - start)),
    element("time", "quiet", clock(start / 1000)),
  );
}

function badges(summary) {
  const found = [];
  if (summary.errorSpanCount) found.push(element("span", "badge error", count(summary.errorSpanCount, "error")));
  if (summary.orphanSpanCount) {
    found.push(element("span", "badge warning", `${count(summary.orphanSpanCount, "parent")} missing`));
  }
  return found;
}
