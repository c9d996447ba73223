// The right part of a row: when the span ran, and what in it.

import { colourClass } from "../../common/colour.js";
import { element, shortened } from "../../common/dom.js";
import { duration } from "../../common/format.js";
import { missingReason } from "../missing/name.js";
import { selfTime } from "../self_time.js";
import { coveredGradient, eventsShown, gradient, placed } from "./bar.js";

const LABEL = 72; // px of a duration beside a bar
const SIGN = 14; // px of the sign before it
const REASON = 300; // px of the words beside a missing span's bar
const NAMES = 6; // events named in a title

/** The cell; of a missing span the time its children took, and why it is missing. */
export function barCell(node, look) {
  const range = look.state.shown;
  const where = placed({ from: node.start, to: node.end }, range);
  if (!where) return element("div", "bars", aside(node, range));
  if (node.missing) return element("div", "bars", ...absent(node, where, look));
  const path = pathUnder(node, where, range, look.path);
  return element("div", "bars", bar(node, where, range), ...path, ...ticksOf(node, range), label(node, where, look));
}

function bar(span, where, range) {
  const own = selfTime(span);
  const shared = own < span.duration ? `, ${duration(own)} of it by itself` : "";
  const title = `${duration(span.duration)} from ${duration(span.start)} on${shared}`;
  const made = element("div", { class: `bar ${colourClass(span.service)}`, title });
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
  const sign = span.error ? element("span", "sign", "✗ ") : null;
  return beside(element("div", "took", sign, duration(span.duration)), where, LABEL + (sign ? SIGN : 0), look.width);
}

function absent(node, where, { state, width }) {
  const { likely, summary } = missingReason(node, state);
  const bar = at(element("div", { class: "bar absent", title: summary }), where);
  return [bar, beside(element("div", { class: "took why", title: summary }, likely), where, REASON, width)];
}

/** Put a text behind the bar where there is room, else before it, else on it. */
function beside(text, { left, width }, room, pixels) {
  const end = left + width;
  if ((1 - end) * pixels >= room) {
    text.style.left = percent(end);
  } else if (left * pixels >= room) {
    text.style.right = percent(1 - left);
  } else {
    text.classList.add("within");
    text.style.right = percent(1 - end);
  }
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
