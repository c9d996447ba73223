// Two traces, compared. A trace comes as the resourceSpans of OTLP JSON.

import { readTrace } from "/assets/common/model.js";
import { buildTree } from "/assets/common/tree.js";
import { changeOf } from "/assets/compare/change.js";
import { diffOperations } from "/assets/compare/operations.js";
import { countChanges, diffTrees, shownNodes } from "/assets/compare/tree_diff.js";

function read(input) {
  const trace = readTrace(input);
  return { trace, roots: buildTree(trace), duration: trace.duration };
}

/** The rows of both, those that differ, and how many changes there are of each kind. */
export function trees([a, b]) {
  const roots = diffTrees(read(a), read(b));
  const row = ({ depth, name, a, b, change }) => [depth, name, a.count, b.count, a.total, b.total, change];
  return [shownNodes(roots).map(row), shownNodes(roots, new Set(), true).map(row), countChanges(roots)];
}

/** Of count, errors and total of a node in both, in a trace of 1,000 µs. */
export function changes(cases) {
  const side = ([count, errors, total]) => ({ count, errors, total });
  return cases.map(([a, b]) => changeOf(side(a), side(b), 1000));
}

export function operations([a, b]) {
  return diffOperations(read(a).trace, read(b).trace);
}
