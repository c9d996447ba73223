// One of the two traces: fetched, parsed, and shown in its header.

import { trace as fetchTrace } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { readTrace } from "../common/model.js";
import { buildTree } from "../common/tree.js";
import { Head } from "./head.js";

export class Side {
  trace = null; // from readTrace, null until it arrives; and its tree
  roots = [];
  refused = false;

  /** `choose` is called with another id, or "" for none. */
  constructor(letter, id, choose) {
    this.letter = letter;
    this.id = id;
    this.last = {};
    this.head = new Head(letter, id, choose);
  }

  get expected() {
    return !this.trace && this.id !== "" && !this.refused;
  }

  get whole() {
    return this.trace !== null && this.roots.every((root) => !root.missing);
  }

  get duration() {
    return this.trace?.duration ?? 0;
  }

  /** Fetch the trace; resolves to whether there was anything new. */
  async look() {
    if (!this.id || this.refused) return false;
    try {
      const resourceSpans = await fetchTrace(this.id, this.last);
      if (resourceSpans?.length) this.read(resourceSpans);
      else if (!this.trace) this.head.tell("Waiting for this trace");
      return Boolean(resourceSpans?.length);
    } catch (problem) {
      // If the back end rejects this id, the other trace may still be fine.
      if (!(problem.status >= 400 && problem.status < 500)) throw problem;
      this.refused = true;
      this.head.tell(problem.message);
      return false;
    }
  }

  read(resourceSpans) {
    this.trace = readTrace(resourceSpans);
    this.roots = buildTree(this.trace);
    colourServices(this.trace.services);
  }

  show(longest) {
    if (this.trace) this.head.show(this, longest);
  }
}
