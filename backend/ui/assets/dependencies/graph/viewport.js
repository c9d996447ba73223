// The viewport of the graph: the browser's own scrolling, with zoom and with dragging by the mouse.

import { button, element, setText } from "../../common/dom.js";
import { shortcut } from "../../common/keys.js";

const STEP = 1.25;
const [LEAST, MOST] = [0.15, 2];
const READABLE = 11 / 12; // no less without being asked, for the smallest print is 12 px: what is too large is scrolled
const MARGIN = 16; // px around the graph

/** `scroller` and `buttons` are its elements. */
export class Viewport {
  /** @param {Element} canvas the graph in its own size, without scale. */
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

  /** How wide something may be that is not to be scrolled, px. */
  get room() {
    return this.scroller.clientWidth - 2 * MARGIN;
  }

  /** @param {number} beginning how far down the first node reaches, which is to be in sight, px. */
  resize({ width, height }, beginning) {
    this.size = { width, height };
    this.beginning = beginning;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.apply();
  }

  /** As large as the room allows, but no smaller than can be read, nor larger than it is. */
  fit(least = READABLE) {
    const { scroller } = this;
    const height = parseFloat(getComputedStyle(scroller).maxHeight); // it is as high as the graph, up to that
    const wide = this.room / this.size.width;
    const room = Math.min(wide, (height - 2 * MARGIN) / this.size.height);
    this.scale = Math.min(1, Math.max(least, room));
    this.apply();
    scroller.scrollTo(0, this.beginning * this.scale + 2 * MARGIN - scroller.clientHeight);
  }

  /** @param {{x: number, y: number}} around what stays where it is, px of the scroller; its middle by default. */
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
      if (!event.ctrlKey && !event.metaKey) return; // else it scrolls
      event.preventDefault();
      const frame = scroller.getBoundingClientRect();
      this.zoom(this.scale * Math.exp(-event.deltaY / 300), { x: event.clientX - frame.x, y: event.clientY - frame.y });
    };
    scroller.addEventListener("wheel", zoomed, { passive: false });
    let held = null; // where the mouse took hold
    scroller.addEventListener("pointerdown", (event) => {
      // A finger scrolls by itself.
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
