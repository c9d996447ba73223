// The list of traces. Existing rows keep their elements and the focus when others arrive.

import { traceAddress } from "../common/page_addresses.js";
import { element, setText } from "../common/dom.js";
import { ago, inOrder } from "../common/format.js";
import { forget, reconcileInSlices } from "../common/reconcile.js";
import { rowContent } from "./row.js";

const ORDERS = {
  newest: (one, other) => inOrder(other.startNs, one.startNs),
  longest: (one, other) => other.duration - one.duration,
  shortest: (one, other) => one.duration - other.duration,
  most: (one, other) => other.spans - one.spans,
  least: (one, other) => one.spans - other.spans,
};

/** Sort rows by one of the orders of query.js; ties are newest first. */
export function sorted(rows, order) {
  return [...rows].sort(ORDERS.newest).sort(ORDERS[order]);
}

export function sameRow(one, other) {
  return (
    one === other ||
    (same(one, other, ["id", "service", "operation", "startNs", "duration", "spans", "errors", "orphans", "outline"]) &&
      one.services.length === other.services.length &&
      one.services.every((service, number) => same(service, other.services[number], ["name", "spans", "errors"])))
  );
}

function same(one, other, fields) {
  return one !== undefined && fields.every((field) => one[field] === other[field]);
}

export class List {
  items = new Map(); // trace id: { row, element, link }

  constructor(place, box) {
    this.place = place;
    this.box = box;
  }

  /** Show these rows; briefly highlights additions. Resolves to false if a newer call superseded it. */
  show(rows) {
    const kind = this.items.size === 0 ? "trace" : "trace new";
    const before = this.items;
    this.items = new Map();
    for (const { id } of rows) if (before.has(id)) this.items.set(id, before.get(id));
    this.place.style.setProperty("--longest", rows.reduce((most, row) => Math.max(most, row.duration), 0.001));
    return reconcileInSlices(this.place, rows, {
      key: ({ id }) => id,
      make: (row) => this.make(row, kind),
      update: (_, row) => this.update(row),
    });
  }

  /** Remove all rows, so that none of the next ones is highlighted as new. */
  clear() {
    this.items.clear();
    forget(this.place);
  }

  make(row, kind) {
    const link = element("a", { href: traceAddress(row.id) });
    const made = element("li", kind, this.box(row), link);
    this.items.set(row.id, { row: undefined, link, element: made });
    return made;
  }

  update(row) {
    const item = this.items.get(row.id);
    if (!sameRow(item.row, row)) {
      item.link.replaceChildren(...rowContent(row));
      item.element.style.setProperty("--duration", row.duration);
    }
    item.row = row;
  }

  /** Update how long ago the traces began. */
  tick() {
    const now = Date.now();
    for (const { row, link } of this.items.values()) if (row) setText(link.lastChild, ago(row.startNs, now));
  }

  get focused() {
    const element = document.activeElement?.closest("li");
    return [...this.items.values()].find((item) => item.element === element)?.row ?? null;
  }

  /** Move the focus by some rows; from outside, to the first one. */
  step(by) {
    const here = document.activeElement?.closest("li");
    const inside = here?.parentElement === this.place;
    const places = this.place.children;
    const next = inside ? places[[...places].indexOf(here) + by] : places[0];
    next?.querySelector("a").focus();
  }

  focus(id) {
    this.items.get(id)?.link.focus();
  }
}
