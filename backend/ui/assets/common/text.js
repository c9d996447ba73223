// Texts of spans, which may be of any length and in any direction: cut, so that a long one costs nothing, and unable to
// turn round their surroundings.

import { colourClass } from "./colour.js";
import { element } from "./dom.js";

const MOST = 200; // characters shown
const MOST_OF_TITLE = 2000;

/** A text cut to some characters, with an ellipsis where it was; half a surrogate pair never stays. */
export function shortened(text, characters) {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A text that cannot turn round what stands beside it; cut if it is long. */
export function isolated(text, characters = Infinity) {
  return element("bdi", "", shortened(text, characters));
}

/** A name, or another short text of a span. */
export function name(text) {
  return isolated(text || "(no name)", MOST);
}

/** A service's name behind a dot of its colour. */
export function serviceName(service) {
  return element("span", "service-name", element("span", `dot ${colourClass(service)}`), name(service));
}

export function titleOf(text) {
  return shortened(text, MOST_OF_TITLE);
}
