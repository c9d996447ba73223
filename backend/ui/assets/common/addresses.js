// The address of the comparison of two traces, as Jaeger's.

import { decoded } from "./text.js";

const BETWEEN = "...";

/** The ids of the two traces in a path such as `/trace/A...B`; either may be "". */
export function idsIn(path) {
  const last = decoded(path.split("/").pop());
  const at = last.indexOf(BETWEEN);
  return { a: last.slice(0, at), b: last.slice(at + BETWEEN.length) };
}

export function compareAddress(a, b) {
  return `/trace/${encodeURIComponent(a)}${BETWEEN}${encodeURIComponent(b)}`;
}

/** @param {string} [span] the id of one that is opened. */
export function traceAddress(id, span = "") {
  return `/trace/${encodeURIComponent(id)}${span ? `#${encodeURIComponent(span)}` : ""}`;
}
