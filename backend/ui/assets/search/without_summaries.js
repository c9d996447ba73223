// Search without summaries, for ids or a Jaeger that lacks them: fetches whole traces and summarizes them here.

import { BackendError, searchV1, searchV3, trace } from "../common/api.js";
import { inOrder } from "../common/format.js";
import { readTrace } from "../common/model.js";

const ONE_SERVICE = "This Jaeger searches for tags within one service: choose one";
const NO_ERRORS = "This Jaeger does not search for errors: these are the traces with errors among the newest";

/** `attributes` are those a span must have, `asks` the rest of the query for v3; returns the same as search. */
export async function searchOlder(query, attributes, asks, signal) {
  asks.set("query.searchDepth", query.limit);
  // Without this, v1.76 adjusts its stored traces again on each request.
  asks.set("query.rawTraces", "true");
  // 1.76 inverts error=true.
  const { error, ...tags } = attributes;
  const failed = query.errors || error === "true";
  if (error !== undefined && error !== "true") tags.error = error;
  // v3 of 1.76 ignores attributes; v1 uses them, but requires a service.
  const tagged = Object.keys(tags).length > 0;
  if (tagged && !query.service) throw new BackendError(ONE_SERVICE, 400);
  const rows = summarise(tagged ? await askV1(query, tags, asks, signal) : await askV3(asks, signal));
  if (!failed) return { rows, more: false, note: "" };
  const note = `${NO_ERRORS} ${query.limit}.`;
  return { rows: rows.filter((row) => row.errors > 0), more: false, note };
}

/** The traces with these ids; likewise. */
export async function searchIds(ids) {
  const found = await Promise.all(ids.map((id) => trace(id)));
  const missing = ids.filter((_, number) => !found[number]?.length);
  const note = missing.length > 0 ? `Not found: ${missing.join(", ")}` : "";
  return { rows: summarise(found.flatMap((resourceSpans) => fromV3(resourceSpans ?? []))), more: false, note };
}

async function askV3(asks, signal) {
  // Send v3's older names too, such as `service_name` for `serviceName`.
  for (const [name, value] of [...asks]) {
    const older = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    asks.set(older.replace("search_depth", "num_traces"), value);
  }
  const resourceSpans = await searchV3(asks, signal).catch((problem) => {
    if (problem.status !== 404) throw problem;
    return []; // "No traces found"
  });
  return fromV3(resourceSpans);
}

function fromV3(resourceSpans) {
  return readTrace(resourceSpans).spans.map((span) => {
    const { id, parentId, name, service, startNs, endNs, error } = span;
    return { traceId: span.raw.traceId, id, parentId, name, service, startNs, endNs, error };
  });
}

async function askV1({ service, operation, minDuration, maxDuration, limit }, attributes, asks, signal) {
  const [start, end] = ["Min", "Max"].map((side) => Date.parse(asks.get(`query.startTime${side}`)) * 1000);
  const named = { service, operation, tags: JSON.stringify(attributes), minDuration, maxDuration, limit, start, end };
  const parameters = new URLSearchParams(Object.entries(named).filter(([, value]) => value !== ""));
  const traces = await searchV1(parameters, signal);
  return traces.flatMap(({ traceID, spans, processes }) => spans.map((span) => fromV1(traceID, span, processes)));
}

function fromV1(traceId, span, processes) {
  const parent = span.references?.find((one) => one.refType === "CHILD_OF" && one.traceID === span.traceID);
  const startNs = BigInt(Math.round(span.startTime)) * 1000n;
  return {
    traceId: traceId.padStart(32, "0"),
    id: span.spanID,
    parentId: parent?.spanID ?? null,
    name: span.operationName,
    service: processes?.[span.processID]?.serviceName ?? "",
    startNs,
    endNs: startNs + BigInt(Math.round(span.duration)) * 1000n,
    error: span.tags?.some(({ key, value }) => key === "error" && value === true) ?? false,
  };
}

function summarise(spans) {
  const traces = new Map();
  for (const span of spans) {
    if (!traces.has(span.traceId)) traces.set(span.traceId, []);
    traces.get(span.traceId).push(span);
  }
  const rows = [...traces].map(([id, those]) => summary(id, those));
  return rows.sort((one, other) => inOrder(other.startNs, one.startNs));
}

function summary(id, spans) {
  const ids = new Set(spans.map((span) => span.id));
  const byStart = [...spans].sort((one, other) => (one.startNs < other.startNs ? -1 : 1));
  const root = byStart.find((span) => span.parentId === null);
  const endNs = spans.reduce((latest, span) => (span.endNs > latest ? span.endNs : latest), 0n);
  const services = new Map();
  for (const { service, error } of spans) {
    const sums = services.get(service) ?? { name: service, spans: 0, errors: 0 };
    services.set(service, { ...sums, spans: sums.spans + 1, errors: sums.errors + error });
  }
  return {
    id,
    service: root?.service ?? "",
    operation: root?.name ?? "",
    startNs: byStart[0].startNs,
    duration: endNs > byStart[0].startNs ? Number(endNs - byStart[0].startNs) / 1000 : 0,
    spans: spans.length,
    errors: spans.filter((span) => span.error).length,
    orphans: spans.filter((span) => span.parentId !== null && !ids.has(span.parentId)).length,
    services: [...services.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}
