// How high the cells stand: near what they hang on, lines straight, nothing on top of another.

const SWEEPS = 12;
// What pulls how much: two pieces of one line want to be level.
const PULL = { lines: 8, line: 2, nodes: 1, itself: 0.01 };

/**
 * Set the `y` of the cells so that the topmost begins at 0; returns the height of all, px. `gaps` are px between two
 * nodes, and where a line is one of the two.
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
 * Move the cells of a layer as near to what they hang on as their order and distances let them: isotonic regression by
 * pooling neighbours (Ayer and others, 1955).
 */
function settle(layer, sides, gaps) {
  const blocks = []; // { wanted, weight, cells }: cells that touch, and where the first of them would be best
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

/** Where a cell would like to be, and how much. */
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
