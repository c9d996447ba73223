// How a difference is shown: by a word, a sign, and a colour that colour-blind people can tell from the others.

import { element } from "../common/dom.js";
import { duration } from "../common/format.js";
import { OF_NODE, OF_TRACE } from "./tree_diff.js";

const SIGNS = { added: "+", removed: "−", more: "▲", less: "▼", changed: "≠", same: "=" };

/** What the words mean. */
export const MEANINGS = {
  added: "only in B",
  removed: "only in A",
  more: "more spans in B",
  less: "fewer spans in B",
  changed:
    "as many spans, but other errors, or a time that differs by more than " +
    `${OF_NODE * 100} %, and by more than ${OF_TRACE * 100} % of the trace`,
  same: "as many spans, and about the same time",
};

export function changeBadge(change) {
  return element(
    "span",
    { class: `change ${change}`, title: MEANINGS[change] },
    element("span", { class: "change-sign", "aria-hidden": "true" }, SIGNS[change]),
    change,
  );
}

/** A difference of times with its sign; of µs. */
export function signedDuration(microseconds) {
  if (microseconds === 0) return "±0";
  return `${microseconds > 0 ? "+" : "−"}${duration(Math.abs(microseconds))}`;
}

/** A difference of numbers with its sign. */
export function signedNumber(number) {
  return number === 0 ? "±0" : `${number > 0 ? "+" : "−"}${Math.abs(number).toLocaleString("en")}`;
}
