// The facts of a span: start, duration, status, parent.

import { copyButton } from "../../common/copy.js";
import { button, element } from "../../common/dom.js";
import { clockOf, count, duration, exact, grouped, share } from "../../common/format.js";
import { fact } from "../../common/reconcile.js";
import { selfTime } from "../self_time.js";
import { spanButton } from "./links.js";
import { valueElements } from "./value.js";

const USUAL_FLAGS = 0x301; // common on nearly all spans: sampled, and whether the parent is remote
const KNOWN_FLAGS = 0x303;
const FLAGS = "W3C's trace flags, and whether the parent is in another process";
const DROPPED = "by the limits of the program that made the span";

export function factsOf(span, state) {
  const part = state.trace.duration > 0 ? `, ${share(span.duration / state.trace.duration)} of the trace` : "";
  const { raw } = span;
  const start = span.start > 0 ? `${duration(span.start)} into the trace` : "with the trace";
  const moved = `${span.moved < 0 ? "−" : "+"}${duration(Math.abs(span.moved))}, as its clock differs`;
  const spanId = () => [element("code", "", raw.spanId), copyButton("the span id", raw.spanId)];
  const traceState = () => [element("code", "", ...valueElements(raw.traceState))];
  const dropped = droppedText(raw);
  const facts = [
    statusFact(span),
    fact("Starts", `${start}, at ${clockOf(span.startNs)}`, exact(span.startNs)),
    span.moved ? fact("Moved", moved) : null,
    fact("Takes", duration(span.duration) + part, `${span.endNs - span.startNs} ns`),
    fact("Self time", duration(selfTime(span)), "While none of its children ran"),
    fact("Span id", raw.spanId, "", spanId),
    parentFact(span, state),
    fact("Children", span.children.length === 0 ? "none" : grouped(span.children.length)),
    raw.traceState ? fact("tracestate", raw.traceState, "", traceState) : null,
    raw.flags & ~USUAL_FLAGS ? fact("Flags", flagsText(raw.flags), FLAGS) : null,
    dropped ? fact("Dropped", dropped, DROPPED) : null,
  ];
  return facts.filter(Boolean);
}

function statusFact({ status, statusMessage }) {
  return fact("Status", `${status} ${statusMessage}`, "", () => [
    element("span", status === "error" ? "badge error" : "", status),
    ...(statusMessage ? [" ", ...valueElements(statusMessage)] : []),
  ]);
}

function parentFact({ parent, parentId }, state) {
  const none = parentId === null ? "none, it is a root" : `${parentId}, which is itself below this span`;
  if (!parent) return fact("Parent", none);
  const missing = () =>
    button(`${parent.id}, missing: why?`, { class: "span-link" }, () => state.change({ selected: parent.id }));
  const make = () => [parent.missing ? missing() : spanButton(parent, state)];
  return fact("Parent", `${parent.id} ${parent.missing === true}`, "", make);
}

/** For example `0x303: sampled, the trace id is random, its parent is in another process`. */
function flagsText(flags) {
  const said = [flags & 1 ? "sampled" : "not sampled", flags & 2 ? "the trace id is random" : null];
  if (flags & 0x100) said.push(flags & 0x200 ? "its parent is in another process" : "no parent in another process");
  if (flags & ~KNOWN_FLAGS) said.push("and bits without a meaning yet");
  return `0x${flags.toString(16).padStart(2, "0")}: ${said.filter(Boolean).join(", ")}`;
}

function droppedText(raw) {
  const kinds = [
    ["attribute", raw.droppedAttributesCount],
    ["event", raw.droppedEventsCount],
    ["link", raw.droppedLinksCount],
  ];
  const dropped = kinds.filter(([, number]) => number > 0);
  return dropped.map(([name, number]) => count(number, name)).join(", ");
}
