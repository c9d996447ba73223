// The minimap: the whole trace in small, with a window for the visible range.

import { cleared, Palette } from "../../common/canvas.js";
import { element } from "../../common/dom.js";
import { duration } from "../../common/format.js";
import { walk } from "../../common/tree.js";
import { onDrag } from "../drag.js";
import { between, panned } from "../state.js";

const STEP = 0.01; // of the trace, per arrow key; ten times that per page key
const LINE = 4; // px of a span's line including the gap, if there is room
const [LEAST, MOST] = [22, 64]; // px, height of the minimap
const FAINT = 0.2; // opacity of dimmed spans

export class Minimap {
  constructor(state) {
    this.state = state;
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.before = element("div", "outside");
    this.after = element("div", "outside");
    this.from = this.#handle("from", "Shown from");
    this.to = this.#handle("to", "Shown to");
    this.selection = element("div", { class: "selection", hidden: true });
    this.box = element("div", "picture", this.canvas, this.before, this.after, this.selection, this.from, this.to);
    this.element = element("div", { class: "minimap", role: "group", "aria-label": "Overview" }, this.box);
    this.#listen();
  }

  redraw() {
    drawSpans(this.canvas, this.state, this.box.clientWidth);
    this.update();
  }

  update() {
    const { from, to } = this.state.shown;
    const [left, right] = [this.#share(from), this.#share(to)];
    this.box.classList.toggle("zoomed", this.state.range !== null);
    this.before.style.width = percent(left);
    this.after.style.width = percent(1 - right);
    this.from.style.left = percent(left);
    this.to.style.left = percent(right);
    for (const [handle, moment, share] of [[this.from, from, left], [this.to, to, right]]) {
      handle.setAttribute("aria-valuenow", Math.round(share * 1000) / 10);
      handle.setAttribute("aria-valuetext", duration(moment));
    }
  }

  #share(moment) {
    return Math.min(Math.max(moment / this.state.total, 0), 1);
  }

  #handle(name, label) {
    const handle = element("div", { class: `handle ${name}`, role: "slider", tabindex: "0", "aria-label": label });
    handle.setAttribute("aria-valuemin", 0);
    handle.setAttribute("aria-valuemax", 100);
    handle.addEventListener("keydown", (event) => this.#keyed(event, name));
    return handle;
  }

  #keyed(event, name) {
    const step = this.state.total * STEP;
    const { [name]: now } = this.state.shown;
    const places = {
      ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step,
      PageDown: now - 10 * step, PageUp: now + 10 * step, Home: 0, End: this.state.total,
    };
    if (!(event.key in places) || event.shiftKey) return;
    event.preventDefault();
    this.#move(name, places[event.key]);
  }

  /** Move one end, but never past the other. */
  #move(name, moment) {
    const { from, to } = this.state.shown;
    const least = (this.state.total * STEP) / 10;
    const [earliest, latest] = [Math.max(to - least, 0), from + least];
    const range = name === "from" ? [Math.min(moment, earliest), to] : [from, Math.max(moment, latest)];
    this.state.change({ range: between(...range, this.state.total) });
  }

  #listen() {
    let does = null; // what the drag does: move an end, move the window, or select
    onDrag(this.box, {
      takes: (event) => {
        does = this.#purpose(event);
        return true;
      },
      moved: (from, to) => does.moved(this.#at(from), this.#at(to)),
      done: (from, to) => does.done?.(this.#at(from), this.#at(to)),
      left: () => (this.selection.hidden = true),
    });
    this.box.addEventListener("dblclick", () => this.state.change({ range: null }));
  }

  #purpose({ target, clientX }) {
    if (target === this.from) return { moved: (_, to) => this.#move("from", to) };
    if (target === this.to) return { moved: (_, to) => this.#move("to", to) };
    const { range } = this.state;
    const at = this.#at(clientX);
    if (range && at > range.from && at < range.to) {
      return { moved: (from, to) => this.state.change({ range: panned(range, this.state.total, to - from) }) };
    }
    return { moved: (from, to) => this.#select(from, to), done: (from, to) => this.#selected(from, to) };
  }

  #select(from, to) {
    const [left, right] = [this.#share(Math.min(from, to)), this.#share(Math.max(from, to))];
    this.selection.hidden = false;
    this.selection.style.left = percent(left);
    this.selection.style.width = percent(right - left);
  }

  #selected(from, to) {
    this.selection.hidden = true;
    this.state.change({ range: between(from, to, this.state.total) });
  }

  #at(x) {
    const { left, width } = this.box.getBoundingClientRect();
    return ((x - left) / width) * this.state.total;
  }
}

function percent(share) {
  return `${share * 100}%`;
}

/** Draw the spans as thin lines, in row order; dimmed ones are faint. */
function drawSpans(canvas, state, width) {
  const { roots, total, nodes } = state;
  const height = Math.min(Math.max(nodes.size * LINE + 6, LEAST), MOST);
  const context = cleared(canvas, width, height);
  const palette = new Palette(canvas.parentElement);
  const step = (height - 4) / Math.max(nodes.size, 1);
  const thick = Math.min(Math.max(step - 1, 1), 3);
  let place = 0;
  for (const { node } of walk(roots)) {
    const top = 2 + place * step;
    place += 1;
    if (node.missing) continue;
    context.globalAlpha = state.standsBack(node) ? FAINT : 1;
    context.fillStyle = palette.service(node.service).colour;
    const left = Math.min((node.start / total) * width, width - 1);
    context.fillRect(left, top, Math.max((node.duration / total) * width, 1), thick);
  }
}
