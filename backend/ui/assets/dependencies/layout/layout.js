// The places of services and calls: layers from left to right, callers before those they call. No randomness, no time:
// the same calls are always laid out the same way. After Sugiyama, Tagawa and Toda (1981); the steps lie beside.

import { standUp } from "./heights.js";
import { againstTheFlow, cellsOf, layersOf } from "./layers.js";
import { order } from "./order.js";
import { routes } from "./routes.js";

export const NODE = { width: 176, height: 50 }; // of a node, px, unless asked for others
/** Of a call's label, px: a line of text above the call's line and one below it. */
const LABEL = { width: 156, height: 40 };

const GAPS = { nodes: 18, lines: 10, columns: 90, beside: 30 }; // px; `beside` is between a node and a label
const GAP = 48; // px between parts that nothing connects
const ASPECT = 1.8; // of all: screens are wider than high
const TALL = 14; // nodes of a layer that are not yet too many; more where there are very many

/**
 * Lay out the services and `{from, to, weight}` of their calls, at most one each way; those of a service by itself are
 * left out. Where services call each other in a circle, the call of the least weight leads to the left. What nothing connects
 * is packed into a width of `room` px if there is one, services without calls in rows below the others. With labels each
 * call gets room for one of its own. In px: x and y of a node are its left upper corner, `path` of an edge is as in SVG,
 * `arrow` is the tip, `back` if it points to the left, `label` the middle of the label's room, or of the line where
 * there is none.
 */
export function layout(names, calls, { labels = false, node = NODE, room = 0 } = {}) {
  const sorted = [...names].sort();
  const numbers = new Map(sorted.map((name, number) => [name, number]));
  const edges = calls
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, weight }) => ({ from: numbers.get(from), to: numbers.get(to), weight }))
    .sort((one, other) => one.from - other.from || one.to - other.to);
  const all = components(sorted.length, edges);
  const parts = all.filter(({ edges: own }) => own.length > 0).map((part) => laidOut(part, labels, node));
  const lone = all.filter(({ edges: own }) => own.length === 0).flatMap(({ numbers: own }) => own);
  const size = pack(parts, room);
  const loneNodes = block(lone, size, node, room);
  for (const { cells, x, y } of parts) for (const cell of cells) Object.assign(cell, { x: cell.x + x, y: cell.y + y });
  return {
    ...size,
    nodes: [
      ...parts.flatMap(({ numbers: own, nodes }) =>
        nodes.map(({ x, y }, at) => ({ name: sorted[own[at]], x, y: y - node.height / 2 })),
      ),
      ...loneNodes.map(({ number, x, y }) => ({ name: sorted[number], x, y })),
    ],
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

function laidOut({ numbers, edges }, labels, node) {
  const own = new Map(numbers.map((number, at) => [number, at]));
  const arcs = edges.map(({ from, to, weight }) => ({ from: own.get(from), to: own.get(to), weight }));
  const against = againstTheFlow(numbers.length, arcs);
  const back = arcs.map((arc) => against.has(arc));
  const flow = arcs.map(({ from, to }, at) => (back[at] ? { from: to, to: from } : { from, to }));
  const most = Math.max(TALL, Math.ceil(1.8 * Math.sqrt(numbers.length)));
  const layers = layersOf(numbers.length, flow, most);
  const heights = { node: node.height, label: labels ? LABEL.height : 0 };
  const { nodes, chains, labels: labelled } = cellsOf(layers, flow, heights);
  const ordered = order(nodes);
  const height = standUp(ordered, GAPS);
  const { widths, width } = columns(ordered, labels, node);
  return { numbers, edges, back, nodes, chains, labels: labelled, cells: ordered.flat(), widths, width, height };
}

/** Set the `x` of the cells; the widths of the layers and of all. */
function columns(layers, labels, node) {
  const widths = layers.map((_, layer) => (labels && layer % 2 === 1 ? LABEL.width : node.width));
  let x = 0;
  layers.forEach((layer, at) => {
    for (const cell of layer) cell.x = x;
    x += widths[at] + (labels ? GAPS.beside : GAPS.columns);
  });
  return { widths, width: x - (labels ? GAPS.beside : GAPS.columns) };
}

/** `{number, x, y}` of those without calls, in rows below the others; the size of all grows by them. */
function block(numbers, size, node, room) {
  if (numbers.length === 0) return [];
  const [across, down] = [node.width + GAPS.nodes, node.height + GAPS.nodes];
  const square = Math.sqrt(numbers.length * across * down * ASPECT);
  const widest = Math.max(size.width, room, size.width ? 0 : square);
  const columns = Math.min(numbers.length, Math.max(1, Math.floor((widest + GAPS.nodes) / across)));
  const top = size.height ? size.height + GAP : 0;
  size.width = Math.max(size.width, columns * across - GAPS.nodes);
  size.height = top + Math.ceil(numbers.length / columns) * down - GAPS.nodes;
  return numbers.map((number, at) => ({
    number,
    x: (at % columns) * across,
    y: top + Math.floor(at / columns) * down,
  }));
}

/**
 * Set the `x` and `y` of parts that nothing connects, px, on shelves: the highest first, each on the first shelf that has
 * room for it. Returns width and height of all.
 */
function pack(parts, room) {
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(room || Math.sqrt(area * ASPECT), ...parts.map(({ width }) => width));
  const shelves = [];
  const all = { width: 0, height: 0 };
  for (const part of [...parts].sort((one, other) => other.height - one.height || other.width - one.width)) {
    let shelf = shelves.find(({ x }) => x + part.width <= widest);
    if (!shelf) {
      shelf = { x: 0, y: shelves.length ? all.height + GAP : 0 };
      shelves.push(shelf);
      all.height = shelf.y + part.height;
    }
    Object.assign(part, { x: shelf.x, y: shelf.y });
    shelf.x += part.width + GAP;
    all.width = Math.max(all.width, shelf.x - GAP);
  }
  return all;
}
