// Clock skew: spans that do not lie within their parents, by how much, and where they would lie if all clocks agreed.
// As Jaeger's ClockSkew adjuster has it (backend/query/jaeger/skew.py), but for work that goes on after its parent where that
// is no wonder: in the parent's own process, which has one clock (only a server or a consumer has a parent in another
// process of its service), and at the consumer of a message, which nobody waits for.

import { duration } from "../common/format.js";
import { walk } from "../common/tree.js";

const HOST_KEYS = ["host.id", "host.ip", "host.name"];
const REMOTE = ["server", "consumer"];

/**
 * What does not fit, by the span's id: `{delta, offset, early}`; empty where all does. delta: by how many µs the span
 * has to move so that it and all above it fit. offset: by how many of these it does not fit into its own parent, 0
 * where it only follows. early: whether it starts before its parent, which only clocks can explain.
 */
export function findSkews(roots) {
  const skews = new Map();
  const host = hostReader();
  for (const { node } of walk(roots)) {
    const { parent } = node;
    if (!parent || parent.missing) continue;
    const above = skews.get(parent.id)?.delta ?? 0;
    const apart = !sameHost(node, parent, host) && !goesOn(node, parent) && distance(node, parent, 0) !== 0;
    // The parent has moved already: what does not fit is compared with where the parent is now.
    const delta = apart ? distance(node, parent, above) : above;
    const skew = { delta, offset: apart ? delta - above : 0, early: node.start < parent.start };
    if (delta || apart) skews.set(node.id, skew);
  }
  return skews;
}

/** By how many µs a child has to move to lie in the middle of its parent, which has moved; 0 if it lies within. */
function distance(child, parent, moved) {
  const start = parent.start + moved;
  if (child.duration > parent.duration) return Math.max(0, start - child.start);
  if (child.start >= start && child.end <= start + parent.duration) return 0;
  return start + (parent.duration - child.duration) / 2 - child.start;
}

function sameHost(child, parent, host) {
  const own = host(child.resource);
  return own !== "" && own === host(parent.resource);
}

/** Whether a span began within its parent's process or took its message, and may go on for as long as it likes. */
function goesOn(child, parent) {
  if (child.start < parent.start) return false;
  return child.kind === "consumer" ? parent.kind === "producer" : inSameProcess(child, parent);
}

function inSameProcess(child, parent) {
  return child.service === parent.service && !REMOTE.includes(child.kind);
}

function hostReader() {
  const read = new Map();
  return (resource) => {
    if (!read.has(resource)) {
      const texts = HOST_KEYS.map((wanted) => resource.attributes.find(({ key }) => key === wanted)?.text);
      read.set(resource, texts.find(Boolean) ?? "");
    }
    return read.get(resource);
  };
}

/** What a skew of findSkews means, in plain words; "" where a span only follows its parent. */
export function skewText(span, skew) {
  if (!skew?.offset) return "";
  const by = duration(Math.abs(skew.offset));
  const clocks = `the clocks of ${named(span)} and ${named(span.parent)} differ by about ${by}`;
  if (!skew.early) return `Does not lie within its parent: it went on after its parent was done, or ${clocks}.`;
  if (!inSameProcess(span, span.parent)) return `Starts before its parent did: ${clocks}.`;
  const told = `its clock was set back by about ${by}, or it says when it started`;
  return `Starts before its parent did, in the same program: ${told}.`;
}

function named(span) {
  return span.service.slice(0, 60) || "(no name)";
}
