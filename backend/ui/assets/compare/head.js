// The header of one of the two traces, with a field to choose another one.

import { traceAddress, typedTraceId } from "../common/page_addresses.js";
import { cleared, Palette } from "../common/canvas.js";
import { element, name, plainField, serviceName, setText } from "../common/dom.js";
import { clockOf, count, crossed, duration, exact, exactDuration, grouped } from "../common/format.js";
import { fact, reconcileFacts } from "../common/reconcile.js";
import { layoutFlame } from "../trace/flame/layout.js";

const LANE = 5; // px, of the thumbnail
const MOST_LANES = 14;

export class Head {
  /** `choose` is called with another id, or "" for none. */
  constructor(letter, id, choose) {
    this.letter = letter;
    this.id = id;
    this.about = element("div", "about");
    this.link = element("a", { class: "name", href: traceAddress(id) });
    this.facts = element("dl", "facts");
    this.problem = element("p", { class: "quiet", role: "status" });
    this.picture = element("canvas", { class: "thumbnail", "aria-hidden": "true", hidden: true });
    const title = element("h2", "", element("span", "letter", letter), element("span", "visually-hidden", " trace"));
    const parts = [title, this.about, this.problem, this.picture, idForm(letter, id, choose)];
    this.element = element("section", { class: "head", "aria-label": `Trace ${letter}` }, ...parts);
    this.tell(id ? "Loading…" : "No trace is chosen");
  }

  tell(text) {
    this.about.replaceChildren();
    this.picture.hidden = true;
    setText(this.problem, text);
  }

  /** `longest` is the duration of the longer trace, µs, which sets the thumbnail's scale. */
  show({ trace, roots }, longest) {
    setText(this.problem, "");
    const root = roots.find((node) => !node.missing) ?? trace.spans[0];
    this.link.replaceChildren(serviceName(root.service), name(root.name));
    reconcileFacts(this.facts, factsOf(trace, roots));
    if (!this.link.isConnected) this.about.append(this.link, this.facts);
    this.picture.hidden = false;
    paintThumbnail(this.picture, roots, longest);
  }
}

function factsOf({ beginNs, duration: length, spans, services, errors }, roots) {
  const missing = roots.filter((node) => node.missing).length;
  const badge = (kind, text) => () => [element("span", `badge ${kind}`, text)];
  return [
    fact("Start", clockOf(beginNs), "", () => [element("time", { title: exact(beginNs) }, clockOf(beginNs))]),
    fact("Takes", duration(length), exactDuration(length)),
    fact("Spans", grouped(spans.length)),
    fact("Services", grouped(services.length)),
    fact("Errors", crossed(errors), "", errors ? badge("error", crossed(errors)) : undefined),
    ...(missing ? [fact("Missing", String(missing), "", badge("warning", count(missing, "parent")))] : []),
  ];
}

function idForm(letter, id, choose) {
  const label = `Id of trace ${letter}`;
  const input = plainField({ type: "search", value: id, class: "mono", placeholder: "Trace id…", "aria-label": label });
  // Elsewhere on the pages, a typed or pasted id opens its trace.
  for (const kind of ["input", "paste"]) input.addEventListener(kind, (event) => event.stopPropagation());
  const form = element("form", "change-id", input, element("button", { type: "submit" }, "Change"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = typedTraceId(input.value);
    if (wanted) choose(wanted);
    else input.focus();
  });
  return form;
}

/** Paint a small flame graph without texts; `longest` is the canvas's width in µs. */
function paintThumbnail(canvas, roots, longest) {
  const lanes = layoutFlame(roots).lanes.slice(0, MOST_LANES);
  const width = canvas.clientWidth;
  const context = cleared(canvas, width, MOST_LANES * LANE);
  const palette = new Palette(canvas.parentElement);
  const pixels = width / Math.max(longest, 0.001);
  lanes.forEach((lane, number) => {
    let painted = -1; // the last pixel painted for boxes narrower than a pixel
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
