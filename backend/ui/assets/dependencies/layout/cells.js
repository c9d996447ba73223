// Cells: what stands in the layers. A node is one; an arc has one in each layer between its ends, of which one may hold
// its label. So a line never leads through a node, and no label lies on another.

/**
 * @typedef {object} Cell
 * @property {number} layer
 * @property {number} height px
 * @property {boolean} node whether it is one, else a piece of a line
 * @property {Cell[]} before those it hangs on in the layer before
 * @property {Cell[]} after
 * @property {number} place its number in the layer, from the top
 * @property {number} x of its left side, px
 * @property {number} y of its middle, px
 */

/**
 * @param {number[]} layers of the nodes
 * @param {{from: number, to: number}[]} arcs, each to a higher layer
 * @param {{node: number, label: number}} heights px; label is 0 where there are none
 * @returns {{nodes: Cell[], chains: Cell[][], labels: (Cell | null)[]}} chain and label for each arc
 */
export function cellsOf(layers, arcs, heights) {
  // With labels each second layer is for them.
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
