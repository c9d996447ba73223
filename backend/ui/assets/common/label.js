// Names of spans and services in tables: cut, so that a long one costs nothing, and unable to turn round their surroundings.

import { colourClass } from "./colour.js";
import { element } from "./dom.js";
import { isolated, shortened } from "./text.js";

const MOST = 200; // characters shown
const MOST_OF_TITLE = 2000;

/** A service's name behind a dot of its colour. */
export function serviceName(service) {
  return element("span", "service-name", element("span", `dot ${colourClass(service)}`), name(service));
}

/** A name, or another short text of a span. */
export function name(text) {
  return isolated(text || "(no name)", MOST);
}

/** A text for a title. */
export function titleOf(text) {
  return shortened(text, MOST_OF_TITLE);
}

/** An exact duration for a title; of µs. */
export function exactDuration(microseconds) {
  return `${microseconds.toLocaleString("en", { maximumFractionDigits: 3 })} µs`;
}
