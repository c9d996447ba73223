// Layout of services and calls: layers from left to right, callers before callees. Deterministic: the same calls always
// get the same layout. After Sugiyama, Tagawa and Toda (1981); the other modules here are the steps.

import { standUp } from "./heights.js";
import { againstTheFlow, cellsOf, layersOf } from "./layers.js";
import { order } from "./order.js";
import { routes } from "./routes.js";

export const NODE = { width: 176, height: 50 }; // default size of a node, px
/** Size of a call's label, px: a line of text above the call's line and one below it. */
const LABEL = { width: 156, height: 40 };

const GAPS = { nodes: 18, lines: 10, columns: 90, beside: 30 }; // px; `beside` is between a node and a label
const GAP = 48; // px between unconnected components
const ASPECT = 1.8; // of the whole graph: screens are wider than high
const TALL = 14; // nodes per layer; more in very large graphs

/**
 * Lay out the services and their calls, `{from, to, weight}`, at most one per direction; ignores calls of a service to
 * itself. In a cycle, the call with the least weight leads to the left. Unconnected components are packed into a width
 * of `room` px, if given, and services without calls go in rows below. With labels, each call gets space for one. In
 * px: x and y of a node are its top left corner; `path` of an edge is an SVG path, `arrow` its tip, `back` whether it
 * points to the left, `label` the middle of the label's space, or of the line if there is none.
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

/** The connected components: a list of `{numbers, edges}`. */
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

/** Set the `x` of the cells; returns the widths of the layers and the total. */
function columns(layers, labels, node) {
  const widths = layers.map((_, layer) => (labels && layer % 2 === 1 ? LABEL.width : node.width));
  let x = 0;
  layers.forEach((layer, at) => {
    for (const cell of layer) cell.x = x;
    x += widths[at] + (labels ? GAPS.beside : GAPS.columns);
  });
  return { widths, width: x - (labels ? GAPS.beside : GAPS.columns) };
}

/** Positions `{number, x, y}` of services without calls, in rows below the others; enlarges `size`. */
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
 * Set the `x` and `y` of unconnected components, px, by shelf packing: tallest first, each on the first shelf with room
 * for it. Returns the total width and height.
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
