// Clock skew: spans that do not fit into their parents, by how much, and where they would be if all clocks agreed.
// Follows Jaeger's ClockSkew adjuster (backend/query/jaeger/skew.py), except for work that legitimately outlasts its
// parent: in the parent's own process, which has one clock (within a service, only servers and consumers have a parent
// in another process), and at the consumer of a message, for which nobody waits.

import { duration } from "../common/format.js";
import { walk } from "../common/tree.js";

const HOST_KEYS = ["host.id", "host.ip", "host.name"];
const REMOTE = ["server", "consumer"];

/**
 * Spans that do not fit, by id: `{delta, offset, early}`; empty if all fit. delta: µs to move the span so that it and
 * its ancestors fit. offset: the part of delta relative to its own parent, 0 if it only follows its parent. early:
 * whether it starts before its parent, which only clock skew can explain.
 */
export function findSkews(roots) {
  const skews = new Map();
  const host = hostReader();
  for (const { node } of walk(roots)) {
    const { parent } = node;
    if (!parent || parent.missing) continue;
    const above = skews.get(parent.id)?.delta ?? 0;
    const apart = !sameHost(node, parent, host) && !goesOn(node, parent) && distance(node, parent, 0) !== 0;
    // The parent has already moved, so compare with its new position.
    const delta = apart ? distance(node, parent, above) : above;
    const skew = { delta, offset: apart ? delta - above : 0, early: node.start < parent.start };
    if (delta || apart) skews.set(node.id, skew);
  }
  return skews;
}

/** µs to move a child to the middle of its moved parent; 0 if it fits. */
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

/** Whether a span may outlast its parent: it began in the parent's process, or consumed its message. */
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

/** Explain a skew of findSkews in plain words; "" if a span only follows its parent. */
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
