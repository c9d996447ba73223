// The scatter plot: the listed traces by start and duration. For mouse users; the list has the same content.

import { element, setAttributes, svg } from "../../common/dom.js";
import { clock, count } from "../../common/format.js";
import { reconcile } from "../../common/reconcile.js";
import { durationLabel, durationScale, timeLabel, timeTicks } from "../../common/scale.js";
import { Pointer } from "./pointer.js";

const HEIGHT = 180; // px
const MARGIN = { left: 58, right: 14, top: 26, bottom: 22 };
const PER_TICK = 95; // px per time label, including spacing
const LABEL = 76; // px of the longest label, with milliseconds
const LEAST_TIME = 10; // ms, minimum extent of the axis

export class Plot {
  rows = [];
  marks = new Map(); // trace id: { row, x, y, r }
  logarithmic = false;

  /** `actions.open` opens a trace, optionally in a new tab; `actions.zoom` takes a time range, µs since the epoch. */
  constructor(place, actions) {
    this.place = place;
    this.axes = svg("g", "axes");
    this.fine = svg("g");
    this.failed = svg("g"); // drawn on top
    this.picture = svg("svg", { role: "img", height: HEIGHT }, this.axes, this.fine, this.failed);
    this.pointer = new Pointer(this, actions);
    this.scale = element("input", { type: "checkbox" });
    this.scale.addEventListener("change", () => {
      this.logarithmic = this.scale.checked;
      this.draw();
    });
    place.append(this.picture, ...this.pointer.elements, element("label", "scale", this.scale, " Logarithmic"));
    new ResizeObserver(() => this.draw()).observe(place);
  }

  show(rows) {
    this.rows = rows;
    this.place.hidden = rows.length === 0;
    this.draw();
  }

  draw() {
    const width = this.place.clientWidth;
    if (this.rows.length === 0 || width === 0) return;
    this.picture.setAttribute("width", width);
    const starts = this.rows.map((row) => Number(row.startNs / 1000n) / 1000);
    const [first, last] = [starts.reduce((a, b) => Math.min(a, b)), starts.reduce((a, b) => Math.max(a, b))];
    const room = Math.max((last - first) * 0.02, (LEAST_TIME - (last - first)) / 2, 1);
    [this.from, this.to, this.width] = [first - room, last + room, width - MARGIN.left - MARGIN.right];
    this.durations = durationScale(this.rows.map((row) => row.duration), this.logarithmic);
    this.drawAxes(width);
    this.drawMarks(starts);
    this.pointer.redraw();
    const failed = this.rows.filter((row) => row.errors > 0).length;
    const traces = `${count(this.rows.length, "trace")} by start, ${clock(first)} to ${clock(last)}, and duration`;
    this.picture.setAttribute("aria-label", `Scatter plot of ${traces}; ${failed} with errors. The list has the same.`);
  }

  x(milliseconds) {
    return MARGIN.left + ((milliseconds - this.from) / (this.to - this.from)) * this.width;
  }

  y(microseconds) {
    const part = Math.min(Math.max(this.durations.part(microseconds), 0), 1);
    return HEIGHT - MARGIN.bottom - part * (HEIGHT - MARGIN.top - MARGIN.bottom);
  }

  get area() {
    return { top: MARGIN.top, height: HEIGHT - MARGIN.top - MARGIN.bottom, width: this.place.clientWidth };
  }

  /** The time at an x position within the axes, ms since the epoch. */
  timeAt(x) {
    const part = (x - MARGIN.left) / this.width;
    return this.from + Math.min(Math.max(part, 0), 1) * (this.to - this.from);
  }

  drawAxes(width) {
    const { step, at } = timeTicks(this.from, this.to, Math.max(2, Math.floor(this.width / PER_TICK)));
    const below = HEIGHT - MARGIN.bottom;
    const fitting = at.filter((time) => this.x(time) < width - LABEL / 2);
    const times = fitting.flatMap((time) => [
      svg("line", { x1: this.x(time), x2: this.x(time), y1: below, y2: below + 4 }),
      svg("text", { x: this.x(time), y: HEIGHT - 6, "text-anchor": "middle" }, timeLabel(time, step)),
    ]);
    const durations = this.durations.ticks.flatMap((value) => [
      svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: this.y(value), y2: this.y(value) }),
      svg("text", { x: MARGIN.left - 8, y: this.y(value) + 4, "text-anchor": "end" }, durationLabel(value)),
    ]);
    this.axes.replaceChildren(...durations, ...times);
  }

  drawMarks(starts) {
    const marks = this.rows.map((row, number) => ({ row, x: this.x(starts[number]), y: this.y(row.duration) }));
    const before = this.marks;
    this.marks = new Map();
    const failed = ({ row }) => row.errors > 0;
    for (const [place, wrong] of [[this.fine, false], [this.failed, true]]) {
      reconcile(place, marks.filter((mark) => failed(mark) === wrong), {
        key: ({ row }) => row.id,
        make: () => svg(wrong ? "rect" : "circle", wrong ? "mark failed" : "mark"),
        update: (made, mark) => this.put(made, wrong, mark, before),
      });
    }
  }

  put(made, wrong, { row, x, y }, before) {
    const r = radius(row.spans);
    const size = wrong ? { x: -r, y: -r, width: 2 * r, height: 2 * r } : { r };
    setAttributes(made, { ...size, transform: `translate(${x} ${y})${wrong ? " rotate(45) scale(0.8)" : ""}` });
    this.marks.set(row.id, Object.assign(before.get(row.id) ?? {}, { row, x, y, r }));
  }
}

/** A mark's radius, px; its area is proportional to the number of spans. */
function radius(spans) {
  return Math.min(3 + Math.sqrt(spans) * 0.8, 16);
}
