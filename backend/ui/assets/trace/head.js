// The page header: which trace this is.

import { copyButton } from "../common/copy.js";
import { button, element, isolated, serviceLabel, setAttributes, shortened } from "../common/dom.js";
import { clockOf, count, crossed, duration, exact, grouped, inOrder } from "../common/format.js";
import { fact, reconcile, reconcileFacts } from "../common/reconcile.js";
import { isInCircle } from "../common/tree.js";
import { failuresOf } from "./failures.js";

const NAME = 200; // characters of a title
const TITLE = 1000;
const SERVICES = 12; // services named at first

let everyService = false;

export function showFacts(state) {
  const root = state.roots.find((each) => !each.missing && each.parentId === null) ?? state.roots.find(isInCircle);
  const parts = root ? [root.service, root.name].map((part) => shortened(part, NAME)) : ["Root span missing"];
  const heading = document.getElementById("title");
  const isolatedParts = parts.flatMap((part, place) => (place ? [" ", isolated(part)] : [isolated(part)]));
  if (heading.textContent !== parts.join(" ")) heading.replaceChildren(...isolatedParts);
  document.title = `${parts.join(" ")} – trace`;
  reconcileFacts(document.getElementById("facts"), factsOf(state));
  showLegend(state);
}

function factsOf(state) {
  const { trace, nodes } = state;
  let depth = 0;
  for (const { depth: each } of nodes.values()) depth = Math.max(depth, each + 1);
  const errors = () => [trace.errors > 0 ? errorsButton(state) : "0"];
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

function errorsButton(state) {
  const { errors } = state.trace;
  const settings = { class: "badge error", title: "Go to the span that failed first" };
  const label = element("span", "", crossed(errors), element("span", "visually-hidden", " to the first one"));
  return button(label, settings, () => state.change({ selected: failuresOf(state.nodes)[0].span.id }));
}

/** The legend: services with their colours, those with the most spans first. A click highlights a service's spans. */
function showLegend(state) {
  const { trace, outstanding } = state;
  const counts = new Map(); // service: `{service, spans, errors}`
  for (const { service, error } of trace.spans) {
    const { spans = 0, errors = 0 } = counts.get(service) ?? {};
    counts.set(service, { service, spans: spans + 1, errors: errors + error });
  }
  const services = [...counts.values()].sort(
    (one, other) => other.spans - one.spans || inOrder(one.service, other.service),
  );
  const shown = everyService ? services : services.slice(0, SERVICES);
  const left = services.length - shown.length;
  const more = () => button(`${left} more`, { class: "small" }, () => showAll(state));
  // The rest is kept only while everything is unchanged, because it refers to the trace.
  reconcile(document.getElementById("legend") ?? makeLegend(), left > 0 ? [...shown, services] : shown, {
    key: JSON.stringify,
    make: (entry) => element("li", "", entry === services ? more() : chip(entry, state)),
    update({ firstChild: made }, { service }) {
      if (service !== undefined) setAttributes(made, { "aria-pressed": service === outstanding });
    },
  });
}

function chip({ service, spans, errors }, state) {
  const figures = element("span", "quiet number", count(spans, "span"));
  const failed = errors > 0 ? element("span", "failed number", crossed(errors)) : null;
  const says = `${count(spans, "span")}${errors > 0 ? `, ${count(errors, "error")}` : ""}; click to make them stand out`;
  return button(
    serviceLabel(service, " ", figures, failed && " ", failed),
    { class: "chip-of-service", title: `${shortened(service, TITLE)}: ${says}` },
    () => state.change({ service: state.outstanding === service ? null : service }),
  );
}

function showAll(state) {
  everyService = true;
  showLegend(state);
}

function makeLegend() {
  const legend = element("ul", { id: "legend", class: "legend", "aria-label": "Services" });
  document.querySelector(".trace-head").append(legend);
  return legend;
}
