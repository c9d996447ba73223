// The merged tree of both traces, as a table with collapsible rows.

import { button, element, name, serviceName, titleOf } from "../common/dom.js";
import { grouped } from "../common/format.js";
import { durationColumn, Table } from "../common/table.js";
import { changeBadge, markUsual, signedDuration } from "./change.js";
import { shownNodes } from "./tree_diff.js";

const MOST_INDENTS = 24; // deeper levels share the last indent and show their level

export class TreeTable {
  constructor(opened) {
    this.tell = opened;
    this.collapsed = new Set();
    this.roots = [];
    this.differing = false;
    this.opened = null; // the id of the activated node
    this.table = new Table({
      label: "Calls of both traces",
      role: "treegrid",
      columns: this.columns(),
      key: ({ id }) => id,
      activate: (node) => this.open(node),
      typed: (node, event) => this.typed(node, event),
      attributes: (node) => this.attributesOf(node),
      empty: "No differences",
    });
    this.element = this.table.element;
    this.element.classList.add("tree");
  }

  show(roots, differing) {
    Object.assign(this, { roots, differing });
    this.draw();
  }

  open(node) {
    this.opened = node.id;
    this.table.rows.refresh();
    this.tell(node);
  }

  reveal(node) {
    for (let at = node.parent; at; at = at.parent) this.collapsed.delete(at.id);
    this.draw();
    this.open(node);
    this.table.rows.goTo(node.id);
  }

  draw() {
    const nodes = shownNodes(this.roots, this.collapsed, this.differing);
    markUsual(this.element, nodes);
    this.table.setRows(nodes);
  }

  columns() {
    const sides = (column) => ["a", "b"].map((side) => column(side, side.toUpperCase()));
    const counts = sides((side, letter) => ({
      id: `count-${side}`,
      title: `Count ${letter}`,
      number: true,
      width: "5.5rem",
      cell: (node) => (node[side].count ? grouped(node[side].count) : "–"),
    }));
    const hint = "the durations of these spans together";
    const timeOf = (side) => (node) => (node[side].count ? node[side].total : null);
    const times = sides((side, letter) =>
      durationColumn(`time-${side}`, `Time ${letter}`, timeOf(side), { hint, width: "6.5rem" }),
    );
    const signed = { width: "7rem", cell: (node) => signedDuration(node.delta) };
    const delta = durationColumn("delta", "B − A", (node) => node.delta, signed);
    const call = {
      id: "call",
      title: "Call",
      cell: (node) => this.callCell(node),
      full: (node) => titleOf(`${node.service} ${node.name}`),
    };
    const change = { id: "change", title: "In B", width: "7rem", cell: (node) => changeBadge(node.change) };
    return [call, change, ...counts, ...times, delta];
  }

  callCell(node) {
    const deep = node.depth > MOST_INDENTS;
    const level = deep ? element("span", { class: "quiet level", title: "level" }, String(node.depth + 1)) : null;
    const texts = node.missing ? [element("i", "quiet", node.name)] : [serviceName(node.service), name(node.name)];
    const cell = element("span", "call", this.toggleOf(node), level, ...texts);
    cell.style.setProperty("--level", Math.min(node.depth, MOST_INDENTS));
    return cell;
  }

  toggleOf(node) {
    if (node.children.length === 0) return element("span", "toggle");
    const closed = this.collapsed.has(node.id);
    const settings = { class: "plain toggle", tabindex: -1, "aria-label": closed ? "Open" : "Close" };
    return button(closed ? "▸" : "▾", settings, () => this.toggle(node));
  }

  attributesOf(node) {
    const attributes = { class: node.change, "aria-level": node.depth + 1, "aria-selected": node.id === this.opened };
    if (node.children.length) attributes["aria-expanded"] = !this.collapsed.has(node.id);
    return attributes;
  }

  toggle(node) {
    if (!this.collapsed.delete(node.id)) this.collapsed.add(node.id);
    this.draw();
  }

  typed(node, { key }) {
    const open = node.children.length > 0 && !this.collapsed.has(node.id);
    if (key === "ArrowRight" && node.children.length && !open) this.toggle(node);
    else if (key === "ArrowLeft" && open) this.toggle(node);
    else if (key === "ArrowLeft" && node.parent) this.table.rows.goTo(node.parent.id);
    else return key === "ArrowRight" || key === "ArrowLeft";
    return true;
  }
}
