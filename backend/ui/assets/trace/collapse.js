// Which nodes' children are not shown: sets of ids.

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
