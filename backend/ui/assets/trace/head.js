// The head of the page: what trace this is.

import { copyButton } from "../common/copy.js";
import { button, element, isolated, serviceLabel, shortened } from "../common/dom.js";
import { clockOf, count, crossed, duration, exact, grouped } from "../common/format.js";
import { fact, reconcile, reconcileFacts } from "../common/reconcile.js";
import { isInCircle } from "../common/tree.js";

const NAME = 200; // characters of a title
const SERVICES = 12; // that are named at first

let everyService = false;

export function showFacts(state) {
  const root = state.roots.find((each) => !each.missing && each.parentId === null) ?? state.roots.find(isInCircle);
  const parts = root ? [root.service, root.name].map((part) => shortened(part, NAME)) : ["Root span missing"];
  const heading = document.getElementById("title");
  const isolatedParts = parts.flatMap((part, place) => (place ? [" ", isolated(part)] : [isolated(part)]));
  if (heading.textContent !== parts.join(" ")) heading.replaceChildren(...isolatedParts);
  document.title = `${parts.join(" ")} – trace`;
  reconcileFacts(document.getElementById("facts"), factsOf(state));
  showLegend(state.trace);
}

function factsOf({ trace, nodes }) {
  let depth = 0;
  for (const { depth: each } of nodes.values()) depth = Math.max(depth, each + 1);
  const errors = () => [element("span", trace.errors > 0 ? "badge error" : "", crossed(trace.errors))];
  return [
    fact("Start", clockOf(trace.beginNs), exact(trace.beginNs)),
    fact("Takes", duration(trace.duration), `${Math.round(trace.duration * 1000)} ns`),
    fact("Spans", grouped(trace.spans.length)),
    fact("Services", grouped(trace.services.length)),
    fact("Depth", grouped(depth), "Spans one below the other"),
    fact("Errors", crossed(trace.errors), "", errors),
    fact("Trace id", trace.id, "", () => [element("code", "", trace.id), copyButton("the trace id", trace.id)]),
  ];
}

/** Services with their colours, those with the most spans first. */
function showLegend(trace) {
  const counts = new Map();
  for (const { service } of trace.spans) counts.set(service, (counts.get(service) ?? 0) + 1);
  const services = [...counts].sort(([one, fewer], [other, more]) => more - fewer || (one < other ? -1 : 1));
  const shown = everyService ? services : services.slice(0, SERVICES);
  const left = services.length - shown.length;
  const more = () => button(`${left} more`, { class: "small" }, () => showAll(trace));
  const label = ([service, spans]) =>
    element("li", "", serviceLabel(shortened(service, 100)), element("span", "quiet number", count(spans, "span")));
  // What is left is kept only as long as all is the same, for it knows the trace.
  reconcile(document.getElementById("legend") ?? makeLegend(), left > 0 ? [...shown, services] : shown, {
    key: JSON.stringify,
    make: (entry) => (entry === services ? element("li", "", more()) : label(entry)),
  });
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
