// The differences between two traces: numbers, merged tree, operations.

import { traceAddress } from "../common/page_addresses.js";
import { checkbox, element, name } from "../common/dom.js";
import { count, duration } from "../common/format.js";
import { changeBadge, markUsual, MEANINGS } from "./change.js";
import { diffOperations, operationTable } from "./operations.js";
import { summary } from "./summary.js";
import { diffTrees, shownNodes } from "./tree_diff.js";
import { TreeTable } from "./tree_table.js";

const MOST_OF_PATH = 6;
const HINT = "Spans of one service and operation that were called in the same way are one row; it tells more of them.";

export class Comparison {
  constructor(ids) {
    this.ids = ids;
    this.nodeIds = new Map(); // keeps node ids stable while spans arrive
    this.roots = [];
    this.operationRows = [];
    this.opened = null; // the id of the node with details shown
    this.numbers = element("div");
    this.differing = false;
    this.tree = new TreeTable((node) => this.open(node));
    this.operations = operationTable((row) => this.openOperation(row));
    const settings = { class: "detail", "aria-label": "The chosen call", "aria-live": "polite", hidden: true };
    this.detail = element("section", settings);
    const legend = Object.keys(MEANINGS).map((change) => element("li", "", changeBadge(change)));
    const signs = element("ul", { class: "legend", "aria-label": "What the signs mean" }, ...legend);
    const check = checkbox("Only differences", false, (differing) => {
      this.differing = differing;
      this.showTables();
    });
    this.element = element(
      "div",
      { class: "comparison", hidden: true },
      this.numbers,
      element("div", "view-bar", check, signs),
      element("h2", "", "Calls"),
      element("p", "quiet hint", HINT),
      this.tree.element,
      this.detail,
      element("h2", "", "Operations"),
      this.operations.element,
    );
  }

  show(a, b) {
    this.roots = diffTrees(a, b, this.nodeIds);
    this.operationRows = diffOperations(a.trace, b.trace);
    this.numbers.replaceChildren(summary(a.trace, b.trace, this.roots));
    this.element.hidden = false;
    this.showTables();
    const opened = this.opened && shownNodes(this.roots).find(({ id }) => id === this.opened);
    if (opened) this.open(opened);
  }

  showTables() {
    this.tree.show(this.roots, this.differing);
    const rows = this.operationRows.filter(({ change }) => !this.differing || change !== "same");
    markUsual(this.operations.element, rows);
    this.operations.setRows(rows);
  }

  open(node) {
    this.opened = node.id;
    this.detail.hidden = false;
    this.detail.replaceChildren(detail(node, this.ids));
  }

  openOperation({ service, name }) {
    const node = shownNodes(this.roots).find((one) => one.service === service && one.name === name);
    if (node) this.tree.reveal(node);
  }
}

/** Details of one node of both traces: its path, its numbers, and links to its spans. */
function detail(node, ids) {
  const path = [];
  for (let at = node; at; at = at.parent) path.unshift(name(at.name));
  if (path.length > MOST_OF_PATH) path.splice(1, path.length - MOST_OF_PATH, "…");
  return element(
    "div",
    "",
    element("p", "path", ...path.flatMap((part, place) => (place ? [element("span", "quiet", " › "), part] : [part]))),
    ...["a", "b"].map((side) => sideLine(side, node[side], ids[side])),
  );
}

function sideLine(side, { count: times, total, errors, slowest }, id) {
  const letter = element("span", "letter", side.toUpperCase());
  if (times === 0) return element("p", "", letter, " not called");
  const facts = [count(times, "span"), `${duration(total)} in all`, `${duration(total / times)} on average`];
  if (errors) facts.push(`✗ ${count(errors, "error")}`);
  const slow = times === 1 ? "open the span" : `open the slowest, ${duration(slowest.duration)}`;
  const label = slowest.missing ? "open the missing parent" : slow;
  const link = element("a", { href: traceAddress(id, { span: slowest.id }) }, label);
  return element("p", "", letter, ` ${facts.join(", ")}; `, link);
}
