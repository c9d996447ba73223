// A condition on the values of a key, with the semantics of the trace search (backend/query/filter.py): a term of
// common/terms.js, prepared once and tried on each span.

import { microseconds } from "../../common/format.js";
import { DURATION, numberOf } from "../../common/terms.js";

const COMPARE = {
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
};
const OWN = {
  service: (span) => [span.service],
  operation: (span) => [span.name],
  "span.kind": (span) => [span.kind],
  "span.status": (span) => [span.status],
  error: (span) => [String(span.error)],
  "scope.name": ({ scope }) => [scope.name ?? ""],
  "scope.version": ({ scope }) => [scope.version ?? ""],
};
OWN.kind = OWN["span.kind"]; // not search keys, but used in links to results
OWN.status = OWN["span.status"];
const LOWER_CASE = new Set(["span.kind", "span.status", "kind", "status", "error"]);
const LINKED = { "link.trace_id": "traceId", "link.span_id": "spanId" };
const RESOURCE = "resource.";

/** A function that checks whether a span meets the term, which must have a key. */
export function condition({ key, sign, pieces }) {
  const compare = COMPARE[sign];
  if (compare && key === DURATION) {
    const bound = microseconds(pieces[0]) * 1000;
    return (span) => compare(nanoseconds(span), bound);
  }
  const fits = compare ? comparison(compare, numberOf(pieces[0])) : textual(key, sign, pieces);
  if (sign !== "!=") return (span) => valuesUnder(span, key).some(fits);
  return (span) => {
    const values = valuesUnder(span, key);
    return values.length > 0 && !values.some(fits);
  };
}

/** The duration, in ns; 1 for a span that does not end after its start. */
function nanoseconds({ startNs, endNs }) {
  return endNs > startNs ? endNs - startNs : 1n;
}

function comparison(compare, bound) {
  return (text) => {
    const number = numberOf(text);
    return number !== null && compare(number, bound);
  };
}

function textual(key, sign, pieces) {
  if (sign === "~") {
    const wanted = pieces[0].toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  const wanted = LOWER_CASE.has(key) ? pieces.map((piece) => piece.toLowerCase()) : pieces;
  return (text) => fitsPattern(text, wanted);
}

/** Whether the text consists of the pieces in this order, with anything in between. */
function fitsPattern(text, [first, ...middle]) {
  if (middle.length === 0) return text === first;
  const last = middle.pop();
  let at = first.length;
  const end = text.length - last.length;
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const piece of middle) {
    at = text.indexOf(piece, at);
    if (at < 0 || at + piece.length > end) return false;
    at += piece.length;
  }
  return true;
}

/** All values of a span under a key; for an array, its elements too. */
function valuesUnder(span, key) {
  if (span.missing) return [];
  if (Object.hasOwn(OWN, key)) return OWN[key](span);
  if (key.startsWith(RESOURCE)) return textsIn([span.resource], key.slice(RESOURCE.length));
  const texts = textsIn([span, span.scope, span.resource, ...span.events, ...span.links], key);
  if (Object.hasOwn(LINKED, key)) texts.push(...span.links.map((link) => link[LINKED[key]]));
  return texts;
}

function textsIn(holders, key) {
  return holders.flatMap(({ attributes }) => {
    const found = attributes.find((one) => one.key === key);
    if (!found) return [];
    return found.type === "array" ? [found.text, ...JSON.parse(found.text).map(elementText)] : [found.text];
  });
}

function elementText(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
