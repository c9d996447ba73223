// The list of traces. What is there already stays as it is, with its focus, when others come.

import { element } from "../common/dom.js";
import { addressOf, rowContent } from "./row.js";

const SLICE = 25; // ms of making rows, after which the browser may do something else: 1,500 of them take a second

const ORDERS = {
  newest: (one, other) => (one.startNs < other.startNs ? 1 : one.startNs > other.startNs ? -1 : 0),
  longest: (one, other) => other.duration - one.duration,
  shortest: (one, other) => one.duration - other.duration,
  most: (one, other) => other.spans - one.spans,
  least: (one, other) => one.spans - other.spans,
};

/** Rows in one of the orders of query.js; newest first where that says nothing. */
export function sorted(rows, order) {
  return [...rows].sort(ORDERS.newest).sort(ORDERS[order]);
}

/** Whether a row would look the same. */
export function sameRow(one, other) {
  return (
    one === other ||
    (same(one, other, ["id", "service", "operation", "startNs", "duration", "spans", "errors", "orphans"]) &&
      one.services.length === other.services.length &&
      one.services.every((service, number) => same(service, other.services[number], ["name", "spans", "errors"])))
  );
}

function same(one, other, fields) {
  return one !== undefined && fields.every((field) => one[field] === other[field]);
}

export class List {
  items = new Map(); // by trace id: { row, element, link }
  turn = 0;

  /**
   * @param {HTMLOListElement} place
   * @param {(row: import("./summaries.js").Row) => HTMLElement} box makes what chooses a row.
   */
  constructor(place, box) {
    this.place = place;
    this.box = box;
  }

  /**
   * Show these rows and no others; those that come to others are marked for a moment.
   * @param {import("./summaries.js").Row[]} rows in their order
   * @returns {Promise<boolean>} when all are there; false if others were to be shown before.
   */
  async show(rows) {
    this.turn += 1;
    const { turn } = this;
    const first = this.items.size === 0;
    const focused = this.place.contains(document.activeElement) ? document.activeElement : null;
    const wanted = new Set(rows.map((row) => row.id));
    for (const [id, item] of this.items) {
      if (!wanted.has(id)) {
        item.element.remove();
        this.items.delete(id);
      }
    }
    this.place.style.setProperty("--longest", rows.reduce((most, row) => Math.max(most, row.duration), 0.001));
    let begun = performance.now();
    for (const [place, row] of rows.entries()) {
      if (performance.now() - begun > SLICE) {
        await new Promise((resume) => setTimeout(resume));
        if (turn !== this.turn) return false;
        begun = performance.now();
      }
      this.put(row, place, first);
    }
    // What moves loses the focus.
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    return true;
  }

  /** Take all rows away, so that none of the next ones is new. */
  clear() {
    this.turn += 1;
    this.items.clear();
    this.place.replaceChildren();
  }

  put(row, place, first) {
    let item = this.items.get(row.id);
    if (!item) {
      const link = element("a", { href: addressOf(row.id) });
      item = { row: undefined, link, element: element("li", first ? "trace" : "trace new", this.box(row), link) };
      this.items.set(row.id, item);
    }
    if (!sameRow(item.row, row)) {
      item.link.replaceChildren(...rowContent(row));
      item.element.style.setProperty("--duration", row.duration);
    }
    item.row = row;
    const there = this.place.children[place] ?? null;
    if (there !== item.element) this.place.insertBefore(item.element, there);
  }

  /** The row that has the focus; null if none has. */
  get focused() {
    const element = document.activeElement?.closest("li");
    return [...this.items.values()].find((item) => item.element === element)?.row ?? null;
  }

  /** Move the focus by so many rows; from outside to the first one. */
  step(by) {
    const here = document.activeElement?.closest("li");
    const inside = here?.parentElement === this.place;
    const places = this.place.children;
    const next = inside ? places[[...places].indexOf(here) + by] : places[0];
    next?.querySelector("a").focus();
  }

  /** Put the focus on a trace, if it is there. */
  focus(id) {
    this.items.get(id)?.link.focus();
  }
}
