// The head of the page: what trace this is.

import { serviceLabel } from "../common/colour.js";
import { copyButton } from "../common/copy.js";
import { button, element } from "../common/dom.js";
import { clock, count, duration, exact } from "../common/format.js";
import { isolated, shortened } from "../common/text.js";
import { keepRows } from "./kept_rows.js";

const NAME = 200; // characters of a title
const SERVICES = 12; // that are named at first

let everyService = false;

/** Show a trace's name and figures; again whenever it has grown. */
export function showFacts(state) {
  const root = state.roots.find((each) => !each.missing && each.parentId === null);
  const parts = root ? [root.service, root.name].map((part) => shortened(part, NAME)) : ["Root span missing"];
  const heading = document.getElementById("title");
  if (heading.textContent !== parts.join(" "))
    heading.replaceChildren(...parts.flatMap((part, place) => (place ? [" ", isolated(part)] : [isolated(part)])));
  document.title = `${parts.join(" ")} – trace`;
  keepRows(document.getElementById("facts"), rowsOf(state));
  showLegend(state.trace);
}

function rowsOf({ trace, nodes }) {
  let depth = 0;
  for (const { depth: each } of nodes.values()) depth = Math.max(depth, each + 1);
  const rows = [
    row("Start", clock(Number(trace.beginNs / 1000n) / 1000), exact(trace.beginNs)),
    row("Takes", duration(trace.duration), `${Math.round(trace.duration * 1000)} ns`),
    row("Spans", trace.spans.length.toLocaleString("en")),
    row("Services", trace.services.length.toLocaleString("en")),
    row("Depth", depth.toLocaleString("en"), "Spans one below the other"),
    { ...row("Errors", trace.errors.toLocaleString("en")), make: () => [errors(trace.errors)] },
    { ...row("Trace id", trace.id), make: () => [element("code", "", trace.id), copyButton("the trace id", trace.id)] },
  ];
  return rows;
}

function row(term, text, title) {
  return { term, same: text, make: () => [title ? element("span", { title }, text) : text] };
}

function errors(number) {
  return element("span", number > 0 ? "badge error" : "", number > 0 ? `✗ ${number.toLocaleString("en")}` : "0");
}

/** Services with their colours, those with the most spans first. */
function showLegend(trace) {
  const counts = new Map();
  for (const { service } of trace.spans) counts.set(service, (counts.get(service) ?? 0) + 1);
  const services = [...counts].sort(([one, fewer], [other, more]) => more - fewer || (one < other ? -1 : 1));
  const legend = document.getElementById("legend") ?? makeLegend();
  const same = JSON.stringify([services, everyService]);
  if (legend.kept === same) return;
  legend.kept = same;
  const shown = everyService ? services : services.slice(0, SERVICES);
  const entries = shown.map(([service, spans]) =>
    element("li", "", serviceLabel(shortened(service, 100)), element("span", "quiet number", count(spans, "span"))),
  );
  const left = services.length - shown.length;
  if (left > 0)
    entries.push(
      element(
        "li",
        "",
        button(`${left} more`, { class: "small" }, () => showAll(trace)),
      ),
    );
  legend.replaceChildren(...entries);
}

function showAll(trace) {
  everyService = true;
  showLegend(trace);
}

function makeLegend() {
  const legend = element("ul", { id: "legend", class: "legend", "aria-label": "Services" });
  document.querySelector(".trace-head").append(legend);
  return legend;
}
