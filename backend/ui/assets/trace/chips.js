// The signs behind a span's name: what is odd about it, in a word.

import { duration } from "../common/format.js";
import { shortened } from "../common/text.js";
import { skewText } from "./skew.js";

const SAID = 200; // characters of a warning
// Jaeger's warnings of what the rows show by themselves.
const SHOWN = /^(invalid parent span IDs=|parent span ID=.* is not in the trace|clock skew adjustment disabled)/;

/**
 * `{kind, sign, word, says}` each: kind is a badge's class, says is a whole sentence or less.
 * @param {Span | MissingSpan} node
 * @param {State} state
 */
export function chipsOf(node, state) {
  if (node.missing) return [];
  const chips = [];
  if (node.error) chips.push({ kind: "error", sign: "✗", word: "error", says: "error" });
  const warning = node.warnings.find((text) => !SHOWN.test(text));
  if (warning) chips.push({ kind: "warning", sign: "!", word: "warning", says: `warning: ${shortened(warning, SAID)}` });
  if (node.parent?.missing) chips.push({ kind: "warning", sign: "?", word: "", says: "its parent is missing" });
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
