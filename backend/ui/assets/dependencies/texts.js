// How the numbers of calls are told, and where their traces are.

import { element } from "../common/dom.js";
import { count, duration, share } from "../common/format.js";
import { exactDuration } from "../common/text.js";
import { LOOKBACKS } from "./view.js";

/** Why a Jaeger's page has no errors and durations of calls. */
export const NOT_TOLD = "Jaeger tells only how often services call each other; errors and durations need the embedded back end";

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A number that fits a small place; exact below a limit. */
export function compact(number, limit) {
  return number < limit ? number.toLocaleString("en") : COMPACT.format(number);
}

/** `✗ 2.5 %`; "" where nothing failed or nobody knows. */
export function failed({ count, errors }) {
  return errors ? `✗ ${share(errors / count)}` : "";
}

/** Likewise with their number; "none", or why nobody knows. */
export function failures({ count: all, errors }) {
  if (errors === null) return unknown();
  return errors ? element("span", "failed", `✗ ${count(errors, "call")}, ${share(errors / all)}`) : "none";
}

/** A duration of µs, with the exact one in its title; a dash where nobody knows. */
export function time(microseconds) {
  if (microseconds === null) return unknown();
  return element("span", { title: exactDuration(microseconds) }, duration(microseconds));
}

function unknown() {
  return element("span", { class: "quiet", title: NOT_TOLD }, "–");
}

/** The address of the traces of a service, all or those with errors. */
export function tracesOf(service, lookback, errors = false) {
  const parameters = new URLSearchParams({ service, lookback });
  if (errors) parameters.set("errors", "true");
  return `/search?${parameters}`;
}

/** Such as "in the last hour". */
export function when(lookback) {
  return LOOKBACKS[lookback].length === null ? "at any time" : `in the ${LOOKBACKS[lookback].title.toLowerCase()}`;
}
