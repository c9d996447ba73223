// The outline of a trace: its nodes in row order, their positions in the tree, and the set of collapsed ids, whose
// children are hidden.

import { walk } from "../../common/tree.js";

/** Maximum indent levels; deeper rows keep the last indent and show their level as a number. */
export const LEVELS = 14;

export class Outline {
  #places = new Map();

  constructor(roots) {
    this.nodes = []; // all nodes, parents first
    for (const { node } of walk(roots)) this.nodes.push(node);
    this.#addSiblings(roots);
    for (const node of this.nodes) this.#addSiblings(node.children);
    for (let at = this.nodes.length - 1; at >= 0; at -= 1) {
      const node = this.nodes[at];
      if (node.parent) this.of(node.parent).below += this.of(node).below + 1;
    }
    for (const node of this.nodes) this.#addLines(node);
  }

  /**
   * A node's place in the tree: `{position, siblings, below, lines}`. position: among its siblings, from 1; below:
   * number of descendants; lines: a bit per level at which a line continues to a row further down.
   */
  of(node) {
    return this.#places.get(node);
  }

  rows(collapsed) {
    if (collapsed.size === 0) return this.nodes;
    const rows = [];
    for (let at = 0; at < this.nodes.length; at += 1) {
      rows.push(this.nodes[at]);
      if (collapsed.has(this.nodes[at].id)) at += this.of(this.nodes[at]).below;
    }
    return rows;
  }

  #addSiblings(siblings) {
    siblings.forEach((node, place) => {
      this.#places.set(node, { position: place + 1, siblings: siblings.length, below: 0, lines: 0 });
    });
  }

  #addLines(node) {
    if (!node.parent) return;
    const own = this.of(node);
    own.lines = this.of(node.parent).lines;
    if (node.depth <= LEVELS && own.position < own.siblings) own.lines |= 1 << (node.depth - 1);
  }
}

/** Collapse everything: only roots have rows. */
export function collapseAll(outline) {
  return new Set(outline.nodes.filter(({ children }) => children.length > 0).map(({ id }) => id));
}

/** Collapse one level: the deepest nodes with visible children. */
export function collapseLevel(outline, collapsed) {
  const open = outline.rows(collapsed).filter(({ id, children }) => children.length > 0 && !collapsed.has(id));
  const deepest = open.reduce((depth, node) => Math.max(depth, node.depth), 0);
  return new Set([...collapsed, ...open.filter(({ depth }) => depth === deepest).map(({ id }) => id)]);
}

/** Expand one level: the shallowest collapsed nodes. */
export function expandLevel(outline, collapsed) {
  const closed = outline.rows(collapsed).filter(({ id, children }) => children.length > 0 && collapsed.has(id));
  const least = closed.reduce((depth, node) => Math.min(depth, node.depth), Infinity);
  return without(collapsed, closed.filter(({ depth }) => depth === least));
}

/** Expand all ancestors of a node. */
export function reveal(collapsed, node) {
  const above = [];
  for (let at = node.parent; at; at = at.parent) if (collapsed.has(at.id)) above.push(at);
  return above.length > 0 ? without(collapsed, above) : collapsed;
}

/** Collapse or expand a node. */
export function toggle(collapsed, node) {
  return collapsed.has(node.id) ? without(collapsed, [node]) : new Set([...collapsed, node.id]);
}

function without(collapsed, nodes) {
  const rest = new Set(collapsed);
  for (const { id } of nodes) rest.delete(id);
  return rest;
}
