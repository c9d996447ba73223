// Layers: each node is to the right of all its callers. In a cycle of calls, one must lead back: the least frequent.

/**
 * The edges that lead back: the one with the least weight in each cycle. Takes edges by descending weight; one that
 * would close a cycle with those already taken leads back. Among equals, edges whose callers call more than they are
 * called come first.
 */
export function againstTheFlow(count, edges) {
  const ahead = Array(count).fill(0);
  for (const { from, to, weight } of edges) {
    ahead[from] += weight;
    ahead[to] -= weight;
  }
  const gain = ({ from, to }) => ahead[from] - ahead[to];
  const after = lists(count);
  const back = new Set();
  for (const edge of [...edges].sort((one, other) => other.weight - one.weight || gain(other) - gain(one))) {
    if (leads(after, edge.to, edge.from)) back.add(edge);
    else after[edge.from].push(edge.to);
  }
  return back;
}

/** Whether there is a path from one node to another. */
function leads(after, from, to) {
  const seen = new Set([from]);
  for (const node of seen) for (const next of after[node]) seen.add(next);
  return seen.has(to);
}

/**
 * The layer of each node, from 0, for an acyclic graph. A layer with more than `most` nodes overflows into the next
 * ones, so that a service that calls fifty others does not make a column of fifty.
 */
export function layersOf(count, arcs, most) {
  const [before, after] = [lists(count), lists(count)];
  for (const { from, to } of arcs) {
    before[to].push(from);
    after[from].push(to);
  }
  const depth = depths(count, before, after);
  const layer = Array(count).fill(0);
  const sizes = [];
  const enter = (node, at) => {
    layer[node] = at;
    sizes[at] = (sizes[at] ?? 0) + 1;
  };
  for (const node of [...Array(count).keys()].sort((one, other) => depth[one] - depth[other] || one - other)) {
    let at = Math.max(0, ...before[node].map((one) => layer[one] + 1));
    while ((sizes[at] ?? 0) >= most) at += 1;
    enter(node, at);
  }
  // Put a node without callers next to the ones it calls.
  for (let node = 0; node < count; node += 1) {
    if (before[node].length > 0 || after[node].length === 0) continue;
    const at = Math.min(...after[node].map((one) => layer[one])) - 1;
    if (at <= layer[node] || (sizes[at] ?? 0) >= most) continue;
    sizes[layer[node]] -= 1;
    enter(node, at);
  }
  return withoutGaps(layer, sizes);
}

function depths(count, before, after) {
  const depth = Array(count).fill(0);
  const missing = before.map((nodes) => nodes.length);
  const ready = [...Array(count).keys()].filter((node) => missing[node] === 0);
  for (const node of ready) {
    for (const next of after[node]) {
      depth[next] = Math.max(depth[next], depth[node] + 1);
      missing[next] -= 1;
      if (missing[next] === 0) ready.push(next);
    }
  }
  return depth;
}

/** Renumber the layers without empty ones. */
function withoutGaps(layer, sizes) {
  let next = 0;
  const numbers = Array.from(sizes, (size) => (size ? next++ : -1));
  return layer.map((at) => numbers[at]);
}

function lists(count) {
  return Array.from({ length: count }, () => []);
}

/**
 * The cells of the layers: one per node, and a chain per arc with one cell in each layer between its ends; one of these
 * may hold the label, or null. So lines never cross nodes, and labels never overlap. A cell has its neighbours in the
 * layers `before` and `after` its own, its index in the layer from the top, and in px, x of its left side and y of its
 * middle.
 */
export function cellsOf(layers, arcs, heights) {
  // With labels, every second layer is reserved for them.
  const step = heights.label > 0 ? 2 : 1;
  const nodes = layers.map((layer) => cell(layer * step, heights.node, true));
  const labels = [];
  const chains = arcs.map(({ from, to }) => {
    const [first, last] = [nodes[from], nodes[to]];
    const middle = first.layer + 1 + 2 * Math.floor((last.layer - first.layer - 2) / 4);
    const chain = [first];
    for (let layer = first.layer + 1; layer < last.layer; layer += 1) {
      chain.push(cell(layer, step === 2 && layer === middle ? heights.label : 0, false));
    }
    chain.push(last);
    chain.slice(1).forEach((next, at) => {
      chain[at].after.push(next);
      next.before.push(chain[at]);
    });
    labels.push(step === 2 ? chain[middle - first.layer] : null);
    return chain;
  });
  return { nodes, chains, labels };
}

function cell(layer, height, node) {
  return { layer, height, node, before: [], after: [], place: 0, x: 0, y: 0 };
}
