// What a flame graph says of a box.

import { count, duration, share } from "../common/format.js";
import { shortened } from "../common/text.js";

const MOST = 200; // characters of a name that is spoken

/**
 * Texts about a node: `{name, service, facts}`, the facts a list of `{term, text}`; service is null where it is not known.
 * @param {Span | MissingSpan} node
 * @param {number} whole the trace's duration, µs
 * @param {(span: Span) => number} selfTime µs
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
