// Layers: each node stands right of all that lead to it.

/**
 * The layer of each node, from 0.
 * @param {number} count of the nodes
 * @param {{from: number, to: number}[]} arcs without a circle
 * @param {number} most nodes of a layer; what is more goes to the layers behind it, so that a service with fifty others
 *   below it is no column of fifty.
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
  // Who is called by nobody stands next to whom it calls.
  for (let node = 0; node < count; node += 1) {
    if (before[node].length > 0 || after[node].length === 0) continue;
    const at = Math.min(...after[node].map((one) => layer[one])) - 1;
    if (at <= layer[node] || (sizes[at] ?? 0) >= most) continue;
    sizes[layer[node]] -= 1;
    enter(node, at);
  }
  return withoutGaps(layer, sizes);
}

/** The longest way to each node. */
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

/** The layers that somebody is in, numbered anew. */
function withoutGaps(layer, sizes) {
  let next = 0;
  const numbers = Array.from(sizes, (size) => (size ? next++ : -1));
  return layer.map((at) => numbers[at]);
}

function lists(count) {
  return Array.from({ length: count }, () => []);
}
