// State shared by the parts of the trace page: the trace, and its view, which is also in the page's address.

import { arrange } from "../common/model.js";
import { Observable } from "../common/observable.js";
import { usualLook } from "../common/page_addresses.js";
import { buildTree, walk } from "../common/tree.js";
import { findSkews } from "./skew.js";

const SMALL = 30; // spans
const SMALLEST = 0.001; // µs: OTLP's resolution is 1 ns

/** The properties in the page's address; described in usualLook. */
export const LOOK = Object.keys(usualLook());

export class State extends Observable {
  trace = null; // from readTrace; null until it arrives
  roots = []; // Spans and MissingSpans, see tree.js
  nodes = new Map();
  skews = new Map(); // spans that do not fit into their parents, by id, see skew.js
  collapsed = new Set(); // ids of nodes whose children are hidden
  openedByItself = false; // whether the selection is the default one, not the user's
  found = new Set(); // ids of spans that match the search

  constructor() {
    super();
    Object.assign(this, usualLook());
  }

  /** Set a trace from readTrace, new or reloaded with more spans; keeps selection, collapsed nodes and zoom. */
  setTrace(trace) {
    const before = this.trace?.beginNs;
    const roots = buildTree(trace);
    this.skews = findSkews(roots);
    this.#show(trace, this.adjusted && this.skews.size > 0 ? this.#moved(trace) : roots, before);
  }

  /** Turn the correction of clock skew on or off. */
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
      // The start of the trace has changed: keep the visible range in place.
      const by = Number(before - trace.beginNs) / 1000;
      changed.range = { from: range.from + by, to: range.to + by };
    }
    this.change(changed);
  }

  get shown() {
    return this.range ?? { from: 0, to: this.total };
  }

  /** The trace's duration, at least a tiny bit above zero. */
  get total() {
    return Math.max(this.trace?.duration ?? 0, 0.001);
  }

  /** Whether to dim a node: it does not match the search, or is not of the highlighted service. */
  standsBack({ id, service }) {
    if (this.find && !this.found.has(id)) return true;
    return this.outstanding !== null && service !== this.outstanding;
  }

  /** The highlighted service, if the trace has it. */
  get outstanding() {
    return this.trace?.services.includes(this.service) ? this.service : null;
  }

  /** Set properties; a selection made this way counts as the user's. */
  change(properties) {
    super.change("selected" in properties ? { openedByItself: false, closed: false, ...properties } : properties);
  }

  /** Close the panel, and keep it from opening by default. */
  close() {
    this.change({ selected: null, closed: this.isSmall });
  }

  /** Whether the trace is small enough to show its root in the panel at first. */
  get isSmall() {
    return (this.trace?.spans.length ?? 0) <= SMALL;
  }

  get selectedNode() {
    return this.nodes.get(this.selected) ?? null;
  }
}

/** The range between two times in either order, clipped to the trace; null if it is the whole trace. */
export function between(one, other, total) {
  const within = (moment) => Math.min(Math.max(moment, 0), total);
  const length = Math.min(Math.max(within(Math.max(one, other)) - within(Math.min(one, other)), SMALLEST), total);
  const from = Math.min(within(Math.min(one, other)), total - length);
  return from <= 0 && from + length >= total ? null : { from, to: from + length };
}

/** Scale a range by a factor, around a fixed time. */
export function zoomed({ from, to }, total, factor, around = (from + to) / 2) {
  const length = Math.min(Math.max((to - from) * factor, SMALLEST), total);
  const begin = around - ((around - from) / (to - from)) * length;
  const start = Math.min(Math.max(begin, 0), total - length);
  return between(start, start + length, total);
}

/** Shift a range by some µs, within the trace. */
export function panned({ from, to }, total, by) {
  const start = Math.min(Math.max(from + by, 0), Math.max(total - (to - from), 0));
  return between(start, start + to - from, total);
}
