// Which service sent a missing span: clues from its children, and the calls that the back end has seen.

import { dependencies } from "../../common/api.js";
import { shortened } from "../../common/dom.js";
import { count } from "../../common/format.js";

// OTLP's `Span.flags`: the lowest eight bits are those of `traceparent`; the next two are about a remote parent.
const TRACE_FLAGS = 0xff;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

const LOOKBACK = 24 * 3600_000; // ms before the trace to search for calls
const NOBODY = [];
const PROCESS = ["service.instance.id", "host.name", "process.pid"];
const NAME = 80; // characters of a service's name within a sentence
const VALUE = 300;
const OTHERS = 5; // services to name

// Attributes of the called span that identify its caller; the second names are from older conventions.
const CLUES = [
  ["Its service", ["peer.service", "service.peer.name"]],
  ["Its address", ["client.address", "network.peer.address", "http.client_ip", "net.sock.peer.addr", "net.peer.ip"]],
  ["Its program", ["user_agent.original", "http.user_agent"]],
  ["By way of", ["messaging.destination.name", "messaging.destination"]],
];

let asking = null;
let calls = null; // calls between services that the back end has seen
const callersOf = new Map(); // service

/** Whether a span's parent is in another process, by its flags, else judging by its kind. */
export function isRemote(span) {
  const flags = span.raw.flags ?? 0;
  if (flags & HAS_IS_REMOTE) return (flags & IS_REMOTE) !== 0;
  return ["server", "consumer"].includes(span.kind);
}

/** The `traceparent` flags, as repeated in a child span; null if its exporter omits them. */
export function flagsIn(children) {
  const flags = children.map((child) => (child.raw.flags ?? 0) & TRACE_FLAGS);
  return flags.find((each) => each !== 0) ?? null;
}

/**
 * The sender of a missing span: `{remote, service, program, text, sends, clues}`; `service` is null if unknown, `sends`
 * is whether spans from it have arrived; a clue is `{term, text, code}`.
 */
export function callerOf(missing, trace, callers) {
  const local = missing.children.find((child) => !isRemote(child));
  if (local) return { ...ofTheSameProcess(local), clues: process(local) };
  const [child] = missing.children;
  const clues = cluesOf(missing.children);
  const named = clues.find(({ term }) => term === "Its service")?.code;
  const known = callers.filter(({ service }) => service !== child.service);
  const program = clues.find(({ term }) => term === "Its program")?.code ?? "";
  const service = named ?? (known.length === 1 ? known[0].service : null);
  return {
    remote: true,
    service,
    program,
    text: sentBy(child, named, known, trace),
    sends: trace.services.includes(service) || known.some((each) => each.service === service),
    clues,
  };
}

function ofTheSameProcess(child) {
  const certain = (child.raw.flags ?? 0) & HAS_IS_REMOTE;
  const why = certain
    ? "its child says that it was not called from outside"
    : `a span of ${child.kind ? `kind ${child.kind}` : "no kind"} is started by the process that started its parent`;
  const text = `${shortened(child.service, NAME)}, like its child: ${why}.`;
  return { remote: false, service: child.service, program: "", text, sends: true };
}

function sentBy(child, named, known, trace) {
  const called = shortened(child.service, NAME);
  const kind = child.kind === "consumer" ? "who sent the message" : "the client that called";
  if (named) return `${shortened(named, NAME)}: so its child says.`;
  if (known.length > 0) {
    const told = ({ service, calls: times }) => `${shortened(service, NAME)} (${count(times, "call")} lately)`;
    return `${known.slice(0, OTHERS).map(told).join(" or ")}: known to call ${called}.`;
  }
  const others = trace.services.filter((service) => service !== child.service).slice(0, OTHERS);
  const names = others.map((name) => shortened(name, NAME)).join(", ");
  const perhaps = names ? ` Perhaps one of this trace's others: ${names}.` : "";
  return `Not known: ${kind} ${called}, a process of its own.${perhaps}`;
}

function cluesOf(children) {
  const attributes = children.flatMap((child) => child.attributes).filter(({ text }) => text);
  return CLUES.flatMap(([term, keys]) => {
    const found = keys.map((key) => attributes.find((attribute) => attribute.key === key)).find(Boolean);
    return found ? [clue(term, found)] : [];
  });
}

function process(child) {
  const found = child.resource.attributes.filter(({ key, text }) => PROCESS.includes(key) && text);
  return found.map((attribute) => clue("Its process", attribute));
}

function clue(term, { key, text }) {
  return { term, text: `its child has it as ${key}`, code: shortened(text, VALUE) };
}

/** The callers of a service, most frequent first: `{service, calls}`; empty until the back end has responded. */
export function knownCallers(service) {
  if (!calls) return NOBODY;
  if (!callersOf.has(service)) {
    const found = calls.filter(({ parent, child }) => child === service && parent !== child);
    found.sort((one, other) => other.callCount - one.callCount);
    callersOf.set(service, found.map(({ parent, callCount }) => ({ service: parent, calls: callCount })));
  }
  return callersOf.get(service);
}

/** Fetch the calls between services if a span is missing, once per page; then call `told`. */
export function askForCallers({ roots, trace }, told) {
  if (calls || !roots.some((root) => root.missing)) return;
  const begin = Number(trace.beginNs / 1_000_000n);
  const now = Math.max(Date.now(), begin);
  // Without statistics, which take longer.
  asking ??= dependencies(now, now - begin + LOOKBACK).catch(() => []);
  asking.then((found) => {
    calls = found;
    told();
  });
}
