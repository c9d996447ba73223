// Explains a missing parent: what is known about it, and what may have happened.

import { shortened } from "../../common/dom.js";
import { clock, count, duration } from "../../common/format.js";
import { callerOf, flagsIn, isRemote, knownCallers } from "./caller.js";
import { reasonsFor } from "./reasons.js";

const NAME = 80; // characters of a span's name within a sentence

/**
 * Explain a MissingSpan: `{summary, known, reasons, children}`. `known` is a list of `{term, text, code, mark}`, where
 * `code` is literal text, such as an id, and `mark` its relevant part; for the reasons, see reasonsFor.
 */
export function explain(missing, state, { now = Date.now(), callers } = {}) {
  const { children } = missing;
  const caller = callerOf(missing, state.trace, callers ?? knownCallers(children[0].service));
  const age = Math.max(0, now - ended(missing, state.trace)); // ms
  const reasons = reasonsFor({ missing, caller, age, flags: flagsIn(children) });
  const [first] = children;
  const others = children.length > 1 ? ` and ${count(children.length - 1, "more span")}` : "";
  return {
    // Omit the age: screen readers repeat the text on each change, and the age always changes.
    summary:
      `The parent of “${shortened(first.name, NAME)}” of ${shortened(first.service, NAME)}${others} is not here: ` +
      `span ${missing.id}. Most likely ${reasons[0].short}.`,
    known: [...whence(missing, state.trace, caller), ...caller.clues, ...when(missing, state.trace, now)],
    reasons,
    children,
  };
}

function ended(missing, trace) {
  return Number(trace.beginNs / 1000n) / 1000 + missing.end / 1000;
}

function whence(missing, trace, caller) {
  const [first] = missing.children;
  const child = shortened(first.name, NAME);
  if (!caller.remote) {
    const text = `“${child}” was started within it, in the same process, and has it as its parent.`;
    return [
      { term: "Its id", text, code: missing.id },
      { term: "Made by", text: caller.text },
    ];
  }
  const flags = flagsIn(missing.children);
  const state = first.raw.traceState;
  const text = `The caller sent it along with its request; “${child}” took it for its parent.`;
  return [
    { term: "Its id", text, code: missing.id },
    {
      term: "The header",
      text: `As it must have been: version, trace id, the parent's id, flags. ${aboutFlags(flags, first.service)}`,
      code: `traceparent: 00-${trace.id}-${missing.id}-${(flags ?? 1).toString(16).padStart(2, "0")}`,
      mark: missing.id,
    },
    ...(state ? [{ term: "With it", text: "", code: `tracestate: ${shortened(state, 512)}` }] : []),
    { term: "Sent by", text: caller.text },
  ];
}

function aboutFlags(flags, service) {
  const called = shortened(service, NAME);
  if (flags === null) return `The flags are a guess (01: sampled), for ${called} does not send its own.`;
  const said = [flags & 1 ? "sampled" : "not sampled", ...(flags & 2 ? ["the trace id is random"] : [])];
  return `The flags are those that its child has (${said.join(", ")}), which are handed down as a rule.`;
}

function when(missing, trace, now) {
  const start = Number(trace.beginNs / 1000n) / 1000 + missing.start / 1000;
  const children = missing.children.length > 1 ? "its children" : "its child";
  const waited = Math.max(0, now - ended(missing, trace));
  const asynchronous = missing.children.some((child) => child.kind === "consumer");
  const perhaps = missing.children.some(isRemote) ? ", if the clocks agree" : "";
  return [
    { term: "Began", text: `Before ${clock(start)}, when ${children} began${perhaps}.` },
    {
      term: "Lasted",
      text: asynchronous
        ? "Not known: who sends a message does not wait for what becomes of it."
        : `${duration(missing.duration)} or more, if it waited for ${children}.`,
    },
    { term: "Waited for", text: `${duration(waited * 1000)} since ${children} ended.` },
  ];
}
