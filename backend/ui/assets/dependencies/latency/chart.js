// A chart over time: lines or bars, round ticks, and a link to the traces of the time under the pointer.

import { element, setAttributes, setText, svg } from "../../common/dom.js";
import { timeLabel, timeTicks } from "../../common/scale.js";
import { barPath, linePath } from "./scale.js";

const TIMES = 3; // most ticks on the time axis
const EDGE = 0.09; // of the width; closer to an edge, a label would overflow

/**
 * A kind of chart: its `title`, the names of its `series`, whether they are `bars`; `values` returns a point's value
 * per series, or null; `scaleOf` takes the maximum and the response and returns `{ticks, part, label}`; `told`
 * describes a point; `more` returns extra search conditions for a point's traces.
 * @typedef {object} Kind
 */

export class Chart {
  /** @param {Kind} kind @param {(from: number, to: number, more: object) => string} addressOf of traces, times in ms */
  constructor(kind, addressOf) {
    Object.assign(this, { kind, addressOf, at: null, answer: null });
    this.told = element("span", "chart-told quiet");
    this.paths = kind.series.map((name) => svg("path", { class: `series ${name} ${kind.bars ? "bar" : "line"}` }));
    this.grid = svg("path", { class: "grid" });
    const sheet = { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" };
    this.mark = element("span", { class: "chart-mark", hidden: true });
    this.link = element("a", "chart-link", this.mark);
    this.values = element("div", { class: "chart-values", "aria-hidden": "true" });
    this.times = element("div", { class: "chart-times", "aria-hidden": "true" });
    const plot = element("div", "chart-plot", svg("svg", sheet, this.grid, ...this.paths), this.link);
    const names = kind.series.length > 1 ? kind.series.map((name) => element("span", `key ${name}`, name)) : [];
    const head = element("p", "chart-head", element("b", "", kind.title), ...names, this.told);
    this.element = element("figure", "chart", head, this.values, plot, this.times);
    this.listen();
  }

  show(answer) {
    this.answer = answer;
    const { points, begin, step } = answer;
    const rows = points.map((point) => this.kind.values(point, answer));
    const { ticks, part, label } = this.kind.scaleOf(Math.max(0, ...rows.flat()), answer);
    this.paths.forEach((path, number) => {
      const shares = rows.map((row) => (row[number] === null ? null : part(row[number])));
      path.setAttribute("d", this.kind.bars ? barPath(shares) : linePath(shares));
    });
    this.grid.setAttribute("d", ticks.map((tick) => `M0 ${100 - part(tick) * 100}H100`).join(""));
    this.values.replaceChildren(...ticks.map((tick) => placed(label(tick), "bottom", part(tick))));
    const length = points.length * step;
    const { at, step: apart } = timeTicks(begin, begin + length, TIMES);
    const times = at.map((time) => ({ text: timeLabel(time, apart), share: (time - begin) / length }));
    const inside = times.filter(({ share }) => share >= EDGE && share <= 1 - EDGE);
    this.times.replaceChildren(...inside.map(({ text, share }) => placed(text, "left", share)));
    this.link.hidden = points.length === 0;
    if (this.at !== null && this.at < points.length) this.point(this.at);
    else this.leave();
  }

  /** Describe a point, and link to its traces. */
  point(at) {
    const { points } = this.answer;
    this.at = at;
    this.lead(at);
    setText(this.told, this.words(at));
    this.mark.hidden = false;
    this.mark.style.left = `${(at / points.length) * 100}%`;
    this.mark.style.width = `${100 / points.length}%`;
  }

  /** Clear the description; keyboard navigation starts at the last point with spans. */
  leave() {
    this.at = null;
    this.mark.hidden = true;
    setText(this.told, "");
    if (this.last >= 0) this.lead(this.last);
  }

  lead(at) {
    const { points, begin, step } = this.answer;
    const from = begin + at * step;
    const some = points[at].count > 0;
    setAttributes(this.link, {
      href: some ? this.addressOf(from, from + step, this.kind.more(points[at])) : null,
      "aria-label": some ? `${this.kind.title}, ${this.words(at)}: traces` : null,
    });
  }

  words(at) {
    const { points, begin, step } = this.answer;
    return `${timeLabel(begin + at * step, step)} ${this.kind.told(points[at], this.answer)}`;
  }

  get last() {
    return this.answer.points.findLastIndex(({ count }) => count > 0);
  }

  listen() {
    const { link } = this;
    link.addEventListener("pointermove", ({ clientX }) => {
      const { x, width } = link.getBoundingClientRect();
      const { length } = this.answer.points;
      this.point(Math.min(length - 1, Math.max(0, Math.floor(((clientX - x) / width) * length))));
    });
    link.addEventListener("pointerleave", () => {
      if (document.activeElement !== link) this.leave();
    });
    link.addEventListener("focus", () => {
      if (this.at === null) this.point(this.last);
    });
    link.addEventListener("blur", () => this.leave());
    link.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      // Only points with spans have a link.
      const { points } = this.answer;
      let at = this.at + by;
      while (points[at] && points[at].count === 0) at += by;
      if (points[at]) this.point(at);
    });
  }
}

function placed(text, side, share) {
  const made = element("span", "", text);
  made.style[side] = `${share * 100}%`;
  return made;
}
