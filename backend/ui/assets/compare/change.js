// A difference: what counts as one, and how to show it, with a word, a sign, and a colour that colour-blind people can
// distinguish from the others.

import { element } from "../common/dom.js";
import { duration, grouped } from "../common/format.js";

const OF_NODE = 0.1; // with equal call counts, a time difference counts above this part of the longer time
const OF_TRACE = 0.01; // and part of the longer trace

const FEW = 3; // rows of one kind that may all show their word

const SIGNS = { added: "+", removed: "−", more: "▲", less: "▼", changed: "≠", same: "=" };

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

/** Classify the difference between `{count, errors, total}` of A and B; `longest` is the longer trace, in µs. */
export function changeOf(a, b, longest) {
  if (a.count === 0) return "added";
  if (b.count === 0) return "removed";
  if (a.count !== b.count) return b.count > a.count ? "more" : "less";
  const apart = Math.abs(b.total - a.total);
  const slower = apart > OF_NODE * Math.max(a.total, b.total) && apart > OF_TRACE * longest;
  return slower || a.errors !== b.errors ? "changed" : "same";
}

export function changeBadge(change) {
  const sign = element("span", { class: "change-sign", "aria-hidden": "true" }, SIGNS[change]);
  return element("span", { class: `change ${change}`, title: MEANINGS[change] }, sign, element("span", "word", change));
}

/** Mark a table's most common kind of change, which then shows only its sign, so that the other words stand out. */
export function markUsual(table, rows) {
  const counts = new Map();
  for (const { change } of rows) counts.set(change, (counts.get(change) ?? 0) + 1);
  const [usual = ""] = [...counts].find(([, times]) => times > FEW && times > rows.length / 2) ?? [];
  table.dataset.usual = usual;
}

/** A signed time difference, from µs. */
export function signedDuration(microseconds) {
  return signed(microseconds, duration);
}

export function signedNumber(number) {
  return signed(number, grouped);
}

function signed(number, text) {
  return number === 0 ? "±0" : `${number > 0 ? "+" : "−"}${text(Math.abs(number))}`;
}
