// The lines of the graph: line, arrow and label of each call.

import { setAttributes, setText, shortened, svg } from "../../common/dom.js";
import { count, duration } from "../../common/format.js";
import { areMessages } from "../calls.js";
import { compact, failed } from "../texts.js";

const [THIN, THICK] = [1.25, 6]; // px
const MOST_OF_NAMES = 400; // characters in the tooltip
const [ABOVE, BELOW] = ["-0.5em", "1.4em"]; // from the line to the baselines of its texts

export class Lines {
  constructor() {
    this.element = svg("svg", { class: "lines", "aria-hidden": "true" });
    this.made = new Map(); // by call key
  }

  /** Redraw all lines. Labels without room are shown only on the highlighted call. */
  draw(edges, { width, height }, keyOf, roomy) {
    this.roomy = roomy;
    this.element.classList.toggle("roomy", roomy);
    setAttributes(this.element, { width, height });
    const made = edges.map((edge) => ({ key: keyOf(edge.from, edge.to), edge }));
    this.made = new Map(made.map(({ key, edge }) => [key, new Line(key, edge)]));
    this.element.replaceChildren(...[...this.made.values()].map((line) => line.element));
  }

  update(calls) {
    const most = Math.max(1, ...calls.map((call) => call.count));
    for (const call of calls) this.made.get(call.key)?.update(call, most, this.roomy);
  }
}

class Line {
  constructor(key, { from, to, path, arrow, label }) {
    this.ends = [from, to];
    const back = arrow.back ? 1 : -1;
    this.line = svg("path", { class: "line", d: path });
    this.tip = svg("path", { class: "tip", d: `M${arrow.x} ${arrow.y}l${back * 10} -5v10z` });
    this.title = svg("title");
    this.numbers = svg("text", { class: "count", dy: ABOVE });
    this.times = svg("text", { class: "times", dy: BELOW });
    this.cross = svg("text", { class: "cross", dy: "0.35em" });
    const texts = [this.numbers, this.times, this.cross];
    const at = { class: "label", transform: `translate(${label.x} ${label.y})` };
    const hit = svg("path", { class: "hit", d: path });
    const settings = { class: "call", "data-key": key };
    this.element = svg("g", settings, this.title, hit, this.line, this.tip, svg("g", at, ...texts));
  }

  update(call, most, roomy) {
    this.line.setAttribute("stroke-width", (THIN + (THICK - THIN) * Math.sqrt(call.count / most)).toFixed(2));
    this.element.classList.toggle("failing", Boolean(call.errors));
    this.element.classList.toggle("message", areMessages(call));
    const numbers = [compact(call.count, 100_000), failed(call)].filter(Boolean).join(" · ");
    const times = call.p50 === null ? "" : `p50 ${duration(call.p50)} · p99 ${duration(call.p99)}`;
    setText(this.numbers, numbers);
    setText(this.times, times);
    // Even without room for labels, show errors.
    setText(this.cross, call.errors && !roomy ? "✗" : "");
    const names = shortened(`${call.from} → ${call.to}`, MOST_OF_NAMES);
    setText(this.title, [names, count(call.count, areMessages(call) ? "message" : "call"), failed(call), times].filter(Boolean).join("\n"));
  }
}
