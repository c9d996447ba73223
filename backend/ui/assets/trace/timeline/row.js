// One row of the timeline: a node's name, and its bar.

import { setAttributes, shortened } from "../../common/dom.js";
import { count, duration } from "../../common/format.js";
import { missingName } from "../missing/name.js";
import { linkers } from "../panel/links.js";
import { TOLD_ELSEWHERE } from "../panel/warnings.js";
import { skewText } from "../skew.js";
import { barCell } from "./row_bar.js";
import { nameCell } from "./row_name.js";

const SAID = 200; // characters of a warning
const HEARD = 120; // characters of a name for screen readers

/**
 * Fill a row's element, which is reused when its node is reloaded. In `look`, `width` is px of the bars' column, `path`
 * the parts of the critical path by id, empty while hidden.
 */
export function fillRow(row, node, look) {
  const { state, outline } = look;
  const chips = chipsOf(node, state);
  const { position, siblings, below } = outline.of(node);
  const open = below > 0 ? !state.collapsed.has(node.id) : null;
  row.className = ["row", ...classes(node, state)].join(" ");
  setAttributes(row, {
    role: "treeitem",
    "aria-level": node.depth + 1,
    "aria-posinset": position,
    "aria-setsize": siblings,
    "aria-expanded": open,
    "aria-selected": state.selected === node.id,
    "aria-label": heard(node, state, chips, open === false ? below : 0),
  });
  row.replaceChildren(nameCell(node, look, chips), barCell(node, look));
  return row;
}

function classes(node, state) {
  const found = state.found.has(node.id);
  return [
    node.missing ? "missing" : "",
    node.error ? "failed" : "",
    state.selected === node.id ? "selected" : "",
    state.standsBack(node) ? "passed-over" : found ? "found" : "",
  ].filter(Boolean);
}

function heard(node, state, chips, hidden) {
  const parts = node.missing ? [missingName(node, state)] : spanHeard(node);
  parts.push(...chips.map(({ says }) => says));
  if (hidden > 0) parts.push(`${count(hidden, "row")} hidden`);
  return parts.join(", ");
}

function spanHeard({ service, name, duration: length, start }) {
  const named = `${shortened(service, HEARD) || "(no name)"} ${shortened(name, HEARD)}`;
  return [named, duration(length), `at ${duration(start)}`];
}

/** A node's badges: a list of `{kind, sign, word, says}`; `kind` is the class, `says` a sentence or less. */
function chipsOf(node, state) {
  if (node.missing) return [];
  const chips = [];
  if (node.error) chips.push({ kind: "error", sign: "✗", word: "error", says: "error" });
  const warning = node.warnings.find((text) => !TOLD_ELSEWHERE.test(text));
  const told = `warning: ${shortened(warning ?? "", SAID)}`;
  if (warning) chips.push({ kind: "warning", sign: "!", word: "warning", says: told });
  if (node.parent?.missing) chips.push({ kind: "warning", sign: "?", word: "", says: "its parent is missing" });
  const links = node.raw.links?.length ?? 0;
  const back = linkers(state.trace, node.raw.spanId).length;
  if (links > 0) chips.push({ kind: "link", sign: "↗", word: "", says: `links to ${count(links, "span")}` });
  if (back > 0) chips.push({ kind: "link", sign: "↙", word: "", says: `linked from ${count(back, "span")}` });
  const skew = skewChip(node, state);
  if (skew) chips.push(skew);
  return chips;
}

function skewChip(node, { skews, adjusted }) {
  const skew = skews.get(node.id);
  if (!skew) return null;
  if (adjusted) {
    const by = `${duration(Math.abs(node.moved))} ${node.moved < 0 ? "earlier" : "later"}`;
    return node.moved ? { kind: "moved", sign: "⇄", word: "moved", says: `moved, ${by} than its clock said` } : null;
  }
  if (!skew.offset) return null;
  const word = skew.early ? `clock ${duration(Math.abs(skew.offset))}` : "outlives parent";
  return { kind: "warning", sign: "±", word, says: skewText(node, skew) };
}
