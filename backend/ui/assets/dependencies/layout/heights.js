// The y positions of the cells: near their neighbours, lines straight, nothing overlapping.

const SWEEPS = 12;
// Strength of the pulls: two pieces of one line should be level.
const PULL = { lines: 8, line: 2, nodes: 1, itself: 0.01 };

/**
 * Set the `y` of the cells, with the topmost starting at 0; returns the total height, px. `gaps` are px between two
 * nodes, and between a line and its neighbour.
 */
export function standUp(layers, gaps) {
  for (const layer of layers) {
    layer.forEach((cell, at) => (cell.y = at === 0 ? 0 : layer[at - 1].y + apart(layer, at, gaps)));
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const sides = sweep >= SWEEPS - 2 ? ["before", "after"] : [sweep % 2 === 0 ? "before" : "after"];
    const way = sweep % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of way) settle(layer, sides, gaps);
  }
  const cells = layers.flat();
  const top = cells.reduce((least, { y, height }) => Math.min(least, y - height / 2), Infinity);
  for (const cell of cells) cell.y -= top;
  return cells.reduce((most, { y, height }) => Math.max(most, y + height / 2), 0);
}

function apart(layer, at, gaps) {
  const [above, cell] = [layer[at - 1], layer[at]];
  return (above.height + cell.height) / 2 + (above.node && cell.node ? gaps.nodes : gaps.lines);
}

/**
 * Move the cells of a layer as close to their neighbours as order and gaps permit: isotonic regression by pooling
 * adjacent violators (Ayer et al., 1955).
 */
function settle(layer, sides, gaps) {
  const blocks = []; // { wanted, weight, cells }: touching cells, and the best position for the first one
  let below = 0; // px from the layer's first cell if all touch
  const offsets = layer.map((cell, at) => (below += at === 0 ? 0 : apart(layer, at, gaps)));
  layer.forEach((cell, at) => {
    const { wanted, weight } = wish(cell, sides);
    let block = { wanted: wanted - offsets[at], weight, cells: 1 };
    while (blocks.length > 0 && blocks.at(-1).wanted > block.wanted) {
      const above = blocks.pop();
      const sum = above.weight + block.weight;
      const middle = (above.wanted * above.weight + block.wanted * block.weight) / sum;
      block = { wanted: middle, weight: sum, cells: above.cells + block.cells };
    }
    blocks.push(block);
  });
  let at = 0;
  for (const { wanted, cells } of blocks) {
    for (let end = at + cells; at < end; at += 1) layer[at].y = wanted + offsets[at];
  }
}

/** The preferred position of a cell, and its weight. */
function wish(cell, sides) {
  let [sum, weight] = [cell.y * PULL.itself, PULL.itself];
  for (const side of sides) {
    for (const other of cell[side]) {
      const pull = cell.node && other.node ? PULL.nodes : cell.node || other.node ? PULL.line : PULL.lines;
      sum += other.y * pull;
      weight += pull;
    }
  }
  return { wanted: sum / weight, weight };
}
