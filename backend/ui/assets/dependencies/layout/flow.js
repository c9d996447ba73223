// Which way most goes: where services call each other in a circle, some calls have to lead back.

/**
 * The edges that lead back in an order of the nodes in which little does. After Eades, Lin and Smyth (1993), with
 * weights: callers that nobody calls come first, services that call nobody last, else who calls most beyond being called.
 * @param {number} count of the nodes
 * @param {{from: number, to: number, weight: number}[]} edges
 * @returns {Set<object>} of the edges
 */
export function againstTheFlow(count, edges) {
  const waiting = new Set(Array(count).keys());
  const [first, last] = [[], []];
  while (waiting.size > 0) {
    const [calling, called] = weights(count, edges, waiting);
    const nodes = [...waiting];
    const source = nodes.find((node) => called[node] === 0);
    const sink = source === undefined ? nodes.find((node) => calling[node] === 0) : undefined;
    const next = source ?? sink ?? nodes.reduce((best, node) => (ahead(node) > ahead(best) ? node : best));
    if (sink === undefined) first.push(next);
    else last.unshift(next);
    waiting.delete(next);

    function ahead(node) {
      return calling[node] - called[node];
    }
  }
  const place = new Map([...first, ...last].map((node, at) => [node, at]));
  return new Set(edges.filter(({ from, to }) => place.get(from) > place.get(to)));
}

/** What each node calls, and is called, among those that wait. */
function weights(count, edges, waiting) {
  const [calling, called] = [Array(count).fill(0), Array(count).fill(0)];
  for (const { from, to, weight } of edges) {
    if (!waiting.has(from) || !waiting.has(to)) continue;
    calling[from] += weight;
    called[to] += weight;
  }
  return [calling, called];
}
