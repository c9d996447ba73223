// The page's texts about calls: their numbers, and the messages shown instead of a graph.

import { element, name } from "../common/dom.js";
import { emptyState, firstSteps } from "../common/empty_state.js";
import { count, duration, exactDuration, grouped, share } from "../common/format.js";
import { LOOKBACKS } from "./view.js";

export const NOT_TOLD =
  "Jaeger tells only how often services call each other; errors and durations need the embedded back end";

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const MOST = 20; // services to name
const WHAT = "A call is a span whose parent is there too: it counts from the parent's service to the span's own.";

/** A number in compact form; exact below a limit. */
export function compact(number, limit) {
  return number < limit ? grouped(number) : COMPACT.format(number);
}

/** `✗ 2.5 %`; "" if nothing failed, or if unknown. */
export function failed({ count, errors }) {
  return errors ? `✗ ${share(errors / count)}` : "";
}

/** Likewise with the count; "none", or why it is unknown. */
export function failures({ count: all, errors }) {
  if (errors === null) return unknown();
  return errors ? element("span", "failed", `✗ ${count(errors, "call")}, ${share(errors / all)}`) : "none";
}

/** A duration from µs, with the exact one in its tooltip; a dash if unknown. */
export function time(microseconds) {
  if (microseconds === null) return unknown();
  return element("span", { title: exactDuration(microseconds) }, duration(microseconds));
}

function unknown() {
  return element("span", { class: "quiet", title: NOT_TOLD }, "–");
}

export function when(lookback) {
  return LOOKBACKS[lookback].length === null ? "at any time" : `in the ${LOOKBACKS[lookback].title.toLowerCase()}`;
}

/** The message if a View has too little for a graph, or a surprising one. */
export function emptyOf(view) {
  const { calls, services, shown } = view;
  if (!calls) return [];
  const drop = element("p", "quiet", "Or drop a file of traces here.");
  const about = "This page draws which service calls which. To make two of them";
  if (calls.names.length === 0) return services.length ? noSpans(view) : firstSteps("No services yet", about, drop);
  if (shown.names.length === 0) return noService(view);
  const apart = calls.list.every(({ from, to }) => from === to);
  return apart ? [element("p", "quiet", `No service has called another one ${when(view.lookback)}. ${WHAT}`)] : [];
}

function noSpans(view) {
  const { services, lookback } = view;
  const known = services.length === 1 ? "The back end knows one service only: " : "The back end knows these services: ";
  const names = services.slice(0, MOST).flatMap((service) => [", ", element("b", "", name(service))]);
  const more = services.length > MOST ? ` and ${services.length - MOST} more` : "";
  return emptyState(`No spans ${when(lookback)}`, [[known, ...names.slice(1), more, "."]], {
    "Look at all times": lookback !== "all" && (() => view.go({ lookback: "all" })),
  });
}

function noService(view) {
  const end = ` in its name has spans ${when(view.lookback)}.`;
  return emptyState("No such service", [["None with ", name(view.wanted), end]], {
    "Show all services": () => view.go({ wanted: "" }),
  });
}
