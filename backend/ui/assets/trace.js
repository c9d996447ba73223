// One trace as a waterfall; it grows while spans still arrive.

import { detail } from "./detail.js";
import { element, hue, serviceLabel, setText } from "./dom.js";
import { clock, count, duration } from "./format.js";
import { live, watcher } from "./live.js";
import { rows } from "./tree.js";

const QUIET = 10_000; // ms without a new span after which a whole trace counts as complete
const TICKS = 4;

const id = decodeURIComponent(location.pathname.split("/").pop());
const look = watcher(`/api/traces/${encodeURIComponent(id)}`);
const list = document.getElementById("spans");
const state = document.getElementById("state");
const open = new Set(); // ids of spans whose details are shown
let shown = null; // what is on the page: { trace, rows, begin, total }
let lastNews = Date.now();

live(
  async () => {
    const answer = await look();
    if (answer) {
      lastNews = Date.now();
      if (answer.data?.[0]) show(answer.data[0]);
      else if (answer.errors?.[0]?.code !== 404) return stop(answer.errors?.[0]?.msg ?? "no trace in the answer");
    }
    return tellState();
  },
  () => {
    state.className = "state broken";
    setText(state, "The backend does not answer; trying again");
  },
);

function stop(reason) {
  state.className = "state broken";
  setText(state, reason);
  return false;
}

/** False when there is nothing to wait for any more. */
function tellState() {
  if (!shown) {
    state.className = "state live";
    setText(state, "This trace has not arrived; waiting for it");
    return true;
  }
  const whole = shown.rows.every((row) => row.missing === null);
  const complete = whole && Date.now() - lastNews > QUIET;
  state.className = complete ? "state" : "state live";
  setText(state, complete ? "Complete" : whole ? "Live" : "Waiting for missing spans");
  return !complete;
}

function show(trace) {
  // No Math.min(...spans): a call cannot take tens of thousands of arguments.
  const begin = trace.spans.reduce((bound, span) => Math.min(bound, span.startTime), Infinity);
  const end = trace.spans.reduce((bound, span) => Math.max(bound, span.startTime + span.duration), 0);
  shown = { trace, rows: rows(trace.spans), begin, total: Math.max(end - begin, 1) };
  showHead();
  showNotices();
  showAxis();
  const focused = document.activeElement?.closest?.("li[data-span]")?.dataset.span;
  list.replaceChildren(...shown.rows.map(rowElement));
  if (focused) list.querySelector(`li[data-span="${CSS.escape(focused)}"] > button`)?.focus({ preventScroll: true });
}

function showHead() {
  const { trace, begin, total } = shown;
  const root = shown.rows[0];
  const name = root.span.operationName || "(no name)";
  setText(document.getElementById("title"), name);
  document.title = `${name} – trace`;
  const services = new Map();
  for (const { span } of shown.rows) {
    const service = trace.processes[span.processID].serviceName;
    services.set(service, (services.get(service) ?? 0) + 1);
  }
  const facts = [
    ["Started", clock(begin / 1000)],
    ["Took", duration(total)],
    ["Spans", trace.spans.length.toLocaleString("en")],
    ["Trace id", trace.traceID],
  ];
  const pairs = facts.map(([term, fact]) => element("div", "", element("dt", "", term), element("dd", "", fact)));
  document.getElementById("facts").replaceChildren(...pairs);
  const legend = [...services].map(([service, spans]) =>
    element("li", "", serviceLabel(service, element("span", "quiet", ` ${count(spans, "span")}`))),
  );
  document.getElementById("legend").replaceChildren(...legend);
}

function showNotices() {
  const orphans = shown.rows.filter((row) => row.missing !== null);
  const notices = document.getElementById("notices");
  if (orphans.length === 0) {
    notices.replaceChildren();
    return;
  }
  const [first] = orphans;
  const which = orphans.length === 1 ? `“${first.span.operationName}” is` : `${count(orphans.length, "span")} are`;
  const notice = element(
    "section",
    "notice warning",
    element("h2", "", orphans.length === 1 ? "A parent span is missing" : "Parent spans are missing"),
    element(
      "p",
      "",
      `${which} the child of a span that is not here (${[...new Set(orphans.map((row) => row.missing))].slice(0, 3).join(", ")}). ` +
        "A span is sent when it ends, so a parent arrives after its children: it may be on its way, and this page shows it " +
        "as soon as it is there. If it stays away, the program that made it does not export its spans, stopped before it " +
        "could, or did not sample this trace.",
    ),
  );
  notices.replaceChildren(notice);
}

function showAxis() {
  const ticks = [];
  for (let tick = 0; tick <= TICKS; tick += 1) {
    ticks.push(element("span", "", tick === 0 ? "0" : duration((shown.total * tick) / TICKS)));
  }
  document.getElementById("axis").replaceChildren(element("div", "ticks", ...ticks));
}

function rowElement(row) {
  const { span, depth, missing } = row;
  const process = shown.trace.processes[span.processID];
  const failed = span.tags?.some((tag) => tag.key === "error" && tag.value === true);
  const item = element("li", missing === null ? "" : "orphan");
  item.dataset.span = span.spanID;
  item.style.setProperty("--hue", hue(process.serviceName));
  item.style.setProperty("--depth", Math.min(depth, 24)); // deeper ones stay readable at the side
  const left = ((span.startTime - shown.begin) / shown.total) * 100;
  const width = (span.duration / shown.total) * 100;
  item.style.setProperty("--left", `${left}%`);
  item.style.setProperty("--width", `${width}%`);
  const button = element(
    "button",
    "row",
    element(
      "span",
      "name",
      element("span", "service-name", process.serviceName),
      " ",
      element("span", "operation", span.operationName || "(no name)"),
      failed ? element("span", "badge error", "error") : null,
      missing === null ? null : element("span", "badge warning", "parent missing"),
    ),
    element(
      "span",
      `line ${left + width < 80 ? "after" : left > 20 ? "before" : "inside"}`,
      element("span", "bar"),
      element("span", "length", duration(span.duration)),
    ),
  );
  button.type = "button";
  button.addEventListener("click", () => toggle(item, button, row));
  item.append(button);
  if (open.has(span.spanID)) expand(item, button, row);
  else button.setAttribute("aria-expanded", "false");
  return item;
}

function toggle(item, button, row) {
  if (open.delete(row.span.spanID)) {
    item.querySelector(".detail")?.remove();
    button.setAttribute("aria-expanded", "false");
  } else {
    open.add(row.span.spanID);
    expand(item, button, row);
  }
}

function expand(item, button, row) {
  button.setAttribute("aria-expanded", "true");
  item.append(detail(row, shown.trace.processes[row.span.processID], shown.begin));
}

// The arrows go from row to row, as Tab does.
list.addEventListener("keydown", (event) => {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const item = event.target.closest?.("li[data-span]");
  const next = step && event.target.matches("button.row") && item?.[step];
  if (next) {
    event.preventDefault();
    next.querySelector("button.row").focus();
  }
});
