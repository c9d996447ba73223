// A trace as the pages know it, made of OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

const KINDS = ["", "internal", "server", "client", "producer", "consumer"];
const STATUSES = ["unset", "ok", "error"];
export const WARNINGS = "@jaeger@warnings"; // the attribute in which Jaeger keeps what it has to say about a span
const NO_PARENT = /^0*$/;
const NO_DURATION = /^Negative duration detected, sanitizing end timestamp\. Original end timestamp: (.+), adjusted to: /;

/** One span. Times are µs from the trace's begin, with fractions; what is read of it seldom is made when it is read. */
export class Span {
  /** `raw` as in OTLP JSON; scope `{name, version, attributes}`. */
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
    this.moved = 0; // by which its start is later than its clock said, see arrange
    this.duration = this.endNs > this.startNs ? Number(this.endNs - this.startNs) / 1000 : 0;
    this.status = STATUSES[raw.status?.code ?? 0] ?? "unset";
    this.statusMessage = raw.status?.message ?? "";
    // Of the tree, see tree.js.
    this.parent = null;
    this.children = [];
    this.depth = 0;
  }

  /** Jaeger lets a span that does not end after its start take 1 ns, and remarks on it: to us it takes no time. */
  #endThatCame() {
    return this.#remarks.some((text) => NO_DURATION.test(text)) ? this.startNs : this.endNs;
  }

  get error() {
    return this.status === "error";
  }

  /** `{key, type, text}` each, without Jaeger's warnings. */
  get attributes() {
    return attributesOf(this.raw.attributes).filter(({ key }) => key !== WARNINGS);
  }

  /** What Jaeger has to say about the span, in its words; not that it took no time, which is nothing odd. */
  get warnings() {
    return this.#remarks.filter((text) => momentOf(NO_DURATION.exec(text)?.[1]) !== this.startNs);
  }

  get #remarks() {
    const value = this.raw.attributes?.find(({ key }) => key === WARNINGS)?.value;
    return (value?.arrayValue?.values ?? (value ? [value] : [])).map(textOf);
  }

  /** `{name, timeNs, attributes, dropped}` each. */
  get events() {
    return (this.raw.events ?? []).map((event) => ({
      name: event.name || "event",
      timeNs: BigInt(event.timeUnixNano ?? 0),
      attributes: attributesOf(event.attributes),
      dropped: event.droppedAttributesCount ?? 0,
    }));
  }

  /** `{traceId, spanId, traceState, attributes, dropped}` each. */
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

/** Nanoseconds since the epoch of a moment as Go writes it, in UTC; null of anything else. */
function momentOf(text) {
  const [, date, time, fraction = ""] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? \+0000 UTC$/.exec(text ?? "") ?? [];
  const milliseconds = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(milliseconds) ? null : BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** What made spans: its service and the rest of its attributes. */
export class Resource {
  constructor(raw, schemaUrl) {
    this.raw = raw ?? {};
    this.schemaUrl = schemaUrl ?? "";
    this.attributes = attributesOf(this.raw.attributes);
    this.service = this.attributes.find(({ key }) => key === "service.name")?.text ?? "";
  }
}

/**
 * A trace of OTLP JSON: `{id, spans, services, beginNs, duration, errors}`; the spans in order of their start, duration
 * in µs, services sorted.
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

/** Ids are unique on the pages: a second span that was sent with the same one has `#2` behind it. */
function tellTwinsApart(spans) {
  if (new Set(spans.map(({ id }) => id)).size === spans.length) return;
  const seen = new Map(); // id: how often
  for (const span of spans) {
    const times = (seen.get(span.id) ?? 0) + 1;
    seen.set(span.id, times);
    if (times > 1) span.id = `${span.id}#${times}`;
  }
}

/**
 * Give a trace its begin and duration, and its spans their starts and their order. `moves`: by how many µs spans begin
 * later than their clocks said, by their ids.
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
    // Not start + duration: the sum of two roundings differs from span to span that end together.
    span.end = Math.max(span.start, Number(span.endNs - firstNs) / 1000 + span.moved - begin);
    end = Math.max(end, span.end);
  }
  spans.sort((one, other) => one.start - other.start || other.duration - one.duration);
  trace.beginNs = firstNs + BigInt(Math.round(begin * 1000));
  trace.duration = end;
}

/** Attributes as `{key, type, text}`, in their order. */
export function attributesOf(raw) {
  return (raw ?? []).map(({ key, value }) => ({ key: key ?? "", type: typeOf(value), text: textOf(value) }));
}

function typeOf(value) {
  return Object.keys(value ?? {})[0]?.replace("Value", "") ?? "empty";
}

/** An AnyValue as a text; arrays and maps as JSON, as Jaeger's older API and the searches have it. */
export function textOf(value) {
  const type = typeOf(value);
  if (type === "empty") return "";
  if (type === "array" || type === "kvlist") return jsonOf(value);
  return String(value[`${type}Value`]);
}

/** Written here, for an integer has up to 64 bits, and a Number only 53. */
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
