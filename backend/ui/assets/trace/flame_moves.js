// Where arrow keys lead in a tree.

/**
 * The node that a key leads to from another one, or the same where there is none.
 * @param {Span | MissingSpan} node
 * @param {string} key "ArrowUp" to the parent, "ArrowDown" to the first child, "ArrowLeft" and "ArrowRight" to the
 *   siblings before and after, "Home" to the first root.
 * @param {Array<Span | MissingSpan>} roots
 */
export function step(node, key, roots) {
  if (key === "Home") return roots[0] ?? node;
  if (key === "ArrowUp") return node.parent ?? node;
  if (key === "ArrowDown") return node.children[0] ?? node;
  const siblings = node.parent?.children ?? roots;
  const place = siblings.indexOf(node) + (key === "ArrowRight" ? 1 : -1);
  return siblings[place] ?? node;
}

/** The nodes from a root down to one, both included. */
export function pathTo(node) {
  const path = [];
  for (let at = node; at; at = at.parent) path.unshift(at);
  return path;
}
