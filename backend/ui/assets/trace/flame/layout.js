// The layout of a flame graph: a span's children are below it, in separate lanes if they overlap.

/**
 * Lay out the nodes in lanes, 0 at the top, each ordered by start. Nodes in a lane never overlap: concurrent children
 * are stacked, each with its own children below it.
 */
export function layoutFlame(roots) {
  const order = parentsFirst(roots);
  const blocks = new Map(); // node: the time and lanes of its subtree
  for (let place = order.length - 1; place >= 0; place -= 1) {
    const node = order[place];
    const { below, height } = stack(node.children, blocks);
    const block = { start: node.start, end: node.end, height: height + 1, below };
    for (const child of node.children) {
      block.start = Math.min(block.start, blocks.get(child).start);
      block.end = Math.max(block.end, blocks.get(child).end);
    }
    blocks.set(node, block);
  }
  const laneOf = new Map();
  for (const [root, lane] of stack(roots, blocks).below) laneOf.set(root, lane);
  for (const node of order) {
    for (const [child, lane] of blocks.get(node).below) laneOf.set(child, laneOf.get(node) + 1 + lane);
  }
  const lanes = [];
  for (const [node, lane] of laneOf) (lanes[lane] ??= []).push(node);
  for (const lane of lanes) lane.sort((one, other) => one.start - other.start || one.end - other.end);
  return { lanes, laneOf };
}

function parentsFirst(roots) {
  const order = [...roots];
  for (let place = 0; place < order.length; place += 1) for (const child of order[place].children) order.push(child);
  return order;
}

/** Stack blocks in tracks: each goes into the first free one. */
function stack(nodes, blocks) {
  const sorted = [...nodes].sort((one, other) => blocks.get(one).start - blocks.get(other).start);
  const tracks = []; // the height of each
  const trackOf = new Map();
  const busy = new Heap((one, other) => one.end - other.end);
  const free = new Heap((one, other) => one.track - other.track);
  for (const node of sorted) {
    const { start, end, height } = blocks.get(node);
    while (busy.size && ended(busy.top, start)) free.add(busy.take());
    const track = free.size ? free.take().track : tracks.push(0) - 1;
    tracks[track] = Math.max(tracks[track], height);
    trackOf.set(node, track);
    busy.add({ start, end, track });
  }
  const tops = [];
  let top = 0;
  for (const height of tracks) {
    tops.push(top);
    top += height;
  }
  return { below: new Map(sorted.map((node) => [node, tops[trackOf.get(node)]])), height: top };
}

/** Whether a block has ended. One without duration still occupies its start, or two such would hide one another. */
function ended(block, now) {
  return block.end < now || (block.end === now && block.end > block.start);
}

/** A binary min-heap. */
class Heap {
  constructor(compare) {
    this.compare = compare;
    this.entries = [];
  }

  get size() {
    return this.entries.length;
  }

  get top() {
    return this.entries[0];
  }

  add(entry) {
    const { entries } = this;
    let at = entries.push(entry) - 1;
    while (at > 0 && this.compare(entry, entries[(at - 1) >> 1]) < 0) {
      entries[at] = entries[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    entries[at] = entry;
  }

  take() {
    const { entries } = this;
    const least = entries[0];
    const last = entries.pop();
    if (entries.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < entries.length && this.compare(entries[child + 1], entries[child]) < 0) child += 1;
      if (child >= entries.length || this.compare(last, entries[child]) <= 0) break;
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = last;
    return least;
  }
}
