// The facts of a span: when, how long, how it ended, where it hangs.

import { copyButton } from "../../common/copy.js";
import { button, element } from "../../common/dom.js";
import { clock, count, duration, exact, share } from "../../common/format.js";
import { selfTime } from "../self_time.js";
import { spanButton } from "./links.js";
import { valueElements } from "./value.js";

/** They, as rows of keepRows. */
export function factsOf(span, state) {
  const clockStart = clock(Number(span.startNs / 1000n) / 1000);
  const part = state.trace.duration > 0 ? `, ${share(span.duration / state.trace.duration)} of the trace` : "";
  const { parent, raw } = span;
  const rows = [
    statusRow(span),
    row(
      "Starts",
      `${span.start > 0 ? `${duration(span.start)} into the trace` : "with the trace"}, at ${clockStart}`,
      exact(span.startNs),
    ),
    ...(span.moved ? [row("Moved", `${span.moved < 0 ? "−" : "+"}${duration(Math.abs(span.moved))}, as its clock differs`)] : []),
    row("Takes", duration(span.duration) + part, `${span.endNs - span.startNs} ns`),
    row("Self time", duration(selfTime(span)), "While none of its children ran"),
    row("Span id", raw.spanId, "", () => [element("code", "", raw.spanId), copyButton("the span id", raw.spanId)]),
    parent
      ? row("Parent", `${parent.id} ${parent.missing === true}`, "", () => [parentButton(parent, state)])
      : row("Parent", span.parentId === null ? "none, it is a root" : `${span.parentId}, which is itself below this span`),
    row("Children", span.children.length === 0 ? "none" : span.children.length.toLocaleString("en")),
  ];
  if (raw.traceState)
    rows.push(row("tracestate", raw.traceState, "", () => [element("code", "", ...valueElements(raw.traceState))]));
  if (raw.flags)
    rows.push(row("Flags", flagsText(raw.flags), "W3C's trace flags, and whether the parent is in another process"));
  const dropped = droppedText(raw);
  if (dropped) rows.push(row("Dropped", dropped, "by the limits of the program that made the span"));
  return rows;
}

/** A row of text, or of what `make` makes. */
function row(term, text, title = "", make = () => [title ? element("span", { title }, text) : text]) {
  return { term, same: text, make };
}

function statusRow({ status, statusMessage }) {
  return row("Status", `${status} ${statusMessage}`, "", () => [
    element("span", status === "error" ? "badge error" : "", status),
    ...(statusMessage ? [" ", ...valueElements(statusMessage)] : []),
  ]);
}

function parentButton(parent, state) {
  if (!parent.missing) return spanButton(parent, state);
  return button(`${parent.id}, missing: why?`, { class: "span-link" }, () => state.change({ selected: parent.id }));
}

/** For example `0x301: sampled, its parent is in another process`. */
function flagsText(flags) {
  const said = [flags & 1 ? "sampled" : null, flags & 2 ? "random trace id" : null];
  if (flags & 0x100) said.push(flags & 0x200 ? "its parent is in another process" : "no parent in another process");
  return `0x${flags.toString(16).padStart(2, "0")}: ${said.filter(Boolean).join(", ") || "nothing said"}`;
}

function droppedText(raw) {
  const kinds = [
    ["attribute", raw.droppedAttributesCount],
    ["event", raw.droppedEventsCount],
    ["link", raw.droppedLinksCount],
  ];
  return kinds
    .filter(([, number]) => number > 0)
    .map(([name, number]) => count(number, name))
    .join(", ");
}
