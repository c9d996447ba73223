// One call of both traces: its path, its numbers, and the way to its spans.

import { element } from "../common/dom.js";
import { count, duration } from "../common/format.js";
import { name } from "../common/label.js";
import { traceAddress } from "./addresses.js";

const MOST_OF_PATH = 6;

/**
 * @param {DiffNode} node
 * @param {{a: string, b: string}} ids of the traces
 */
export function detail(node, ids) {
  const path = [];
  for (let at = node; at; at = at.parent) path.unshift(name(at.name));
  if (path.length > MOST_OF_PATH) path.splice(1, path.length - MOST_OF_PATH, "…");
  return element(
    "div",
    "",
    element("p", "path", ...path.flatMap((part, place) => (place ? [element("span", "quiet", " › "), part] : [part]))),
    ...["a", "b"].map((side) => sideLine(side, node[side], ids[side])),
  );
}

function sideLine(side, { count: times, total, errors, slowest }, id) {
  const letter = element("span", "letter", side.toUpperCase());
  if (times === 0) return element("p", "", letter, " not called");
  const facts = [count(times, "span"), `${duration(total)} in all`, `${duration(total / times)} on average`];
  if (errors) facts.push(`✗ ${count(errors, "error")}`);
  const slow = times === 1 ? "open the span" : `open the slowest, ${duration(slowest.duration)}`;
  const link = element("a", { href: traceAddress(id, slowest.id) }, slowest.missing ? "open the missing parent" : slow);
  return element("p", "", letter, ` ${facts.join(", ")}; `, link);
}
