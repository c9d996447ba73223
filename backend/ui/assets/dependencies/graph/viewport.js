// The viewport of the graph: native scrolling, plus zoom and dragging by mouse.

import { button, element, setText } from "../../common/dom.js";
import { shortcut } from "../../common/keys.js";

const STEP = 1.25;
const [LEAST, MOST] = [0.15, 2];
const READABLE = 11 / 12; // minimum automatic scale, as the smallest text is 12 px; larger graphs scroll
const MARGIN = 16; // px around the graph

/** `scroller` and `buttons` are its elements. */
export class Viewport {
  /** @param {Element} canvas the graph in its natural size, unscaled. */
  constructor(canvas) {
    this.canvas = canvas;
    this.size = { width: 0, height: 0 };
    this.beginning = 0;
    this.scale = 1;
    this.sheet = element("div", "graph-sheet", canvas);
    this.scroller = element("div", "graph-scroller", this.sheet);
    this.buttons = element("div", { class: "zoom", role: "group", "aria-label": "Zoom" });
    const ways = {
      smaller: () => this.zoom(this.scale / STEP),
      whole: () => this.zoom(1),
      larger: () => this.zoom(this.scale * STEP),
      fit: () => this.fit(LEAST),
    };
    this.told = this.way("", "As large as it is (1)", "Zoom to 100 %", ways.whole);
    this.told.classList.add("number");
    this.buttons.append(
      this.way("−", "Smaller (-)", "Smaller", ways.smaller),
      this.told,
      this.way("+", "Larger (+)", "Larger", ways.larger),
      this.way("Fit", "All of it (0)", null, ways.fit),
    );
    shortcut("Graph", ["+"], "larger", ways.larger);
    shortcut("Graph", ["-"], "smaller", ways.smaller);
    shortcut("Graph", ["0"], "all of it", ways.fit);
    shortcut("Graph", ["1"], "as large as it is", ways.whole);
    this.listen();
  }

  way(label, title, name, run) {
    return button(label, { class: "plain", title, "aria-label": name }, run);
  }

  /** The width that fits without scrolling, px. */
  get room() {
    return this.scroller.clientWidth - 2 * MARGIN;
  }

  /** @param {number} beginning bottom of the first node, which must be visible, px. */
  resize({ width, height }, beginning) {
    this.size = { width, height };
    this.beginning = beginning;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.apply();
  }

  /** Scale the graph to fit, but keep it readable, and never enlarge it. */
  fit(least = READABLE) {
    const { scroller } = this;
    const height = parseFloat(getComputedStyle(scroller).maxHeight); // as high as the graph, up to this
    const wide = this.room / this.size.width;
    const room = Math.min(wide, (height - 2 * MARGIN) / this.size.height);
    this.scale = Math.min(1, Math.max(least, room));
    this.apply();
    scroller.scrollTo(0, this.beginning * this.scale + 2 * MARGIN - scroller.clientHeight);
  }

  /** @param {{x: number, y: number}} around the fixed point, px in the scroller; its centre by default. */
  zoom(scale, around = { x: this.scroller.clientWidth / 2, y: this.scroller.clientHeight / 2 }) {
    const before = this.canvas.getBoundingClientRect();
    const frame = this.scroller.getBoundingClientRect();
    const at = { x: (frame.x + around.x - before.x) / this.scale, y: (frame.y + around.y - before.y) / this.scale };
    this.scale = Math.min(MOST, Math.max(LEAST, scale));
    this.apply();
    const after = this.canvas.getBoundingClientRect();
    this.scroller.scrollLeft += after.x + at.x * this.scale - frame.x - around.x;
    this.scroller.scrollTop += after.y + at.y * this.scale - frame.y - around.y;
  }

  apply() {
    this.canvas.style.setProperty("--scale", this.scale);
    this.sheet.style.width = `${this.size.width * this.scale + 2 * MARGIN}px`;
    this.sheet.style.height = `${this.size.height * this.scale + 2 * MARGIN}px`;
    setText(this.told, `${Math.round(this.scale * 100)} %`);
  }

  listen() {
    const { scroller } = this;
    const zoomed = (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // otherwise it scrolls
      event.preventDefault();
      const frame = scroller.getBoundingClientRect();
      this.zoom(this.scale * Math.exp(-event.deltaY / 300), { x: event.clientX - frame.x, y: event.clientY - frame.y });
    };
    scroller.addEventListener("wheel", zoomed, { passive: false });
    let held = null; // where the drag started
    scroller.addEventListener("pointerdown", (event) => {
      // Touch scrolls natively.
      if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("button, .call")) return;
      held = { x: event.clientX + scroller.scrollLeft, y: event.clientY + scroller.scrollTop };
      scroller.setPointerCapture(event.pointerId);
      scroller.classList.add("held");
    });
    scroller.addEventListener("pointermove", (event) => {
      if (held) scroller.scrollTo(held.x - event.clientX, held.y - event.clientY);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      scroller.addEventListener(end, () => {
        held = null;
        scroller.classList.remove("held");
      });
    }
  }
}
