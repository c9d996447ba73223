// Where services and their calls lie.

import { layout, NODE } from "/assets/dependencies/layout/layout.js";

export function laidOut([names, calls, labels, room = 0]) {
  return { ...layout(names, calls, { labels, room }), node: NODE };
}

/** Which lines lead through which nodes: whether one of their points, one each 12 px, is well within a node. */
export function pierced({ nodes, edges, node }) {
  return edges.flatMap(({ from, to, path }) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    const places = Array.from({ length: line.getTotalLength() / 12 }, (_, at) => line.getPointAtLength(at * 12));
    const within = (one) =>
      places.some(
        ({ x, y }) =>
          x > one.x + 1 && x < one.x + node.width - 1 && y > one.y + 1 && y < one.y + node.height - 1,
      );
    return nodes.filter(within).map(({ name }) => [from, to, name]);
  });
}
