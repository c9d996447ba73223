// A card about the span under the pointer, or with the keyboard focus.

import { element, name, serviceName, shortened } from "../common/dom.js";
import { count, duration, share } from "../common/format.js";
import { causeOf, requestOf } from "./failures.js";

const GAP = 4; // px between the card and the span's bar
const MOST = 200; // characters of a spoken name, of a message or a request

export class Tip {
  /** `stage` is its container; positions are px from its corner. */
  constructor(stage) {
    this.stage = stage;
    this.element = element("div", { class: "tip", "aria-hidden": "true", hidden: true });
  }

  hide() {
    this.element.hidden = true;
  }

  show({ name: title, service, facts }, { left, top, bottom }) {
    const lines = facts.flatMap(({ term, text }) => [element("dt", "", term), element("dd", "", shortened(text, MOST))]);
    const tip = this.element;
    tip.hidden = false;
    const whose = service === null ? "" : serviceName(service);
    tip.replaceChildren(element("strong", "", name(title)), whose, element("dl", "", ...lines));
    const corner = this.stage.getBoundingClientRect();
    const below = corner.top + bottom + GAP + tip.offsetHeight <= innerHeight;
    tip.style.left = `${Math.max(0, Math.min(left, corner.width - tip.offsetWidth))}px`;
    tip.style.top = `${below ? bottom + GAP : top - GAP - tip.offsetHeight}px`;
  }
}

/**
 * Texts about a node: `{name, service, facts}`, where facts is a list of `{term, text}`; service is null if unknown.
 * `whole` is the trace's duration, µs.
 */
export function describe(node, whole, selfTime) {
  if (node.missing) {
    const text = `its id, ${node.id}; what hangs below it takes ${duration(node.duration)}`;
    return { name: "Missing parent", service: null, facts: [{ term: "Known of it", text }] };
  }
  const self = selfTime(node);
  const part = node.duration > 0 ? ` (${share(self / node.duration)})` : "";
  const facts = [
    { term: "Duration", text: duration(node.duration) },
    { term: "Of the trace", text: whole > 0 ? share(node.duration / whole) : "all" },
    { term: "Self time", text: duration(self) + part },
    { term: "Starts at", text: duration(node.start) },
  ];
  const request = requestOf(node);
  if (request) facts.unshift({ term: "Request", text: request });
  if (node.error) facts.unshift({ term: "Status", text: ["✗ error", causeOf(node)].filter(Boolean).join(": ") });
  return { name: node.name, service: node.service, facts };
}

/** The same in one sentence, for screen readers. */
export function sentence(node, whole, selfTime) {
  const { name, service, facts } = describe(node, whole, selfTime);
  const told = facts.map(({ term, text }) => `${term.toLowerCase()} ${text}`);
  const names = [name, ...(service === null ? [] : [service || "(no name)"])].map((text) => shortened(text, MOST));
  return [...names, ...told, `level ${node.depth + 1}`, count(node.children.length, "child", "children")].join(", ");
}
