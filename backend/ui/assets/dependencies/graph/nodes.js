// The nodes of the graph: a button per service, with arrow key navigation.

import { colourClass } from "../../common/colour.js";
import { button, element, name as shown, setText, titleOf } from "../../common/dom.js";
import { count } from "../../common/format.js";
import { reconcile } from "../../common/reconcile.js";
import { total } from "../calls.js";
import { NODE } from "../layout/layout.js";
import { compact, failed } from "../texts.js";

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const LETTERS = document.createElement("canvas").getContext("2d");
const MOST_OF_NAME = 80; // characters to measure
const WIDEST = 200; // px; a longer name takes two lines
const [BESIDE, LINE] = [26, 18]; // px: node width besides the name, and height of a second line

/** The size of the nodes, px: as wide as the longest name, so that none is truncated if two lines are enough. */
export function sizeFor(names) {
  const { fontSize, fontFamily } = getComputedStyle(document.documentElement);
  LETTERS.font = `600 ${0.92 * parseFloat(fontSize)}px ${fontFamily}`; // same as in style.css
  const widths = names.map((name) => LETTERS.measureText(name.slice(0, MOST_OF_NAME)).width + BESIDE);
  const widest = Math.ceil(Math.max(NODE.width, ...widths));
  return { width: Math.min(widest, WIDEST), height: NODE.height + (widest > WIDEST ? LINE : 0) };
}

export class Nodes {
  constructor(select) {
    this.element = element("div", { class: "nodes", role: "group", "aria-label": "Services" });
    this.select = select;
    this.made = new Map(); // by name: { button, numbers, x, y }
    this.element.addEventListener("keydown", (event) => this.pressed(event));
    this.element.addEventListener("focusin", ({ target }) => {
      for (const { button: one } of this.made.values()) one.tabIndex = one === target ? 0 : -1;
    });
  }

  /** Position the nodes; existing ones keep the focus. */
  draw(places, size) {
    const before = this.made;
    this.made = new Map();
    reconcile(this.element, places, {
      key: ({ name }) => name,
      make: ({ name }) => this.add(name),
      update: (made, { name, x, y }) => {
        const node = this.made.get(name) ?? before.get(name);
        this.made.set(name, Object.assign(node, { x, y }));
        made.style.left = `${x}px`;
        made.style.top = `${y}px`;
        made.style.width = `${size.width}px`;
        made.style.height = `${size.height}px`;
      },
    });
    if (!this.element.querySelector("[tabindex='0']")) this.first?.button.setAttribute("tabindex", 0);
  }

  update(calls) {
    for (const [name, node] of this.made) {
      const { incoming, outgoing, own } = calls.of(name);
      const [called, calling] = [total(incoming), total(outgoing)];
      const errors = failed(called);
      const times = `${compact(called.count, 1000)} ${called.count === 1 ? "call" : "calls"}`;
      setText(node.numbers.called, called.count ? times : "");
      setText(node.numbers.errors, errors);
      setText(node.numbers.own, own ? `↻ ${compact(own.count, 1000)}${own.errors ? " ✗" : ""}` : "");
      const told = [
        titleOf(name),
        `called ${count(called.count, "time")}${errors ? `, ${errors}` : ""}`,
        `calls others ${count(calling.count, "time")}`,
        own ? `${count(own.count, "call")} within it` : "",
      ];
      node.button.title = told.filter(Boolean).join("\n");
    }
  }

  add(name) {
    const numbers = { called: element("span"), errors: element("span", "failed"), own: element("span") };
    const settings = { class: `node ${colourClass(name)}`, tabindex: -1, "aria-pressed": "false" };
    const made = button("", settings, () => this.select(name));
    made.append(
      element("span", "node-name", shown(name)),
      element("span", "node-numbers", numbers.called, numbers.errors, numbers.own),
    );
    this.made.set(name, { button: made, numbers });
    return made;
  }

  get first() {
    return [...this.made.values()].sort((one, other) => one.x - other.x || one.y - other.y)[0];
  }

  nameOf(target) {
    for (const [name, node] of this.made) if (node.button.contains(target)) return name;
    return null;
  }

  pressed(event) {
    const way = WAYS[event.key];
    const from = this.made.get(this.nameOf(event.target));
    if (!way || !from || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nearest([...this.made.values()], from, way)?.button.focus();
  }
}

/** The next node in a direction; prefers straight ahead to near. */
export function nearest(nodes, from, [right, down]) {
  let [best, least] = [null, Infinity];
  for (const node of nodes) {
    const [x, y] = [node.x - from.x, node.y - from.y];
    const ahead = x * right + y * down;
    const aside = Math.abs(right ? y : x);
    if (ahead > 0 && ahead + 2 * aside < least) [best, least] = [node, ahead + 2 * aside];
  }
  return best;
}
