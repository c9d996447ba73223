// The rows of the timeline: a tree, in a virtual list.

import { element } from "../../common/dom.js";
import { VirtualList } from "../../common/virtual_list.js";
import { fillRow } from "./row.js";

const HEIGHT = 26; // px of a row
const BEYOND = 12; // extra rows above and below the visible ones

export class Rows extends VirtualList {
  /** @param {HTMLElement} scroller the scrolling element, with a sticky header and the tree. */
  constructor(scroller, head, state) {
    const tree = element("div", { class: "rows", role: "tree", "aria-label": "Spans" });
    tree.style.setProperty("--row", `${HEIGHT}px`);
    super(scroller, tree, {
      height: HEIGHT,
      beyond: BEYOND,
      anchored: true,
      covered: () => head.offsetHeight,
      key: ({ id }) => id,
      make: ({ id }) => element("div", { class: "row", "data-id": id }),
      fill: (row, node) => fillRow(row, node, { state, outline: this.outline, ...this.look }),
      mark: (row, _, place) => (row.style.top = `${place * HEIGHT}px`),
    });
    this.state = state;
    this.outline = null;
    this.look = null; // how to draw rows, besides the state, see row.js
  }

  showOutline(outline) {
    this.outline = outline;
    this.show(outline.rows(this.state.collapsed));
  }

  draw(again) {
    if (this.look) super.draw(again); // otherwise it has no width yet
  }

  resized() {
    this.body.style.height = `${this.rows.length * HEIGHT}px`;
  }

  /** The row of the collapsed ancestor of a node, else the first row. */
  successor(id) {
    for (let node = this.state.nodes.get(id); node; node = node.parent) if (this.places.has(node.id)) return node.id;
    return super.successor();
  }
}
