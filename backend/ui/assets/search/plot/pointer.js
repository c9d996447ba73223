// Pointer handling in the plot: shows a mark's tooltip, opens its trace, and selects a time range.

import { element, setAttributes, svg } from "../../common/dom.js";
import { clockOf, count, duration } from "../../common/format.js";
import { traceName } from "../row.js";

const NEAR = 6; // px of tolerance around a mark
const DRAG = 5; // px before a press becomes a drag
const TIP = 70; // px, height of the tooltip

const ascending = (one, other) => one - other;

export class Pointer {
  pressed = null; // start of the drag, px
  mark = null; // the mark with the tooltip

  constructor(plot, actions) {
    this.plot = plot;
    this.actions = actions;
    this.selection = svg("rect", { class: "selection", visibility: "hidden" });
    this.ring = svg("circle", { class: "ring", visibility: "hidden" });
    this.tip = element("div", { class: "tip", hidden: true });
    // A separate layer, so that following the pointer does not repaint 1,500 marks.
    this.elements = [svg("svg", { class: "above", "aria-hidden": "true" }, this.selection, this.ring), this.tip];
    const { picture } = plot;
    picture.addEventListener("pointermove", (event) => this.move(event));
    picture.addEventListener("pointerleave", () => this.tell(null));
    picture.addEventListener("pointerdown", (event) => this.press(event));
    picture.addEventListener("pointerup", (event) => this.release(event));
    picture.addEventListener("pointercancel", () => this.forget());
    picture.addEventListener("auxclick", (event) => {
      const mark = this.nearest(this.position(event));
      if (mark && event.button === 1) actions.open(mark.row.id, true);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.forget();
    });
  }

  position(event) {
    const { left, top } = this.plot.picture.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  nearest({ x, y }) {
    let [found, distance] = [null, Infinity];
    for (const mark of this.plot.marks.values()) {
      const away = Math.hypot(mark.x - x, mark.y - y) - mark.r;
      if (away < distance) [found, distance] = [mark, away];
    }
    return distance <= NEAR ? found : null;
  }

  press(event) {
    if (event.button !== 0) return;
    this.pressed = this.position(event).x;
    this.plot.picture.setPointerCapture(event.pointerId);
  }

  move(event) {
    const at = this.position(event);
    if (this.pressed === null || Math.abs(at.x - this.pressed) < DRAG) {
      this.tell(this.nearest(at));
      return;
    }
    this.tell(null);
    const { plot } = this;
    const [left, right] = [this.pressed, at.x].sort(ascending).map((x) => plot.x(plot.timeAt(x)));
    const { top, height } = plot.area;
    setAttributes(this.selection, { x: left, y: top, width: right - left, height, visibility: "visible" });
  }

  release(event) {
    const { pressed } = this;
    this.forget();
    if (pressed === null) return;
    const at = this.position(event);
    if (Math.abs(at.x - pressed) < DRAG) {
      const mark = this.nearest(at);
      if (mark) this.actions.open(mark.row.id, event.ctrlKey || event.metaKey);
      return;
    }
    const [start, end] = [pressed, at.x].sort(ascending).map((x) => this.plot.timeAt(x) * 1000);
    this.actions.zoom(Math.floor(start), Math.ceil(end));
  }

  forget() {
    this.pressed = null;
    this.selection.setAttribute("visibility", "hidden");
  }

  redraw() {
    if (!this.mark) return;
    const mark = this.plot.marks.get(this.mark.row.id) ?? null;
    this.mark = null;
    this.tell(mark);
  }

  tell(mark) {
    if (mark && mark === this.mark) return;
    this.mark = mark;
    this.ring.setAttribute("visibility", mark ? "visible" : "hidden");
    this.tip.hidden = !mark;
    this.plot.picture.classList.toggle("pointing", mark !== null);
    if (!mark) return;
    setAttributes(this.ring, { cx: mark.x, cy: mark.y, r: mark.r + 2 });
    this.fill(mark.row);
    const { top, height, width } = this.plot.area;
    const before = mark.x > width / 2;
    this.tip.style.left = before ? "" : `${mark.x + mark.r + 8}px`;
    this.tip.style.right = before ? `${width - mark.x + mark.r + 8}px` : "";
    this.tip.style.top = `${Math.min(mark.y, top + height - TIP)}px`;
  }

  fill(row) {
    const facts = [duration(row.duration), count(row.spans, "span"), row.errors ? count(row.errors, "error") : null];
    this.tip.replaceChildren(
      element("strong", { dir: "auto" }, traceName(row)),
      element("span", "", facts.filter(Boolean).join(" · ")),
      element("span", "quiet", clockOf(row.startNs)),
    );
  }
}
