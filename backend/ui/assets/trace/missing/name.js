// The row of a missing span; ../timeline/row_bar.js draws its bar, common/tree.js creates the span.

import { element, isolated, shortened } from "../../common/dom.js";
import { callerOf, knownCallers } from "./caller.js";
import { explain } from "./explain.js";

const SHOWN = 60; // characters of a name or an id
const read = new WeakMap(); // MissingSpan: `{callers, caller}`; cached, because callerOf reads all its children

/** For example “missing span 00f067aa0ba902b7 of shop-front”. */
export function missingName(node, state) {
  const { service } = caller(node, state);
  return `missing span ${shortened(node.id, SHOWN)}${service ? ` of ${shortened(service, SHOWN)}` : ""}`;
}

export function missingCell(node, state) {
  const { service } = caller(node, state);
  const named = service ? [element("span", "of-service", isolated(service, SHOWN)), " "] : [];
  return [
    element("span", "dot absent"),
    element("span", "names", ...named, element("span", "of-span", "missing span ", isolated(node.id, SHOWN))),
  ];
}

/** Why it is missing: `{likely, summary}`, a few words, and a sentence or two. */
export function missingReason(node, state) {
  const { summary, reasons } = explain(node, state);
  return { likely: `most likely ${reasons[0].short}`, summary };
}

function caller(node, state) {
  const callers = knownCallers(node.children[0].service);
  if (read.get(node)?.callers !== callers) read.set(node, { callers, caller: callerOf(node, state.trace, callers) });
  return read.get(node).caller;
}
