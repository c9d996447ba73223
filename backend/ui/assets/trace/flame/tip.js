// What a flame graph tells of the box under the pointer, or of the one that keys have led to.

import { element, name, serviceName, shortened } from "../../common/dom.js";
import { count, duration, share } from "../../common/format.js";

const GAP = 4; // px between it and the box
const MOST = 200; // characters of a name that is spoken

export class FlameTip {
  constructor(chart) {
    this.chart = chart;
    this.element = element("div", { class: "flame-tip", "aria-hidden": "true", hidden: true });
  }

  show({ name: title, service, facts }, { left, top, bottom }) {
    const lines = facts.flatMap(({ term, text }) => [element("dt", "", term), element("dd", "", text)]);
    const tip = this.element;
    tip.hidden = false;
    const whose = service === null ? "" : serviceName(service);
    tip.replaceChildren(element("strong", "", name(title)), whose, element("dl", "", ...lines));
    const corner = this.chart.getBoundingClientRect();
    const below = corner.top + bottom + GAP + tip.offsetHeight <= innerHeight;
    tip.style.left = `${Math.max(0, Math.min(left, corner.width - tip.offsetWidth))}px`;
    tip.style.top = `${below ? bottom + GAP : top - GAP - tip.offsetHeight}px`;
  }
}

/**
 * Texts about a node: `{name, service, facts}`, the facts a list of `{term, text}`; service is null where nobody knows
 * it. `whole` is the trace's duration, µs.
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
  if (node.error) facts.unshift({ term: "Status", text: "✗ error" });
  return { name: node.name, service: node.service, facts };
}

/** The same in one sentence, for those who hear it. */
export function sentence(node, whole, selfTime) {
  const { name, service, facts } = describe(node, whole, selfTime);
  const told = facts.map(({ term, text }) => `${term.toLowerCase()} ${text}`);
  const names = [name, ...(service === null ? [] : [service || "(no name)"])].map((text) => shortened(text, MOST));
  return [...names, ...told, `level ${node.depth + 1}`, count(node.children.length, "child", "children")].join(", ");
}
