// The lines of calls: from side to side, level where they pass a layer, each with its own port at both ends.

const BESIDE = 12; // px between two lines at a node, if there is room
const ARROW = 9; // px between the end of the line and the tip

/** `{path, arrow, label}` of each chain, see layout; those in `back` lead to the left. */
export function routes({ chains, labels, back }, widths) {
  const leaving = ports(chains, "right");
  const entering = ports(chains, "left");
  return chains.map((chain, at) => {
    const points = through(chain, widths, leaving.get(chain), entering.get(chain));
    if (back[at]) points.reverse();
    const tip = points.at(-1);
    const end = { x: tip.x + (back[at] ? ARROW : -ARROW), y: tip.y };
    const label = labels[at];
    return {
      path: curve([...points.slice(0, -1), end]),
      arrow: { ...tip, back: back[at] },
      label: label ? { x: label.x + widths[label.layer] / 2, y: label.y } : middle(points),
    };
  });
}

/** The offset below a node's middle at which each chain meets its side, in the order of the chains. */
function ports(chains, side) {
  const [end, next] = side === "right" ? [0, 1] : [-1, -2];
  const byNode = new Map();
  for (const chain of chains) byNode.set(chain.at(end), [...(byNode.get(chain.at(end)) ?? []), chain]);
  const places = new Map();
  for (const [node, those] of byNode) {
    those.sort((one, other) => one.at(next).y - other.at(next).y);
    const step = Math.min(BESIDE, (0.7 * node.height) / those.length);
    those.forEach((chain, at) => places.set(chain, (at - (those.length - 1) / 2) * step));
  }
  return places;
}

function through(chain, widths, leaving, entering) {
  const points = chain.flatMap(({ x, y, layer }) => [
    { x, y },
    { x: x + widths[layer], y },
  ]);
  const inner = points.slice(1, -1);
  inner[0] = { x: inner[0].x, y: inner[0].y + leaving };
  inner[inner.length - 1] = { x: inner.at(-1).x, y: inner.at(-1).y + entering };
  return inner;
}

function curve([first, ...points]) {
  let path = `M${round(first.x)} ${round(first.y)}`;
  let from = first;
  for (const to of points) {
    const half = (from.x + to.x) / 2;
    const end = `${round(to.x)} ${round(to.y)}`;
    path += from.y === to.y ? `L${end}` : `C${round(half)} ${round(from.y)} ${round(half)} ${round(to.y)} ${end}`;
    from = to;
  }
  return path;
}

function middle(points) {
  const at = Math.floor((points.length - 1) / 2);
  return { x: (points[at].x + points[at + 1].x) / 2, y: (points[at].y + points[at + 1].y) / 2 };
}

function round(number) {
  return Math.round(number * 10) / 10;
}
