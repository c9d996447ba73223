// The outline of a trace: its nodes in the order of their rows, where each stands among the others, and which are
// collapsed, a set of ids of those whose children are not shown.

import { walk } from "../../common/tree.js";

/** Levels that are indented; deeper rows stand as far in as the last, with their level as a number. */
export const LEVELS = 14;

export class Outline {
  #places = new Map();

  constructor(roots) {
    this.nodes = []; // all nodes, a parent before its children
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
   * Where a node stands: `{position, siblings, below, lines}`. position: its place among its siblings, from 1; below:
   * the number of nodes below it; lines: the levels, a bit each, at which a line goes on to a row further down.
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

/** Everything: only the roots have rows. */
export function collapseAll(outline) {
  return new Set(outline.nodes.filter(({ children }) => children.length > 0).map(({ id }) => id));
}

/** One level less: the deepest nodes whose children have rows lose these. */
export function collapseLevel(outline, collapsed) {
  const open = outline.rows(collapsed).filter(({ id, children }) => children.length > 0 && !collapsed.has(id));
  const deepest = open.reduce((depth, node) => Math.max(depth, node.depth), 0);
  return new Set([...collapsed, ...open.filter(({ depth }) => depth === deepest).map(({ id }) => id)]);
}

/** One level more: the collapsed nodes that are the least deep show their children. */
export function expandLevel(outline, collapsed) {
  const closed = outline.rows(collapsed).filter(({ id, children }) => children.length > 0 && collapsed.has(id));
  const least = closed.reduce((depth, node) => Math.min(depth, node.depth), Infinity);
  return without(collapsed, closed.filter(({ depth }) => depth === least));
}

/** With the children of all that a node lies below. */
export function reveal(collapsed, node) {
  const above = [];
  for (let at = node.parent; at; at = at.parent) if (collapsed.has(at.id)) above.push(at);
  return above.length > 0 ? without(collapsed, above) : collapsed;
}

/** With a node's children if they were without, and the other way round. */
export function toggle(collapsed, node) {
  return collapsed.has(node.id) ? without(collapsed, [node]) : new Set([...collapsed, node.id]);
}

function without(collapsed, nodes) {
  const rest = new Set(collapsed);
  for (const { id } of nodes) rest.delete(id);
  return rest;
}
