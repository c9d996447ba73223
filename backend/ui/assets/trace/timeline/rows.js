// The rows of the timeline: a tree of which only what is in sight, and the row with the focus, are elements.

import { element } from "../../common/dom.js";
import { fillRow } from "./row.js";

export const HEIGHT = 26; // px of a row
const BEYOND = 12; // rows kept above and below those in sight

export class Rows {
  /**
   * @param {HTMLElement} scroller what scrolls; it holds a head that stays, and the tree.
   * @param {HTMLElement} head
   * @param {State} state
   */
  constructor(scroller, head, state) {
    Object.assign(this, { scroller, head, state });
    this.tree = element("div", { class: "rows", role: "tree", "aria-label": "Spans" });
    this.tree.style.setProperty("--row", `${HEIGHT}px`);
    this.outline = null;
    this.nodes = []; // one for each row
    this.places = new Map(); // id: place of the row
    this.active = null; // id of the row that keys move from
    this.made = new Map(); // id: element
    this.look = null; // what rows are drawn with besides the state, see row.js
    this.room = 0; // px of height for rows, see fit
    this.top = 0; // px that are scrolled; asking the page for it again would have it laid out again
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** Show the rows of an outline, without those that are collapsed; scroll position and focus stay. */
  show(outline) {
    const anchor = this.#anchor();
    this.outline = outline;
    this.nodes = outline.rows(this.state.collapsed);
    this.places = new Map(this.nodes.map((node, place) => [node.id, place]));
    if (!this.places.has(this.active)) this.active = this.#nearest(this.active);
    this.tree.style.height = `${this.nodes.length * HEIGHT}px`;
    if (anchor && this.places.has(anchor.id)) this.#scrollBy(this.places.get(anchor.id) * HEIGHT - anchor.above - this.top);
    this.redraw();
  }

  /** Make the content of all rows anew. */
  redraw() {
    this.draw((row, node) => this.#fill(row, node));
  }

  /** Make the rows that have come into sight, and drop the others. */
  draw(again = () => {}) {
    if (!this.look) return; // it has no width yet
    const { focused } = this;
    const wanted = this.#wanted();
    const ids = new Set(wanted.map((place) => this.nodes[place].id));
    for (const [id, row] of this.made) {
      if (ids.has(id)) continue;
      row.remove();
      this.made.delete(id);
    }
    let next = this.tree.firstChild;
    for (const place of wanted) {
      const node = this.nodes[place];
      let row = this.made.get(node.id);
      if (row) again(row, node);
      else this.made.set(node.id, (row = this.#fill(element("div", { class: "row", "data-id": node.id }), node)));
      if (row === next) next = next.nextSibling;
      else this.tree.insertBefore(row, next); // in order for those who hear the page
      row.style.top = `${place * HEIGHT}px`;
      row.tabIndex = node.id === this.active ? 0 : -1;
    }
    if (focused && !this.focused) this.focus();
  }

  /** Look how much room there is; the active row stays in sight, if it was. */
  fit() {
    const sighted = this.nodes.length > 0 && this.#outOfSight() === 0;
    this.room = this.scroller.clientHeight - this.head.offsetHeight;
    if (sighted) this.#scrollBy(this.#outOfSight());
  }

  /** The node that keys move from; null without rows. */
  get activeNode() {
    return this.nodes[this.places.get(this.active)] ?? null;
  }

  /** Make a row the one that keys move from, and bring it into sight: to the middle, if it was far. */
  activate(id, { focus = false } = {}) {
    if (!this.places.has(id)) return;
    this.active = id;
    this.top = this.scroller.scrollTop;
    const out = this.#outOfSight();
    const toMiddle = Math.abs(out) > HEIGHT ? (Math.sign(out) * this.room) / 2 : 0;
    this.#scrollBy(out + toMiddle);
    this.draw();
    if (focus) this.focus();
  }

  focus() {
    const row = this.made.get(this.active);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  get focused() {
    return this.tree.contains(document.activeElement);
  }

  /** Where keys start from: the place of the active row, or of the first in sight if that is not. */
  get startingPlace() {
    return this.#outOfSight() === 0 ? this.places.get(this.active) : Math.ceil(this.top / HEIGHT);
  }

  /** How many rows are in sight. */
  get page() {
    return Math.max(1, Math.floor(this.room / HEIGHT) - 1);
  }

  /** By how many px to scroll until the active row is in sight. */
  #outOfSight() {
    const above = this.places.get(this.active) * HEIGHT - this.top;
    return Math.min(above, 0) || Math.max(above + HEIGHT - this.room, 0);
  }

  #scrollBy(pixels) {
    if (pixels === 0) return;
    this.scroller.scrollTop = this.top + pixels;
    this.top = this.scroller.scrollTop;
  }

  #scrolled() {
    this.top = this.scroller.scrollTop;
    this.draw();
  }

  /** Places of the rows in sight and of the active one, in order. */
  #wanted() {
    const first = Math.max(0, Math.floor(this.top / HEIGHT) - BEYOND);
    const beyond = Math.ceil((this.top + this.room) / HEIGHT) + BEYOND;
    const last = Math.min(beyond, this.nodes.length) - 1;
    const places = [];
    const active = this.places.get(this.active);
    if (active < first) places.push(active);
    for (let place = first; place <= last; place += 1) places.push(place);
    if (active > last) places.push(active);
    return places;
  }

  #fill(row, node) {
    return fillRow(row, node, { state: this.state, outline: this.outline, ...this.look });
  }

  /** The row at the top, by which the others keep their places; null where that is the first. */
  #anchor() {
    if (this.top <= 0 || this.nodes.length === 0) return null;
    const place = Math.min(Math.floor(this.top / HEIGHT), this.nodes.length - 1);
    return { id: this.nodes[place].id, above: place * HEIGHT - this.top };
  }

  /** The id of the row that a node is hidden in, else that of the first. */
  #nearest(id) {
    for (let node = this.state.nodes.get(id); node; node = node.parent) if (this.places.has(node.id)) return node.id;
    return this.nodes[0]?.id ?? null;
  }
}
