// Texts of spans, which may be of any length and in any direction.

import { element } from "./dom.js";

/** A text cut to some characters, with an ellipsis where it was; half a surrogate pair never stays. */
export function shortened(text, characters) {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A text that cannot turn round what stands beside it; cut if it is long. */
export function isolated(text, characters = Infinity) {
  return element("bdi", "", shortened(text, characters));
}

/** A part of the address, which anybody may have written. */
export function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
