// Finding: which spans have what is looked for, a slice at a time, so that the page stays quick with 10,000 of them.

import { walk } from "../common/tree.js";
import { fits, readWords, textsOf } from "./matching.js";

const SLICE = 12; // ms; a frame of the screen takes 16

export class Finder {
  #trace = null;
  #texts = []; // [id, text] of the nodes read so far, in the order of the rows
  #waiting = null; // the nodes that are not read yet
  #latest = 0;

  /**
   * The ids of the nodes that have all words of a text, in the order of the rows; null if another search began meanwhile.
   * @param {State} state
   * @param {string} text
   * @returns {Promise<Set<string> | null>}
   */
  async find(state, text) {
    this.#latest += 1;
    const mine = this.#latest;
    const words = readWords(text);
    const found = new Set();
    if (words.length === 0) return found;
    if (this.#trace !== state.trace) [this.#trace, this.#texts, this.#waiting] = [state.trace, [], walk(state.roots)];
    let until = performance.now() + SLICE;
    for (let place = 0; ; place += 1) {
      const entry = this.#texts[place] ?? this.#read();
      if (!entry) return found;
      if (fits(entry[1], words)) found.add(entry[0]);
      if (performance.now() < until) continue;
      await new Promise((done) => setTimeout(done));
      if (this.#latest !== mine) return null;
      until = performance.now() + SLICE;
    }
  }

  #read() {
    const { value, done } = this.#waiting.next();
    if (done) return null;
    const entry = [value.node.id, textsOf(value.node)];
    this.#texts.push(entry);
    return entry;
  }
}
