// Who made a span that is missing, as its children tell, and what the back end has seen of who calls whom.

import { dependencies } from "../../common/api.js";
import { shortened } from "../../common/dom.js";
import { count } from "../../common/format.js";

// Of OTLP's `Span.flags`: the lowest eight bits are those of `traceparent`; the next two tell of a remote parent.
const TRACE_FLAGS = 0xff;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

const LOOKBACK = 24 * 3600_000; // ms before the trace, in which calls are looked for
const NOBODY = [];
const PROCESS = ["service.instance.id", "host.name", "process.pid"];
const NAME = 80; // characters of a service's name within a sentence
const VALUE = 300;
const OTHERS = 5; // services that are named

// What a span of the called side tells of its caller; the second names are those of older conventions.
const CLUES = [
  ["Its service", ["peer.service", "service.peer.name"]],
  ["Its address", ["client.address", "network.peer.address", "http.client_ip", "net.sock.peer.addr", "net.peer.ip"]],
  ["Its program", ["user_agent.original", "http.user_agent"]],
  ["By way of", ["messaging.destination.name", "messaging.destination"]],
];

let asking = null;
let calls = null; // between services, as the back end has seen them
const callersOf = new Map(); // service

/** Whether a span says that its parent is in another process; else what its kind lets one think. */
export function isRemote(span) {
  const flags = span.raw.flags ?? 0;
  if (flags & HAS_IS_REMOTE) return (flags & IS_REMOTE) !== 0;
  return ["server", "consumer"].includes(span.kind);
}

/** The flags in the header, as a span of the trace repeats them; null where its exporter leaves them out. */
export function flagsIn(children) {
  const flags = children.map((child) => (child.raw.flags ?? 0) & TRACE_FLAGS);
  return flags.find((each) => each !== 0) ?? null;
}

/**
 * The maker of a missing span: `{remote, service, program, text, sends, clues}`; `service` is null if nothing names it,
 * `sends`: spans of it have come; a clue is `{term, text, code}`.
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

/** Who calls a service, the most frequent first: `{service, calls}`; nobody as long as the back end has not said it. */
export function knownCallers(service) {
  if (!calls) return NOBODY;
  if (!callersOf.has(service)) {
    const found = calls.filter(({ parent, child }) => child === service && parent !== child);
    found.sort((one, other) => other.callCount - one.callCount);
    callersOf.set(service, found.map(({ parent, callCount }) => ({ service: parent, calls: callCount })));
  }
  return callersOf.get(service);
}

/** Ask who calls whom, if a span is missing, once for the page; `told` is called when it is known. */
export function askForCallers({ roots, trace }, told) {
  if (calls || !roots.some((root) => root.missing)) return;
  const begin = Number(trace.beginNs / 1_000_000n);
  const now = Math.max(Date.now(), begin);
  // Without the figures that the list of services shows, which take longer.
  asking ??= dependencies(now, now - begin + LOOKBACK).catch(() => []);
  asking.then((found) => {
    calls = found;
    told();
  });
}
