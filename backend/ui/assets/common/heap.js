// A binary heap.

/** What is taken is the least of what was added. */
export class Heap {
  /** @param {(one, other) => number} compare as for Array.sort */
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
