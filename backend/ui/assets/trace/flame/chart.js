// The chart of a flame graph: boxes on a canvas, with pointer and keyboard navigation.

import { cleared } from "../../common/canvas.js";
import { element } from "../../common/dom.js";
import { layoutFlame } from "./layout.js";
import { firstEnding, LANE, paintFlame, placeOf } from "./paint.js";

const MARGIN = 8; // px between a box scrolled into view and the window's edge
const NEAR = 3; // px of tolerance beside a narrow box

export class FlameChart {
  /**
   * `range()` is the visible range in µs; for `paint`, `faint` and `selected()` see paint.js. Callbacks get a node:
   * `clicked`; `pressed` with Enter, Space or Backspace; `focused` by keys; and `pointed`, with the node's box in px
   * from the chart's corner.
   */
  constructor(with_) {
    Object.assign(this, with_);
    this.roots = [];
    this.current = null; // the node with the keyboard focus
    this.hovered = null;
    this.waiting = null; // the pending animation frame
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.space = element("div", "flame-space", this.canvas);
    const role = { role: "application", "aria-roledescription": "flame graph" };
    this.element = element("div", { class: "flame-scroller", tabindex: 0, ...role }, this.space);
    this.element.addEventListener("scroll", () => this.draw(), { passive: true });
    this.element.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.hover(this.hit(event));
    });
    this.element.addEventListener("pointerleave", () => this.leave());
    this.element.addEventListener("click", (event) => this.click(event));
    this.element.addEventListener("keydown", (event) => this.press(event));
    this.element.addEventListener("focus", () => {
      // Not for pointer focus: the graph must not move under the pointer.
      if (this.element.matches(":focus-visible")) this.tell();
    });
    this.element.addEventListener("blur", () => this.leave());
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.element);
  }

  show(roots) {
    this.roots = roots;
    Object.assign(this, layoutFlame(roots));
    this.space.style.height = `${this.lanes.length * LANE}px`;
    const same = [...this.laneOf.keys()].find((node) => node.id === this.current?.id);
    this.current = same ?? roots[0] ?? null;
    this.hovered = null;
    this.draw();
  }

  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.paintNow();
    });
  }

  paintNow() {
    const { clientWidth: width, clientHeight: height, scrollTop: top } = this.element;
    this.canvas.style.width = `${width}px`;
    const context = cleared(this.canvas, width, height);
    const palette = this.palette();
    const focused = document.activeElement === this.element;
    const selected = this.selected();
    const outline = (node) => {
      if (node === selected) return palette.accent;
      return node === this.hovered || (focused && node === this.current) ? palette.ink : null;
    };
    const { lanes, paint, faint } = this;
    paintFlame(context, { lanes, range: this.range(), width, height, top, palette, paint, faint, outline });
  }

  hit(event) {
    const corner = this.element.getBoundingClientRect();
    const lane = this.lanes?.[Math.floor((event.clientY - corner.top + this.element.scrollTop) / LANE)];
    if (!lane) return null;
    const { from, to } = this.range();
    const width = this.element.clientWidth;
    const x = event.clientX - corner.left;
    const near = (NEAR / width) * (to - from);
    const moment = from + (x / width) * (to - from);
    let best = null;
    for (let place = firstEnding(lane, moment - near); lane[place] && lane[place].start <= moment + near; place += 1) {
      const node = lane[place];
      const away = Math.max(node.start - moment, moment - node.end, 0);
      if (!best || away < best.away) best = { node, away };
      if (away === 0) break;
    }
    return best?.node ?? null;
  }

  hover(node) {
    this.element.style.cursor = node ? "pointer" : "";
    if (node === this.hovered) return;
    this.hovered = node;
    this.pointed(node, node && this.boxOf(node));
    this.draw();
  }

  leave() {
    this.hovered = null;
    this.pointed(null);
    this.draw();
  }

  /** A node's box, px from the corner of the chart. */
  boxOf(node) {
    const width = this.element.clientWidth;
    const top = this.laneOf.get(node) * LANE - this.element.scrollTop;
    const inside = (moment) => Math.min(Math.max(placeOf(moment, this.range(), width), 0), width);
    return { left: inside(node.start), right: inside(node.end), top, bottom: top + LANE };
  }

  click(event) {
    const node = this.hit(event);
    if (!node) return;
    this.current = node;
    this.clicked(node);
    this.draw();
  }

  press(event) {
    if (!this.current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow") || event.key === "Home") this.moveTo(step(this.current, event.key, this.roots));
    else if (["Enter", " ", "Backspace"].includes(event.key)) this.pressed(this.current, event.key);
    else return;
    event.preventDefault();
    this.tell();
  }

  moveTo(node) {
    if (node === this.current) return;
    this.current = node;
    this.focused(node);
  }

  reveal(node) {
    const top = this.laneOf.get(node) * LANE;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + LANE > scrollTop + clientHeight) this.element.scrollTop = top + LANE - clientHeight;
    this.draw();
  }

  tell() {
    if (!this.current) return;
    this.reveal(this.current);
    const { top } = this.element.getBoundingClientRect();
    const box = this.boxOf(this.current);
    // Only the page scrolls.
    if (top + box.top < 0) window.scrollBy(0, top + box.top - MARGIN);
    else if (top + box.bottom > innerHeight) window.scrollBy(0, top + box.bottom - innerHeight + MARGIN);
    this.pointed(this.current, box);
  }

  stop() {
    this.watch.disconnect();
    cancelAnimationFrame(this.waiting);
  }
}

/** The node that a key moves to, or the same one if there is none. */
function step(node, key, roots) {
  if (key === "Home") return roots[0] ?? node;
  if (key === "ArrowUp") return node.parent ?? node;
  if (key === "ArrowDown") return node.children[0] ?? node;
  const siblings = node.parent?.children ?? roots;
  const place = siblings.indexOf(node) + (key === "ArrowRight" ? 1 : -1);
  return siblings[place] ?? node;
}
