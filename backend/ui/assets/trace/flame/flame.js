// The flame graph: all spans by depth over time, roots at the top.

import { button, element, focusedIn, name } from "../../common/dom.js";
import { count, duration } from "../../common/format.js";
import { shortcut } from "../../common/keys.js";
import { say } from "../../common/messages.js";
import { ticks } from "../axis.js";
import { rememberedSelfTime } from "../self_time.js";
import { between } from "../state.js";
import { describe, sentence, Tip } from "../tip.js";
import { FlameChart } from "./chart.js";
import { FlameColours } from "./colours.js";

const TICK = 110; // px between two ticks on the axis
const MOST = 6; // nodes to name in a path
const HINT =
  "Click a span to zoom into it, and again to open it. With the keyboard: arrow keys to parent, children and " +
  "siblings, Space zooms in, Backspace out, Enter opens.";

export function mount(container, state) {
  return new Flame(container, state).start();
}

class Flame {
  constructor(container, state) {
    this.state = state;
    this.zoomed = null; // the node zoomed to
    this.colours = new FlameColours(container, state, () => this.chart.draw());
    this.crumbs = element("nav", { class: "crumbs", "aria-label": "Zoom" });
    this.axis = element("div", { class: "flame-axis", "aria-hidden": "true" });
    this.chart = new FlameChart({
      range: () => state.shown,
      palette: () => this.colours.palette,
      paint: (node) => this.colours.of(node, this.selfTime),
      faint: (node) => state.standsBack(node),
      selected: () => state.selectedNode,
      clicked: (node) => (this.zoomedTo(node) ? this.press(node, "Enter") : this.zoom(node)),
      pressed: (node, key) => this.press(node, key),
      focused: (node) => this.focused(node),
      pointed: (node, box) => this.point(node, box),
    });
    this.tip = new Tip(this.chart.element);
    const bar = element("div", "view-bar", this.colours.choice, this.colours.legend);
    const stage = element("div", "flame-stage", this.chart.element, this.tip.element);
    const hint = element("p", { class: "quiet hint", id: "flame-hint" }, HINT);
    this.chart.element.setAttribute("aria-describedby", "flame-hint");
    container.append(element("div", "flame", bar, this.crumbs, this.axis, stage, hint));
  }

  start() {
    const { state, chart } = this;
    const ends = [
      state.on(["trace"], () => this.refresh()),
      state.on(["range"], () => this.showRange()),
      state.on(["selected", "find", "found", "service"], () => chart.draw()),
      shortcut("Flame graph", ["+", "="], "zoom into the span; in the graph Space too", () => this.zoom(chart.current)),
      shortcut("Flame graph", ["-"], "zoom out; in the graph Backspace too", () => this.zoomOut()),
      shortcut("Flame graph", ["0"], "the whole time", () => this.reset()),
    ];
    chart.current = state.selectedNode;
    this.refresh();
    return () => {
      for (const end of ends) end();
      this.colours.stop();
      chart.stop();
    };
  }

  refresh() {
    const { trace, roots, nodes } = this.state;
    this.selfTime = rememberedSelfTime();
    this.zoomed = nodes.get(this.zoomed?.id) ?? null;
    this.chart.element.setAttribute("aria-label", `Flame graph of ${count(trace.spans.length, "span")}`);
    this.chart.show(roots);
    this.showRange();
  }

  showRange() {
    this.showAxis();
    const { range, trace } = this.state;
    const node = this.zoomed && this.zoomedTo(this.zoomed) ? this.zoomed : null;
    const whole = trace.duration;
    showCrumbs(this.crumbs, { range, whole, node, zoom: (to) => this.zoom(to), reset: () => this.reset() });
    this.chart.draw();
  }

  showAxis() {
    const { from, to } = this.state.shown;
    const width = this.chart.element.clientWidth;
    const marks = [];
    for (const { at, label } of ticks({ from, to }, Math.max(2, Math.floor(width / TICK)))) {
      const part = (at - from) / (to - from);
      if ((1 - part) * width < TICK / 2) break; // no room for the text
      const mark = element("span", "", label);
      mark.style.left = `${part * 100}%`;
      marks.push(mark);
    }
    this.axis.replaceChildren(...marks);
  }

  zoomedTo(node) {
    const [wanted, range] = [this.rangeOf(node), this.state.range];
    return wanted?.from === range?.from && wanted?.to === range?.to;
  }

  /** The range that shows a node; null for all. A node without duration is centred in a thousandth of the trace. */
  rangeOf(node) {
    const whole = this.state.trace.duration;
    const pad = node.duration > 0 ? 0 : whole / 2000;
    return between(node.start - pad, node.end + pad, whole);
  }

  zoom(node) {
    const focused = focusedIn(this.crumbs);
    this.zoomed = node;
    this.state.change({ range: this.rangeOf(node) });
    this.chart.current = node;
    if (focused) this.chart.element.focus();
    this.chart.tell();
  }

  zoomOut() {
    if (this.zoomed?.parent && this.zoomedTo(this.zoomed)) this.zoom(this.zoomed.parent);
    else this.reset();
  }

  reset() {
    const focused = focusedIn(this.crumbs);
    this.zoomed = null;
    this.state.change({ range: null });
    if (focused) this.chart.element.focus();
  }

  press(node, key) {
    if (key === "Enter") this.state.change({ selected: node.id });
    else if (key === " ") this.zoom(node);
    else this.zoomOut();
  }

  /** A key moved to a node: scroll to it and announce it. */
  focused(node) {
    const { from, to } = this.state.shown;
    if (node.end < from || node.start > to) this.state.change({ range: this.rangeOf(node.parent ?? node) });
    say(sentence(node, this.state.trace.duration, this.selfTime));
  }

  point(node, box) {
    if (node) this.tip.show(describe(node, this.state.trace.duration, this.selfTime), box);
    else this.tip.hide();
  }
}

/** Breadcrumbs: where the graph is zoomed to, and the way back. `node` is null if the range (null: all) has none. */
function showCrumbs(place, { range, whole, node, zoom, reset }) {
  place.hidden = range === null;
  if (range === null) return place.replaceChildren();
  const crumbs = pathTo(node).map((each) => crumb(each, each === node, zoom));
  if (crumbs.length > MOST) crumbs.splice(1, crumbs.length - MOST, element("span", "quiet", "…"));
  if (!node) crumbs.push(element("span", "", `${duration(range.from)} – ${duration(range.to)}`));
  const all = button(`All ${duration(whole)}`, { class: "plain" }, reset);
  const items = [all, ...crumbs].map((each) => element("li", "", each));
  place.replaceChildren(element("ol", "", ...items), button("Reset zoom", { title: "The whole time (0)" }, reset));
}

function pathTo(node) {
  const path = [];
  for (let at = node; at; at = at.parent) path.unshift(at);
  return path;
}

function crumb(node, here, zoom) {
  const label = node.missing ? "missing parent" : name(node.name);
  return button(label, { class: "plain", "aria-current": here && "location" }, () => zoom(node));
}
