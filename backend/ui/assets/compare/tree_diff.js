// Merges two traces into one tree: spans of the same service and operation below the same path form one node, as in
// Jaeger's comparison.

import { walk } from "../common/tree.js";
import { changeOf } from "./change.js";

/** Spans of both traces with the same service, operation and path; a and b are Sides. */
export class DiffNode {
  constructor(id, span, parent) {
    this.id = id;
    this.service = span.missing ? "" : span.service;
    this.name = span.missing ? "missing parent" : span.name;
    this.missing = Boolean(span.missing);
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.children = [];
    this.a = new Side();
    this.b = new Side();
    this.change = "same";
    this.differs = false; // whether this node or a descendant differs
  }

  get delta() {
    return this.b.total - this.a.total;
  }
}

/** A node's spans in one trace; total in µs. */
class Side {
  spans = [];
  total = 0;
  errors = 0;

  add(span) {
    this.spans.push(span);
    this.total += span.duration;
    this.errors += span.error ? 1 : 0;
  }

  get count() {
    return this.spans.length;
  }

  get slowest() {
    return this.spans.reduce((best, span) => (best === null || span.duration > best.duration ? span : best), null);
  }
}

/**
 * Compare two traces, `{roots, duration}` each; returns the roots, ordered by their first start in either trace. `ids`
 * keeps node ids stable across calls.
 */
export function diffTrees(a, b, ids = new Map()) {
  const roots = merge(null, a.roots, b.roots, ids);
  const order = [...roots];
  for (let place = 0; place < order.length; place += 1) {
    const node = order[place];
    node.children = merge(node, childrenOf(node.a), childrenOf(node.b), ids);
    for (const child of node.children) order.push(child);
  }
  const longest = Math.max(a.duration, b.duration);
  for (const node of order.reverse()) {
    node.change = changeOf(node.a, node.b, longest);
    node.differs = node.change !== "same" || node.children.some(({ differs }) => differs);
  }
  return roots;
}

/** The number of nodes per kind of change: `{added, removed, more, less, changed, same}`. */
export function countChanges(roots) {
  const counts = { added: 0, removed: 0, more: 0, less: 0, changed: 0, same: 0 };
  for (const node of shownNodes(roots)) counts[node.change] += 1;
  return counts;
}

/** The nodes in row order, without descendants of collapsed ones; with `differing`, also without unchanged subtrees. */
export function shownNodes(roots, collapsed = new Set(), differing = false) {
  return [...walk(roots, collapsed, differing ? ({ differs }) => differs : undefined)].map(({ node }) => node);
}

function childrenOf({ spans }) {
  return spans.flatMap(({ children }) => children);
}

function merge(parent, a, b, ids) {
  const nodes = new Map();
  const starts = new Map();
  for (const [side, spans] of [["a", a], ["b", b]]) {
    for (const span of spans) {
      const key = span.missing ? "missing" : JSON.stringify([span.service, span.name]);
      if (!nodes.has(key)) nodes.set(key, new DiffNode(idOf(`${parent?.id ?? ""} ${key}`, ids), span, parent));
      const node = nodes.get(key);
      node[side].add(span);
      starts.set(node, Math.min(starts.get(node) ?? Infinity, span.start));
    }
  }
  return [...nodes.values()].sort((one, other) => starts.get(one) - starts.get(other));
}

function idOf(path, ids) {
  if (!ids.has(path)) ids.set(path, ids.size + 1);
  return ids.get(path);
}
