// The places of services and calls: layers from left to right, callers before those they call. No randomness, no time:
// the same calls are always laid out the same way. After Sugiyama, Tagawa and Toda (1981); the steps lie beside.

import { standUp } from "./heights.js";
import { againstTheFlow, cellsOf, layersOf } from "./layers.js";
import { order } from "./order.js";
import { routes } from "./routes.js";

export const NODE = { width: 168, height: 48 }; // of a node, px
/** Of a call's label, px: a line of text above the call's line and one below it. */
const LABEL = { width: 132, height: 36 };

const GAPS = { nodes: 18, lines: 10, columns: 90, beside: 30 }; // px; `beside` is between a node and a label
const GAP = 48; // px between parts that nothing connects
const ASPECT = 1.8; // of all: screens are wider than high
const TALL = 14; // nodes of a layer that are not yet too many; more where there are very many

/**
 * Lay out the services and `{from, to, weight}` of their calls, at most one each way; those of a service by itself are
 * left out. Where services call each other in a circle, most weight leads to the right. With labels each call gets room
 * for one of its own. In px: x and y of a node are its left upper corner, `path` of an edge is as in SVG, `arrow` is
 * the tip, `back` if it points to the left, `label` the middle of the label's room, or of the line where there is none.
 */
export function layout(names, calls, labels) {
  const sorted = [...names].sort();
  const numbers = new Map(sorted.map((name, number) => [name, number]));
  const edges = calls
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, weight }) => ({ from: numbers.get(from), to: numbers.get(to), weight }))
    .sort((one, other) => one.from - other.from || one.to - other.to);
  const parts = components(sorted.length, edges).map((part) => laidOut(part, labels));
  const size = pack(parts);
  for (const { cells, x, y } of parts) for (const cell of cells) Object.assign(cell, { x: cell.x + x, y: cell.y + y });
  return {
    ...size,
    nodes: parts.flatMap(({ numbers, nodes }) =>
      nodes.map(({ x, y }, at) => ({ name: sorted[numbers[at]], x, y: y - NODE.height / 2 })),
    ),
    edges: parts.flatMap((part) =>
      routes(part, part.widths).map((route, at) => {
        const { from, to } = part.edges[at];
        return { from: sorted[from], to: sorted[to], ...route };
      }),
    ),
  };
}

/** What hangs together: `{numbers, edges}` each. */
function components(count, edges) {
  const above = [...Array(count).keys()];
  const top = (node) => {
    while (above[node] !== node) node = above[node] = above[above[node]];
    return node;
  };
  for (const { from, to } of edges) {
    const [one, other] = [top(from), top(to)];
    above[Math.max(one, other)] = Math.min(one, other);
  }
  const parts = new Map();
  for (let node = 0; node < count; node += 1) {
    if (top(node) === node) parts.set(node, { numbers: [], edges: [] });
    parts.get(top(node)).numbers.push(node);
  }
  for (const edge of edges) parts.get(top(edge.from)).edges.push(edge);
  return [...parts.values()];
}

function laidOut({ numbers, edges }, labels) {
  const own = new Map(numbers.map((number, at) => [number, at]));
  const arcs = edges.map(({ from, to, weight }) => ({ from: own.get(from), to: own.get(to), weight }));
  const against = againstTheFlow(numbers.length, arcs);
  const back = arcs.map((arc) => against.has(arc));
  const flow = arcs.map(({ from, to }, at) => (back[at] ? { from: to, to: from } : { from, to }));
  const most = Math.max(TALL, Math.ceil(1.8 * Math.sqrt(numbers.length)));
  const layers = layersOf(numbers.length, flow, most);
  const heights = { node: NODE.height, label: labels ? LABEL.height : 0 };
  const { nodes, chains, labels: labelled } = cellsOf(layers, flow, heights);
  const ordered = order(nodes);
  const height = standUp(ordered, GAPS);
  const { widths, width } = columns(ordered, labels);
  return { numbers, edges, back, nodes, chains, labels: labelled, cells: ordered.flat(), widths, width, height };
}

/** Set the `x` of the cells; the widths of the layers and of all. */
function columns(layers, labels) {
  const widths = layers.map((_, layer) => (labels && layer % 2 === 1 ? LABEL.width : NODE.width));
  let x = 0;
  layers.forEach((layer, at) => {
    for (const cell of layer) cell.x = x;
    x += widths[at] + (labels ? GAPS.beside : GAPS.columns);
  });
  return { widths, width: x - (labels ? GAPS.beside : GAPS.columns) };
}

/**
 * Set the `x` and `y` of parts that nothing connects, px, beside and below each other. Returns width and height of all.
 */
function pack(parts) {
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(Math.sqrt(area * ASPECT), ...parts.map(({ width }) => width));
  const all = { width: 0, height: 0 };
  let [x, y, high] = [0, 0, 0];
  for (const part of [...parts].sort((one, other) => other.height - one.height || other.width - one.width)) {
    if (x > 0 && x + part.width > widest) [x, y, high] = [0, y + high + GAP, 0];
    Object.assign(part, { x, y });
    x += part.width + GAP;
    high = Math.max(high, part.height);
    all.width = Math.max(all.width, x - GAP);
    all.height = Math.max(all.height, y + high);
  }
  return all;
}
