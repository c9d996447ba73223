// A list of any length. Only visible rows, and the active one, which has the keyboard focus, are elements.

import { reconcile } from "./reconcile.js";

export class VirtualList {
  rows = [];
  places = new Map(); // key: index
  active = null; // the key of the active row
  made = new Map(); // key: element
  room = 0; // px, height available for rows
  top = 0; // px scrolled; cached, because reading it forces a layout

  /**
   * CSS must limit the scroller's height; the body holds the rows.
   * @param {object} with_ `height` of a row, px; `beyond`, extra rows kept above and below the visible ones; `covered`,
   *   px hidden behind sticky parts; `key` identifies a row across refreshes. `make` creates an empty row element,
   *   `fill` sets its content, `mark` its attributes; `gap` creates a spacer for a number of rows; without it, `mark`
   *   must position each row. `anchored`: keep the top row in place when rows are added above it, and centre a row that
   *   is scrolled to from afar.
   */
  constructor(scroller, body, with_) {
    Object.assign(this, { scroller, body, gap: null, anchored: false }, with_);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }

  /** Show these rows; keeps scroll position and focus. */
  show(rows) {
    const anchor = this.anchored ? this.anchor() : null;
    this.rows = rows;
    this.places = new Map(rows.map((row, place) => [this.key(row), place]));
    if (!this.places.has(this.active)) this.active = this.successor(this.active);
    this.resized();
    const moved = anchor && this.places.get(anchor.key);
    if (moved !== null && moved !== undefined) this.scrollBy(moved * this.height - anchor.above - this.top);
    if (this.gap) this.top = Math.max(0, Math.min(this.top, rows.length * this.height - this.room));
    this.refill();
  }

  /** Called when the total height changes. */
  resized() {}

  /** The key that replaces the active one once its row is gone. */
  successor() {
    return this.rows.length > 0 ? this.key(this.rows[0]) : null;
  }

  refill() {
    this.draw((child, row) => this.fill(child, row));
  }

  refresh() {
    for (const [key, child] of this.made) this.markRow(child, this.places.get(key));
  }

  /** Create rows that became visible, and remove the others. */
  draw(again = () => {}) {
    const { focused } = this;
    const before = this.made;
    this.made = new Map();
    reconcile(this.body, this.wanted(), {
      key: ({ place, gap }) => (gap ? `gap ${place}` : this.key(this.rows[place])),
      make: ({ place, gap }) => (gap ? this.gap(gap) : this.make(this.rows[place])),
      update: (child, { place, gap }) => {
        if (gap) return this.gap(gap, child);
        const row = this.rows[place];
        const key = this.key(row);
        if (before.get(key) === child) again(child, row);
        else this.fill(child, row);
        this.made.set(key, child);
        this.markRow(child, place);
      },
    });
    if (focused && !this.focused) this.focus();
  }

  markRow(child, place) {
    const row = this.rows[place];
    this.mark(child, row, place);
    child.tabIndex = this.key(row) === this.active ? 0 : -1;
  }

  /** Measure the room; keeps the active row visible if it was. */
  fit() {
    const sighted = this.rows.length > 0 && this.outOfSight() === 0;
    this.room = this.scroller.clientHeight - this.covered();
    if (sighted) this.scrollBy(this.outOfSight());
  }

  get activeRow() {
    return this.rows[this.places.get(this.active)] ?? null;
  }

  reveal(key) {
    if (!this.places.has(key)) return;
    this.top = this.scroller.scrollTop;
    this.room = this.scroller.clientHeight - this.covered();
    const out = this.outOfSight(key);
    const toMiddle = this.anchored && Math.abs(out) > this.height ? (Math.sign(out) * this.room) / 2 : 0;
    this.scrollBy(out + toMiddle);
    this.draw();
  }

  /** Make a row the active one, and scroll it into view. */
  activate(key) {
    if (!this.places.has(key)) return;
    this.active = key;
    this.reveal(key);
  }

  goTo(key) {
    this.activate(key);
    this.focus();
  }

  /** Move down by some rows. If the list has no focus yet, only focus the starting row. */
  step(by) {
    const to = this.focused ? this.places.get(this.active) + by : this.startingPlace;
    const row = this.rows[Math.min(Math.max(to, 0), this.rows.length - 1)];
    if (row) this.goTo(this.key(row));
  }

  /** The number of rows that a key moves by; undefined for other keys. */
  stepOf(key) {
    const page = Math.max(1, Math.floor(this.room / this.height) - 1);
    return { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
  }

  focus() {
    const row = this.made.get(this.active);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" }); // scrolls the page, too
  }

  get focused() {
    return this.body.contains(document.activeElement);
  }

  /** Where keys start from: the active row, or the first visible one if that is out of sight. */
  get startingPlace() {
    return this.outOfSight() === 0 ? this.places.get(this.active) : Math.ceil(this.top / this.height);
  }

  /** Px to scroll to bring a row into view. */
  outOfSight(key = this.active) {
    const above = this.places.get(key) * this.height - this.top;
    return Math.min(above, 0) || Math.max(above + this.height - this.room, 0);
  }

  scrollBy(pixels) {
    if (pixels === 0) return;
    this.scroller.scrollTop = this.top + pixels;
    this.top = this.scroller.scrollTop;
  }

  scrolled() {
    this.top = this.scroller.scrollTop;
    this.draw();
  }

  /** The row at the top, used as the scroll anchor; null if it is the first one. */
  anchor() {
    if (this.top <= 0 || this.rows.length === 0) return null;
    const place = Math.min(Math.floor(this.top / this.height), this.rows.length - 1);
    return { key: this.key(this.rows[place]), above: place * this.height - this.top };
  }

  /** The elements to show: visible rows and the active one, `{place}`, and gaps, `{place, gap}`, if any. */
  wanted() {
    const { length } = this.rows;
    const first = Math.max(0, Math.floor(this.top / this.height) - this.beyond);
    const last = Math.min(Math.ceil((this.top + this.room) / this.height) + this.beyond, length) - 1;
    const places = [];
    const active = this.places.get(this.active);
    if (active < first) places.push(active);
    for (let place = first; place <= last; place += 1) places.push(place);
    if (active > last) places.push(active);
    if (!this.gap) return places.map((place) => ({ place }));
    return [...places, length].flatMap((place, number) => {
      const next = number === 0 ? 0 : places[number - 1] + 1;
      const gap = place > next ? [{ place: next, gap: place - next }] : [];
      return place === length ? gap : [...gap, { place }];
    });
  }
}
