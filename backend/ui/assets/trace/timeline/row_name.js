// The left part of a row: a node's place in the tree, its service and its name.

import { colourClass } from "../../common/colour.js";
import { element, isolated, shortened, svg } from "../../common/dom.js";
import { grouped } from "../../common/format.js";
import { missingCell } from "../missing/name.js";
import { LEVELS } from "./outline.js";

const STEP = 14; // px per level
const MIDDLE = 13; // px down to a row's middle
const SHOWN = 200; // characters of a name
const TITLE = 1000;

export function nameCell(node, look, chips) {
  return element(
    "div",
    "cell",
    lines(node, look.outline.of(node).lines),
    node.depth > LEVELS ? element("span", { class: "level", title: "Level" }, grouped(node.depth + 1)) : null,
    toggle(node, look),
    ...(node.missing ? missingCell(node, look.state) : named(node)),
    ...chips.map(chip),
  );
}

function named(span) {
  const service = span.service || "(no name)";
  const repeated = span.parent?.service === span.service ? " repeated" : "";
  return [
    element("span", `dot ${colourClass(span.service)}`),
    element(
      "span",
      { class: "names", title: `${shortened(service, TITLE)}\n${shortened(span.name, TITLE)}` },
      element("span", `of-service${repeated}`, isolated(service, SHOWN)),
      " ",
      element("span", "of-span", isolated(span.name, SHOWN)),
    ),
  ];
}

/** The marker to expand or collapse, with the number of hidden descendants; keys on the row do the same. */
function toggle(node, { state, outline }) {
  const { below } = outline.of(node);
  if (below === 0) return element("span", "toggle none");
  const number = grouped(below);
  return state.collapsed.has(node.id)
    ? element("span", { class: "toggle closed", title: `Show ${number} below` }, `▸ ${number}`)
    : element("span", { class: "toggle", title: `Hide ${number} below` }, "▾");
}

function chip({ kind, sign, word, says }) {
  const title = shortened(says, TITLE);
  const said = word ? element("span", "word", ` ${word}`) : null;
  return element("span", { class: `badge chip ${kind}`, title }, sign, said);
}

/** Lines from the parent, and from ancestors with more children further down. */
function lines(node, more) {
  const levels = Math.min(node.depth, LEVELS);
  if (levels === 0) return null;
  const parts = [];
  for (let level = 0; level < levels; level += 1) {
    const x = level * STEP + 6.5;
    const last = level === levels - 1;
    if ((more >> level) & 1) parts.push(`M${x} 0V${2 * MIDDLE}`);
    else if (last) parts.push(`M${x} 0V${MIDDLE}`);
    if (last) parts.push(`M${x} ${MIDDLE + 0.5}h7`);
  }
  const size = { width: levels * STEP, height: 2 * MIDDLE };
  return svg("svg", { class: "lines", ...size, "aria-hidden": "true" }, svg("path", { d: parts.join("") }));
}
