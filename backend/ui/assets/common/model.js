// The pages' trace model, built from OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

const KINDS = ["", "internal", "server", "client", "producer", "consumer"];
const STATUSES = ["unset", "ok", "error"];
export const WARNINGS = "@jaeger@warnings"; // the attribute with Jaeger's warnings about a span
const NO_PARENT = /^0*$/;
const NO_DURATION = /^Negative duration detected, sanitizing end timestamp\. Original end timestamp: (.+), adjusted to: /;

/** One span. Times are fractional µs from the start of the trace; rarely used properties are computed on access. */
export class Span {
  /** `raw` is a span in OTLP JSON; scope is `{name, version, attributes}`. */
  constructor(raw, resource, scope) {
    this.raw = raw;
    this.resource = resource;
    this.scope = scope;
    this.id = raw.spanId ?? "";
    this.parentId = NO_PARENT.test(raw.parentSpanId ?? "") ? null : raw.parentSpanId;
    this.name = raw.name || "(no name)";
    this.service = resource.service;
    this.kind = KINDS[raw.kind ?? 0] ?? "";
    this.startNs = BigInt(raw.startTimeUnixNano ?? 0);
    this.endNs = BigInt(raw.endTimeUnixNano ?? 0);
    this.start = 0;
    this.end = 0;
    if (this.endNs - this.startNs === 1n) this.endNs = this.#endThatCame();
    this.moved = 0; // µs added to its start, see arrange
    this.duration = this.endNs > this.startNs ? Number(this.endNs - this.startNs) / 1000 : 0;
    this.status = STATUSES[raw.status?.code ?? 0] ?? "unset";
    this.statusMessage = raw.status?.message ?? "";
    // Set by tree.js.
    this.parent = null;
    this.children = [];
    this.depth = 0;
  }

  /** Undo Jaeger's repair: it lets a span that does not end after its start last 1 ns, with a warning. Ours takes 0. */
  #endThatCame() {
    return this.#remarks.some((text) => NO_DURATION.test(text)) ? this.startNs : this.endNs;
  }

  get error() {
    return this.status === "error";
  }

  /** A list of `{key, type, text}`, without Jaeger's warnings. */
  get attributes() {
    return attributesOf(this.raw.attributes).filter(({ key }) => key !== WARNINGS);
  }

  /** Jaeger's warnings about the span, verbatim, except the one about zero duration, which is harmless. */
  get warnings() {
    return this.#remarks.filter((text) => momentOf(NO_DURATION.exec(text)?.[1]) !== this.startNs);
  }

  get #remarks() {
    const value = this.raw.attributes?.find(({ key }) => key === WARNINGS)?.value;
    return (value?.arrayValue?.values ?? (value ? [value] : [])).map(textOf);
  }

  /** A list of `{name, timeNs, attributes, dropped}`. */
  get events() {
    return (this.raw.events ?? []).map((event) => ({
      name: event.name || "event",
      timeNs: BigInt(event.timeUnixNano ?? 0),
      attributes: attributesOf(event.attributes),
      dropped: event.droppedAttributesCount ?? 0,
    }));
  }

  /** A list of `{traceId, spanId, traceState, attributes, dropped}`. */
  get links() {
    return (this.raw.links ?? []).map((link) => ({
      traceId: link.traceId ?? "",
      spanId: link.spanId ?? "",
      traceState: link.traceState ?? "",
      attributes: attributesOf(link.attributes),
      dropped: link.droppedAttributesCount ?? 0,
    }));
  }
}

/** Parse a UTC time in Go's format; nanoseconds since the epoch, or null. */
function momentOf(text) {
  const [, date, time, fraction = ""] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? \+0000 UTC$/.exec(text ?? "") ?? [];
  const milliseconds = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(milliseconds) ? null : BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** A resource: its service and its other attributes. */
export class Resource {
  constructor(raw, schemaUrl) {
    this.raw = raw ?? {};
    this.schemaUrl = schemaUrl ?? "";
    this.attributes = attributesOf(this.raw.attributes);
    this.service = this.attributes.find(({ key }) => key === "service.name")?.text ?? "";
  }
}

/**
 * Build a trace from OTLP JSON: `{id, spans, services, beginNs, duration, errors}`; spans ordered by start, duration in
 * µs, services sorted.
 */
export function readTrace(resourceSpans) {
  const spans = [];
  for (const group of resourceSpans) {
    const resource = new Resource(group.resource, group.schemaUrl);
    for (const part of group.scopeSpans ?? []) {
      const attributes = attributesOf(part.scope?.attributes);
      const scope = { ...part.scope, raw: part.scope, schemaUrl: part.schemaUrl ?? "", attributes };
      for (const raw of part.spans ?? []) spans.push(new Span(raw, resource, scope));
    }
  }
  tellTwinsApart(spans);
  const trace = {
    id: spans[0]?.raw.traceId ?? "",
    spans,
    services: [...new Set(spans.map((span) => span.service))].sort(),
    beginNs: 0n,
    duration: 0,
    errors: spans.filter((span) => span.error).length,
  };
  arrange(trace);
  return trace;
}

/** Make ids unique: a second span with the same id gets the suffix `#2`. */
function tellTwinsApart(spans) {
  if (new Set(spans.map(({ id }) => id)).size === spans.length) return;
  const seen = new Map(); // id: number of spans
  for (const span of spans) {
    const times = (seen.get(span.id) ?? 0) + 1;
    seen.set(span.id, times);
    if (times > 1) span.id = `${span.id}#${times}`;
  }
}

/**
 * Compute the start and duration of a trace, and the starts and order of its spans. `moves`: µs to add to a span's
 * start, by span id.
 */
export function arrange(trace, moves = new Map()) {
  const { spans } = trace;
  let firstNs = spans[0]?.startNs ?? 0n;
  for (const span of spans) if (span.startNs < firstNs) firstNs = span.startNs;
  let [begin, end] = [Infinity, 0];
  for (const span of spans) {
    span.moved = moves.get(span.id) ?? 0;
    span.start = Number(span.startNs - firstNs) / 1000 + span.moved;
    begin = Math.min(begin, span.start);
  }
  if (spans.length === 0) begin = 0;
  for (const span of spans) {
    span.start -= begin;
    // Not start + duration: rounding twice would give spans that end together different ends.
    span.end = Math.max(span.start, Number(span.endNs - firstNs) / 1000 + span.moved - begin);
    end = Math.max(end, span.end);
  }
  spans.sort((one, other) => one.start - other.start || other.duration - one.duration);
  trace.beginNs = firstNs + BigInt(Math.round(begin * 1000));
  trace.duration = end;
}

/** Attributes as `{key, type, text}`, in order. */
export function attributesOf(raw) {
  return (raw ?? []).map(({ key, value }) => ({ key: key ?? "", type: typeOf(value), text: textOf(value) }));
}

function typeOf(value) {
  return Object.keys(value ?? {})[0]?.replace("Value", "") ?? "empty";
}

/** An AnyValue as text; arrays and maps as JSON, as in Jaeger's older API and in searches. */
export function textOf(value) {
  const type = typeOf(value);
  if (type === "empty") return "";
  if (type === "array" || type === "kvlist") return jsonOf(value);
  return String(value[`${type}Value`]);
}

/** Not JSON.stringify, because integers have up to 64 bits, and a Number only 53. */
function jsonOf(value) {
  const type = typeOf(value);
  if (type === "empty") return "null";
  const { [`${type}Value`]: held } = value;
  if (type === "array") return `[${(held.values ?? []).map(jsonOf).join(",")}]`;
  if (type === "kvlist") {
    const entries = new Map((held.values ?? []).map((one) => [one.key ?? "", one.value]));
    return `{${[...entries].map(([key, one]) => `${JSON.stringify(key)}:${jsonOf(one)}`).join(",")}}`;
  }
  return type === "int" && /^-?\d+$/.test(held) ? String(held) : JSON.stringify(held);
}
