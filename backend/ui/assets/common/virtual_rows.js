// The rows of a table's body, of which only those in sight, and the one that keys move from, are elements.

import { element, intoWindow } from "./dom.js";

const HEIGHT = 1.9; // of a row, in rem
const BEYOND = 5; // rows kept above and below those in sight

export class VirtualRows {
  /**
   * @param {HTMLElement} scroller what scrolls; its height is limited by a style.
   * @param {HTMLTableElement} table has a head and an empty body.
   * @param {object} with_
   * @param {(row) => string} with_.key names a row, also after a refresh.
   * @param {(row) => Node[]} with_.cells makes a row's cells.
   * @param {(row) => object} with_.attributes of a row, such as its class.
   * @param {(row) => void} with_.activate after a click, Enter or Space.
   * @param {(row, event: KeyboardEvent) => boolean} with_.typed other keys of a row; true if it took the key.
   */
  constructor(scroller, table, { key, cells, attributes, activate, typed }) {
    Object.assign(this, { scroller, table, key, cells, attributes, activate, typed });
    this.body = table.tBodies[0];
    this.rows = [];
    this.places = new Map(); // key: place
    this.active = null; // the key of the row that keys move from
    this.made = new Map(); // place: element
    this.height = Math.round(HEIGHT * parseFloat(getComputedStyle(document.documentElement).fontSize));
    scroller.style.setProperty("--row-height", `${this.height}px`);
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(scroller);
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.body.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Show these rows; scroll position and focus stay. */
  show(rows) {
    const focused = this.body.contains(document.activeElement);
    this.rows = rows;
    this.places = new Map(rows.map((row, place) => [this.key(row), place]));
    if (!this.places.has(this.active)) this.active = rows.length ? this.key(rows[0]) : null;
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.made.clear();
    this.body.replaceChildren();
    this.draw();
    if (focused) this.focus();
  }

  /** Show the rows anew, for their attributes have changed. */
  refresh() {
    for (const [place, row] of this.made) this.mark(row, place);
  }

  /** Bring a row into sight. */
  reveal(key) {
    const place = this.places.get(key);
    if (place === undefined) return;
    const top = place * this.height;
    const room = this.scroller.clientHeight - this.covered;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + this.height > this.scroller.scrollTop + room) this.scroller.scrollTop = top + this.height - room;
    this.draw();
  }

  stop() {
    this.watch.disconnect();
  }

  /** Pixels of head and foot, which stay while the rows scroll. */
  get covered() {
    return (this.table.tHead?.offsetHeight ?? 0) + (this.table.tFoot?.offsetHeight ?? 0);
  }

  /** Make the elements of the rows in sight, with gaps in place of all others. */
  draw() {
    if (this.made.size === 0) this.body.replaceChildren(this.gap(this.rows.length)); // so that there is a height
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.height) - BEYOND);
    const last = first + Math.ceil((this.scroller.clientHeight - this.covered) / this.height) + 2 * BEYOND;
    const wanted = [];
    const active = this.places.get(this.active);
    if (active < first) wanted.push(active);
    for (let place = first; place <= Math.min(last, this.rows.length - 1); place += 1) wanted.push(place);
    if (active > last) wanted.push(active);
    this.put(wanted);
  }

  put(wanted) {
    const kept = new Set(wanted);
    for (const place of this.made.keys()) if (!kept.has(place)) this.made.delete(place);
    const content = [];
    let next = 0;
    for (const place of wanted) {
      if (place > next) content.push(this.gap(place - next));
      content.push(this.made.get(place) ?? this.make(place));
      next = place + 1;
    }
    if (next < this.rows.length) content.push(this.gap(this.rows.length - next));
    // What stays is not moved, for that would take the focus from it.
    const staying = new Set(content);
    for (const child of [...this.body.children]) if (!staying.has(child)) child.remove();
    let at = this.body.firstChild;
    for (const child of content) {
      if (child === at) at = at.nextSibling;
      else this.body.insertBefore(child, at);
    }
  }

  make(place) {
    const row = element("tr", { "aria-rowindex": place + 2 }, ...this.cells(this.rows[place]));
    this.made.set(place, row);
    this.mark(row, place);
    return row;
  }

  mark(row, place) {
    const data = this.rows[place];
    for (const [name, value] of Object.entries(this.attributes(data))) row.setAttribute(name, value);
    row.tabIndex = this.key(data) === this.active ? 0 : -1;
  }

  gap(rows) {
    const cell = element("td", { colspan: Math.max(1, this.table.tHead?.rows[0]?.cells.length ?? 1) });
    cell.style.height = `${rows * this.height}px`;
    return element("tr", { class: "gap", "aria-hidden": "true" }, cell);
  }

  clicked(event) {
    const row = event.target.closest("tr");
    const place = [...this.made].find(([, made]) => made === row)?.[0];
    if (place === undefined || event.target.closest("a, button")) return;
    this.moveTo(this.key(this.rows[place]));
    this.activate(this.rows[place]);
  }

  pressed(event) {
    const place = this.places.get(this.active);
    if (event.target.closest("a, button") || event.ctrlKey || event.metaKey || event.altKey || place === undefined) return;
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - this.covered) / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const to = Math.min(Math.max(place + (steps[event.key] ?? 0), 0), this.rows.length - 1);
    if (event.key in steps) this.moveTo(this.key(this.rows[to]));
    else if (event.key === "Enter" || event.key === " ") this.activate(this.rows[place]);
    else if (!this.typed?.(this.rows[place], event)) return;
    event.preventDefault();
  }

  /** Bring a row into sight and focus it. */
  moveTo(key) {
    if (!this.places.has(key)) return;
    this.active = key;
    this.reveal(key);
    this.refresh();
    this.focus();
    intoWindow(this.made.get(this.places.get(key)).getBoundingClientRect());
  }

  focus() {
    this.made.get(this.places.get(this.active))?.focus({ preventScroll: true });
  }
}
