// An attribute value: of any length, possibly a URL, always shown as text. JSON is indented.

import { button, element, shortened } from "../../common/dom.js";
import { count } from "../../common/format.js";

const SHORT = { characters: 300, lines: 8 }; // shown at first
const SHORT_JSON = { characters: 1000, lines: 20 };
const LINE = 40; // characters of a flat list or map that fit on one line
const ADDRESS = 2000; // characters; a longer URL is hardly meant to be opened
const MOST = 1_000_000; // characters of JSON to indent
const FLAT = /^[[{][^[\]{}]*[\]}]$/s;
const PART = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/gs;

/** An element that shows a text, truncated if long, with buttons for the rest. */
export function valueElements(text, short = SHORT) {
  const shown = element("bdi", "value");
  const pretty = text.length <= LINE && FLAT.test(text) ? null : indented(text);
  const full = pretty ?? text;
  const start = first(full, pretty ? SHORT_JSON : short);
  let [whole, asItCame] = [false, false];
  const show = () => {
    shown.replaceChildren(asItCame ? text : linked(whole ? full : shortened(full, start.length)));
    shown.classList.toggle("long", whole || asItCame);
  };
  const toggle = (label, other, settings, flip) => {
    const made = button(label, { class: "small", ...settings }, () => {
      const on = flip();
      made.textContent = on ? other : label;
      if (settings["aria-expanded"]) made.setAttribute("aria-expanded", on);
      show();
    });
    return made;
  };
  const all = pretty ? count(full.split("\n").length, "line") : count(text.length, "character");
  show();
  return [
    shown,
    start.length < full.length
      ? toggle(`Show all ${all}`, "Show less", { "aria-expanded": "false" }, () => (whole = !whole))
      : null,
    pretty && pretty !== text ? toggle("As it came", "Lay out", {}, () => (asItCame = !asItCame)) : null,
  ].filter(Boolean);
}

function first(text, { characters, lines }) {
  const start = text.slice(0, characters).split("\n");
  return start.slice(0, lines).join("\n");
}

function linked(text) {
  if (text.length > ADDRESS || !/^https?:\/\/[^\s<>"]+$/i.test(text) || !URL.canParse(text)) return text;
  return element("a", { href: text, rel: "noreferrer noopener", target: "_blank" }, text);
}

/** Indent a JSON object or array, one entry per line; null if the text is neither, or very long. */
export function indented(text) {
  if (text.length > MOST || !/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let [written, depth, before] = ["", 0, ""];
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [part] of text.matchAll(PART)) {
    const opened = before === "[" || before === "{";
    if (part === "]" || part === "}") {
      depth -= 1;
      written += opened ? part : line() + part;
    } else {
      written += (opened || before === "," ? line() : before === ":" ? " " : "") + part;
      if (part === "[" || part === "{") depth += 1;
    }
    before = part;
  }
  return written;
}
