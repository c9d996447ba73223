// A list of any length, of which only the rows in sight, and the one that keys move from, are elements.

import { reconcile } from "./reconcile.js";

export class VirtualList {
  rows = [];
  places = new Map(); // key: place
  active = null; // the key of the row that keys move from
  made = new Map(); // key: element
  room = 0; // px of height for rows
  top = 0; // px that are scrolled; asking the page for it each time would have it laid out again

  /**
   * The scroller's height is limited by a style; the body holds the rows.
   * @param {object} with_ `height` of a row, px; how many rows are kept `beyond` those in sight; px that are `covered`
   *   by what stays while the rows scroll; the `key` that names a row, also after a refresh. What makes rows: `make` an
   *   empty element, `fill` what is in it, `mark` its attributes; `gap` what stands in place of so many rows, else
   *   `mark` has to put each row into its place. `anchored`: the row at the top stays there when others come above it,
   *   and a row from afar comes to the middle.
   */
  constructor(scroller, body, with_) {
    Object.assign(this, { scroller, body, gap: null, anchored: false }, with_);
    scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }

  /** Show these rows; scroll position and focus stay. */
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

  /** The height of all rows is another one. */
  resized() {}

  /** The key that takes the place of one that has no row any more. */
  successor() {
    return this.rows.length > 0 ? this.key(this.rows[0]) : null;
  }

  refill() {
    this.draw((child, row) => this.fill(child, row));
  }

  refresh() {
    for (const [key, child] of this.made) this.markRow(child, this.places.get(key));
  }

  /** Make the rows that have come into sight, and drop the others. */
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

  /** Look how much room there is; the active row stays in sight, if it was. */
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

  /** Make a row the one that keys move from, and bring it into sight. */
  activate(key) {
    if (!this.places.has(key)) return;
    this.active = key;
    this.reveal(key);
  }

  goTo(key) {
    this.activate(key);
    this.focus();
  }

  /** Go some rows further down. The first step is to the row itself, for nobody has seen it yet. */
  step(by) {
    const to = this.focused ? this.places.get(this.active) + by : this.startingPlace;
    const row = this.rows[Math.min(Math.max(to, 0), this.rows.length - 1)];
    if (row) this.goTo(this.key(row));
  }

  /** By how many rows a key leads; undefined for other keys. */
  stepOf(key) {
    const page = Math.max(1, Math.floor(this.room / this.height) - 1);
    return { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
  }

  focus() {
    const row = this.made.get(this.active);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" }); // of the page, too
  }

  get focused() {
    return this.body.contains(document.activeElement);
  }

  /** Where keys start from: the place of the active row, or of the first in sight if that is not. */
  get startingPlace() {
    return this.outOfSight() === 0 ? this.places.get(this.active) : Math.ceil(this.top / this.height);
  }

  /** By how many px to scroll until a row is in sight. */
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

  /** The row at the top, by which the others keep their places; null where that is the first. */
  anchor() {
    if (this.top <= 0 || this.rows.length === 0) return null;
    const place = Math.min(Math.floor(this.top / this.height), this.rows.length - 1);
    return { key: this.key(this.rows[place]), above: place * this.height - this.top };
  }

  /**
   * What is to be there: the rows in sight and the active one, `{place}`, with gaps `{place, gap}` if there are any.
   */
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
