// One of the two traces: asked for, read, and shown in its head.

import { trace as fetchTrace } from "../common/api.js";
import { colourServices } from "../common/colour.js";
import { readTrace } from "../common/model.js";
import { buildTree } from "../common/tree.js";
import { Head } from "./head.js";

export class Side {
  trace = null; // the trace as of readTrace, null until it has arrived; and its tree
  roots = [];
  refused = false;

  /** `choose` is called with another id; "" is none. */
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

  /** Ask for the trace; whether something came. */
  async look() {
    if (!this.id || this.refused) return false;
    try {
      const resourceSpans = await fetchTrace(this.id, this.last);
      if (resourceSpans?.length) this.read(resourceSpans);
      else if (!this.trace) this.head.tell("Waiting for this trace");
      return Boolean(resourceSpans?.length);
    } catch (problem) {
      // What the back end says against one id says nothing about the other trace.
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
