// One row of the timeline: a node's name, and its bar.

import { count, duration } from "../common/format.js";
import { shortened } from "../common/text.js";
import { barCell } from "./row_bar.js";
import { chipsOf } from "./chips.js";
import { missingName } from "./missing_row.js";
import { nameCell } from "./row_name.js";

const HEARD = 120; // characters of a name that a screen reader reads

/**
 * Fill the element of a row, which stays the same when its node comes anew.
 * @param {HTMLElement} row
 * @param {Span | MissingSpan} node
 * @param {{state: State, outline: Outline, width: number, path: Map<string, object[]>}} look width: px of the bars' part;
 *   path: the parts of the critical path by id, empty while it is not shown.
 */
export function fillRow(row, node, look) {
  const { state, outline } = look;
  const chips = chipsOf(node, state);
  const { position, siblings, below } = outline.of(node);
  const open = below > 0 ? !state.collapsed.has(node.id) : null;
  row.className = ["row", ...classes(node, state)].join(" ");
  set(row, {
    role: "treeitem",
    "aria-level": node.depth + 1,
    "aria-posinset": position,
    "aria-setsize": siblings,
    "aria-expanded": open,
    "aria-selected": state.selected === node.id,
    "aria-label": heard(node, state, chips, open === false ? below : 0),
  });
  row.replaceChildren(nameCell(node, look, chips), barCell(node, look));
  return row;
}

function set(row, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) row.removeAttribute(name);
    else if (row.getAttribute(name) !== String(value)) row.setAttribute(name, value);
  }
}

function classes(node, state) {
  const found = state.found.has(node.id);
  return [
    node.missing ? "missing" : "",
    node.error ? "failed" : "",
    state.selected === node.id ? "selected" : "",
    found ? "found" : state.find ? "passed-over" : "",
  ].filter(Boolean);
}

function heard(node, state, chips, hidden) {
  const parts = node.missing ? [missingName(node, state)] : spanHeard(node);
  parts.push(...chips.map(({ says }) => says));
  if (hidden > 0) parts.push(`${count(hidden, "row")} hidden`);
  return parts.join(", ");
}

function spanHeard({ service, name, duration: length, start }) {
  const named = `${shortened(service, HEARD) || "(no name)"} ${shortened(name, HEARD)}`;
  return [named, duration(length), `at ${duration(start)}`];
}
