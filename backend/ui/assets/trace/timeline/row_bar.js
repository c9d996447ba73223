// The right part of a row: when the span ran, and its events.

import { colourClass } from "../../common/colour.js";
import { element, shortened } from "../../common/dom.js";
import { duration } from "../../common/format.js";
import { missingReason } from "../missing/name.js";
import { coveredGradient, eventsShown, gradient, placed } from "./bar.js";

const LETTER = 6.5; // px per digit beside a bar, approximately
const AROUND = 10; // px around a text
const LEAST = 90; // px needed to read the text about a missing span
const NAMES = 6; // events named in a tooltip

/** The cell; for a missing span, its children's time, and why it is missing. */
export function barCell(node, look) {
  const range = look.state.shown;
  const where = placed({ from: node.start, to: node.end }, range);
  if (!where) return element("div", "bars", aside(node, range));
  if (node.missing) return element("div", "bars", ...absent(node, where, look));
  const path = pathUnder(node, where, range, look.path);
  return element("div", "bars", bar(node, where, range), ...path, ...ticksOf(node, range), label(node, where, look));
}

function bar(span, where, range) {
  const made = element("div", `bar ${colourClass(span.service)}`);
  made.classList.toggle("failed", span.error);
  made.classList.toggle("cut-before", where.cutBefore);
  made.classList.toggle("cut-after", where.cutAfter);
  made.style.setProperty("--covers", coveredGradient(span, range));
  return at(made, where);
}

function pathUnder(span, where, range, path) {
  const parts = path.get(span.id);
  if (!parts) return [];
  const drawn = gradient(parts, { from: span.start, to: span.end }, range, "var(--ink)");
  if (drawn === "none") return [];
  const made = at(element("div", { class: "path", title: "On the critical path" }), where);
  made.style.background = drawn;
  return [made];
}

function ticksOf(span, range) {
  if (!span.raw.events?.length) return [];
  return eventsShown(span, range).map(({ at: moment, names }) => {
    const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : "";
    const named = names.slice(0, NAMES).map((name) => shortened(name, 100));
    const tick = element("div", { class: "tick", title: `${named.join(", ")}${more}, at ${duration(moment)}` });
    tick.style.left = percent((moment - range.from) / (range.to - range.from));
    return tick;
  });
}

function label(span, where, look) {
  const text = `${span.error ? "✗ " : ""}${duration(span.duration)}`;
  return beside(element("div", "took", text), where, text.length * LETTER + AROUND, look);
}

function absent(node, where, look) {
  const { likely, summary } = missingReason(node, look.state);
  const bar = at(element("div", { class: "bar absent", title: summary }), where);
  return [bar, widest(element("div", { class: "took why", title: summary }, likely), where, look)];
}

/** Place a text after the bar, or before it if only that side has room. */
function beside(text, { left, width }, room, look) {
  const end = left + width;
  if ((1 - end) * look.width + look.edge < room && left * look.width >= room) text.style.right = percent(1 - left);
  else text.style.left = percent(end);
  return text;
}

/** Place a text where most of it fits: after the bar, before it, or inside it, which is empty. */
function widest(text, { left, width }, look) {
  const end = left + width;
  const [behind, within] = [(1 - end) * look.width + look.edge, width * look.width];
  const room = Math.max(behind, left * look.width, within);
  if (room < LEAST) text.hidden = true;
  if (room === behind) text.style.left = percent(end);
  else if (room === within) text.style.left = percent(left);
  else text.style.right = percent(1 - left);
  text.style.maxWidth = `${Math.floor(room)}px`;
  return text;
}

function aside(node, range) {
  const [place, sign] = node.end < range.from ? ["before", "◂"] : ["after", "▸"];
  return element("div", { class: `aside ${place}`, title: `At ${duration(node.start)}` }, sign);
}

function at(made, { left, width }) {
  made.style.left = percent(left);
  made.style.width = percent(width);
  return made;
}

function percent(share) {
  return `${(share * 100).toFixed(4)}%`;
}
