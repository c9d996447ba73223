// The order within the layers, to minimize crossings. Sorts each layer by the mean index of its cells' neighbours in
// the adjacent layer, sweeping back and forth, and keeps the best order found.

const SWEEPS = 24;
const IN_VAIN = 6;

/** Cells by layer, from the top. */
export function order(nodes) {
  let layers = firstOrder(nodes);
  let [best, least] = [layers, crossings(layers)];
  for (let sweep = 0, vain = 0; sweep < SWEEPS && vain < IN_VAIN && least > 0; sweep += 1, vain += 1) {
    layers = sweep % 2 === 0 ? swept(layers, "before") : swept([...layers].reverse(), "after").reverse();
    const crossed = crossings(layers);
    if (crossed < least) [best, least, vain] = [layers, crossed, 0];
  }
  best.forEach(number);
  return best;
}

/** The initial order: as reached from the left. */
function firstOrder(nodes) {
  const layers = [];
  const seen = new Set();
  const waiting = [...nodes].sort((one, other) => one.layer - other.layer).reverse();
  while (waiting.length > 0) {
    const cell = waiting.pop();
    if (seen.has(cell)) continue;
    seen.add(cell);
    (layers[cell.layer] ??= []).push(cell);
    waiting.push(...[...cell.after].reverse());
  }
  layers.forEach(number);
  return layers;
}

function swept(layers, side) {
  return layers.map((layer) => {
    const means = new Map(layer.map((cell) => [cell, mean(cell[side]) ?? cell.place]));
    const sorted = [...layer].sort((one, other) => means.get(one) - means.get(other) || one.place - other.place);
    number(sorted);
    return sorted;
  });
}

function mean(cells) {
  return cells.length === 0 ? null : cells.reduce((sum, { place }) => sum + place, 0) / cells.length;
}

function number(layer) {
  layer.forEach((cell, place) => (cell.place = place));
}

function crossings(layers) {
  layers.forEach(number);
  return layers.reduce((sum, layer) => sum + crossingsBehind(layer), 0);
}

/** Count the crossings of lines that leave a layer, i.e. pairs with swapped ends, using a Fenwick tree. */
function crossingsBehind(layer) {
  const ends = layer.flatMap(({ after }) => after.map(({ place }) => place).sort((one, other) => one - other));
  const tree = Array(Math.max(0, ...ends) + 2).fill(0);
  let crossed = 0;
  ends.forEach((end, before) => {
    let notBelow = 0;
    for (let at = end + 1; at > 0; at -= at & -at) notBelow += tree[at];
    crossed += before - notBelow;
    for (let at = end + 1; at < tree.length; at += at & -at) tree[at] += 1;
  });
  return crossed;
}
