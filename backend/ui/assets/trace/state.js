// What the parts of the trace page share: the trace, and how it is looked at, which is in the address of the page too.

import { arrange } from "../common/model.js";
import { Observable } from "../common/observable.js";
import { usualLook } from "../common/page_addresses.js";
import { buildTree, walk } from "../common/tree.js";
import { findSkews } from "./skew.js";

const SMALL = 30; // spans
const SMALLEST = 0.001; // µs that are shown: OTLP counts ns

/** What the address of the page says; see usualLook for what each is. */
export const LOOK = Object.keys(usualLook());

export class State extends Observable {
  trace = null; // as of readTrace; null until it has arrived
  roots = []; // Spans and MissingSpans, see tree.js
  nodes = new Map();
  skews = new Map(); // what does not lie within its parent, by id, see skew.js
  collapsed = new Set(); // ids of nodes whose children are not shown
  openedByItself = false; // whether what is selected was so from the start, and nobody chose it
  found = new Set(); // ids of the spans that have what is looked for

  constructor() {
    super();
    Object.assign(this, usualLook());
  }

  /** A trace of readTrace that came, or came again with more spans; what is selected, collapsed or zoomed stays so. */
  setTrace(trace) {
    const before = this.trace?.beginNs;
    const roots = buildTree(trace);
    this.skews = findSkews(roots);
    this.#show(trace, this.adjusted && this.skews.size > 0 ? this.#moved(trace) : roots, before);
  }

  /** Move spans to where they would be if all clocks agreed, or back. */
  adjust(adjusted) {
    if (!this.trace) return this.change({ adjusted });
    const before = this.trace.beginNs;
    this.adjusted = adjusted;
    this.#show(this.trace, this.#moved(this.trace), before);
  }

  #moved(trace) {
    const moves = new Map();
    if (this.adjusted) for (const [id, { delta }] of this.skews) moves.set(id, delta);
    arrange(trace, moves);
    return buildTree(trace);
  }

  #show(trace, roots, before) {
    const nodes = new Map();
    for (const { node } of walk(roots)) nodes.set(node.id, node);
    const { adjusted, skews, range } = this;
    const changed = { trace, roots, nodes, skews, adjusted };
    if (range && before === undefined) {
      changed.range = range.from < trace.duration ? between(range.from, range.to, trace.duration) : null;
    } else if (range && before !== trace.beginNs) {
      // The trace begins at another moment: the shown part stays where it was.
      const by = Number(before - trace.beginNs) / 1000;
      changed.range = { from: range.from + by, to: range.to + by };
    }
    this.change(changed);
  }

  get shown() {
    return this.range ?? { from: 0, to: this.total };
  }

  /** The trace's duration; a hair more than nothing. */
  get total() {
    return Math.max(this.trace?.duration ?? 0, 0.001);
  }

  /** Whether a node stands back: it has not what is looked for, or is not of the service that stands out. */
  standsBack({ id, service }) {
    if (this.find && !this.found.has(id)) return true;
    return this.outstanding !== null && service !== this.outstanding;
  }

  /** The service whose spans stand out, if the trace has it. */
  get outstanding() {
    return this.trace?.services.includes(this.service) ? this.service : null;
  }

  /** Whoever selects something has chosen it. */
  change(properties) {
    super.change("selected" in properties ? { openedByItself: false, closed: false, ...properties } : properties);
  }

  /** Close the panel; it stays closed where it would be open from the start. */
  close() {
    this.change({ selected: null, closed: this.isSmall });
  }

  /** Whether the trace has so few spans that its root is told from the start. */
  get isSmall() {
    return (this.trace?.spans.length ?? 0) <= SMALL;
  }

  get selectedNode() {
    return this.nodes.get(this.selected) ?? null;
  }
}

/** A range between two moments, in whichever order, within the trace; null where that is all of it. */
export function between(one, other, total) {
  const within = (moment) => Math.min(Math.max(moment, 0), total);
  const length = Math.min(Math.max(within(Math.max(one, other)) - within(Math.min(one, other)), SMALLEST), total);
  const from = Math.min(within(Math.min(one, other)), total - length);
  return from <= 0 && from + length >= total ? null : { from, to: from + length };
}

/** Longer or shorter by a factor, around a moment that stays where it is. */
export function zoomed({ from, to }, total, factor, around = (from + to) / 2) {
  const length = Math.min(Math.max((to - from) * factor, SMALLEST), total);
  const begin = around - ((around - from) / (to - from)) * length;
  const start = Math.min(Math.max(begin, 0), total - length);
  return between(start, start + length, total);
}

/** As long, and later by some µs, as far as the trace reaches. */
export function panned({ from, to }, total, by) {
  const start = Math.min(Math.max(from + by, 0), Math.max(total - (to - from), 0));
  return between(start, start + to - from, total);
}
