// Why a parent is missing, of a trace by itself.

import { readTrace } from "/assets/common/model.js";
import { explain } from "/assets/trace/missing/explain.js";
import { State } from "/assets/trace/state.js";

export function explained({ resourceSpans, now, callers }) {
  const state = new State();
  state.setTrace(readTrace(resourceSpans));
  const missing = state.roots.filter((root) => root.missing);
  const { summary, known, reasons, children } = explain(missing[0], state, { now, callers });
  return { missing: missing.length, summary, known, reasons, children: children.map(({ id }) => id) };
}
