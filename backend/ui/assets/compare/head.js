// The head of one of the two traces: what it is, and the way to another one.

import { traceAddress } from "../common/addresses.js";
import { Palette } from "../common/canvas.js";
import { element, setText } from "../common/dom.js";
import { clock, count, duration, exact } from "../common/format.js";
import { traceIdIn } from "../common/page.js";
import { exactDuration, name, serviceName } from "../common/text.js";
import { layoutFlame } from "../trace/flame/layout.js";

export class Head {
  /**
   * @param {string} letter A or B
   * @param {string} id the trace's; "" for none
   * @param {(id: string) => void} choose takes another id.
   */
  constructor(letter, id, choose) {
    this.letter = letter;
    this.id = id;
    this.about = element("div", "about");
    this.problem = element("p", { class: "quiet", role: "status" });
    this.picture = element("canvas", { class: "thumbnail", "aria-hidden": "true", hidden: true });
    const title = element("h2", "", element("span", "letter", letter), element("span", "visually-hidden", " trace"));
    const parts = [title, this.about, this.problem, this.picture, idForm(letter, id, choose)];
    this.element = element("section", { class: "head", "aria-label": `Trace ${letter}` }, ...parts);
    this.tell(id ? "Loading…" : "No trace is chosen");
  }

  /** Say why there is no trace. */
  tell(text) {
    this.about.replaceChildren();
    this.picture.hidden = true;
    setText(this.problem, text);
  }

  /**
   * @param {{trace: object, roots: Array<Span | MissingSpan>}} read as of readTrace and buildTree
   * @param {number} longest duration of the longer trace, µs: the picture's width
   */
  show({ trace, roots }, longest) {
    setText(this.problem, "");
    const root = roots.find((node) => !node.missing) ?? trace.spans[0];
    const begin = Number(trace.beginNs / 1_000_000n);
    const missing = roots.filter((node) => node.missing).length;
    const facts = [
      ["Start", element("time", { title: exact(trace.beginNs) }, clock(begin))],
      ["Takes", element("span", { title: exactDuration(trace.duration) }, duration(trace.duration))],
      ["Spans", trace.spans.length.toLocaleString("en")],
      ["Services", trace.services.length.toLocaleString("en")],
      ["Errors", trace.errors ? element("span", "badge error", `✗ ${trace.errors.toLocaleString("en")}`) : "0"],
      ...(missing ? [["Missing", element("span", "badge warning", count(missing, "parent"))]] : []),
    ];
    const focused = this.about.contains(document.activeElement);
    this.about.replaceChildren(
      element("a", { class: "name", href: traceAddress(this.id) }, serviceName(root.service), name(root.name)),
      element("dl", "facts", ...facts.map(factRow)),
    );
    if (focused) this.about.querySelector("a").focus();
    this.picture.hidden = false;
    paintThumbnail(this.picture, roots, longest);
  }
}

function factRow([term, fact]) {
  return element("div", "", element("dt", "", term), element("dd", "", fact));
}

function idForm(letter, id, choose) {
  const input = element("input", {
    type: "search",
    value: id,
    class: "mono",
    placeholder: "Trace id…",
    "aria-label": `Id of trace ${letter}`,
    autocomplete: "off",
    spellcheck: "false",
  });
  // Elsewhere on the pages an id that is typed or pasted opens its trace.
  for (const kind of ["input", "paste"]) input.addEventListener(kind, (event) => event.stopPropagation());
  const form = element("form", "change-id", input, element("button", { type: "submit" }, "Change"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = traceIdIn(input.value) ?? input.value.trim().toLowerCase();
    if (wanted) choose(wanted);
    else input.focus();
  });
  return form;
}

const LANE = 5; // px
const MOST_LANES = 14;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Array<Span | MissingSpan>} roots
 * @param {number} longest µs of the canvas's width
 */
export function paintThumbnail(canvas, roots, longest) {
  const lanes = layoutFlame(roots).lanes.slice(0, MOST_LANES);
  const scale = devicePixelRatio || 1;
  canvas.style.height = `${MOST_LANES * LANE}px`;
  const width = canvas.clientWidth;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(MOST_LANES * LANE * scale) });
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const palette = new Palette(canvas.parentElement);
  const pixels = width / Math.max(longest, 0.001);
  lanes.forEach((lane, number) => {
    let painted = -1; // the last pixel of boxes that are narrower than one
    for (const node of lane) {
      const left = node.start * pixels;
      const wide = node.duration * pixels;
      if (wide < 1 && Math.floor(left) === painted) continue;
      painted = Math.floor(left);
      context.fillStyle = node.missing ? palette.line : palette.service(node.service).colour;
      context.fillRect(left, number * LANE, Math.max(wide, 1), LANE - 1);
    }
  });
}
