// The query API, which is Jaeger's: every request that the pages send to the back end. Extensions of the embedded back
// end are marked as such.

const told = document.documentElement.dataset;
/** Whether the back end is the embedded one, with its extensions to Jaeger's API. */
export const embedded = told.embedded === "true";
/** The receivers' ports; null if there is none. For another Jaeger, Jaeger's defaults. */
export const doors = { grpc: Number(told.otlpGrpc ?? 4317) || null, http: Number(told.otlpHttp ?? 4318) || null };
export const BASE = told.basePath ?? ""; // prefix of all paths, behind a proxy
export const EXPORT_ALL = `${BASE}/api/export`; // embedded only: all traces, one line of OTLP JSON each
export const EVER = ["1970-01-01T00:00:00Z", "2262-01-01T00:00:00Z"]; // all time, in v3's format

/** The back end returned an error (status 400 and above), or nothing (status 0). */
export class BackendError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function services() {
  return ((await get("/api/v3/services")).services ?? []).sort();
}

/** A service's operations, sorted: `{name, spanKind}`. */
export async function operations(service) {
  const found = (await get("/api/v3/operations", { service })).operations ?? [];
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * A trace as OTLP JSON: its resourceSpans. Null if it is unknown, undefined if it has not changed since the previous
 * call, whose state is in `last` (updated).
 */
export async function trace(id, last = {}) {
  const response = await ask(`/api/v3/traces/${encodeURIComponent(id)}`);
  if (response.status === 404) return null;
  const version = response.headers.get("ETag");
  if (response.ok && version && last.version === version) return undefined;
  const text = await response.text();
  if (response.ok && last.text === text) return undefined;
  const answer = parsed(response, text);
  Object.assign(last, { version, text });
  return answer.result?.resourceSpans ?? [];
}

/** Summaries of the traces that a search finds, in v3's format; the embedded back end also takes `query.filter`. */
export async function summaries(parameters, signal) {
  return (await summariesWithTotal(parameters, signal)).summaries ?? [];
}

/** `{summaries, total: {traces, complete, spans}}`; only the embedded back end returns the total, on request. */
export function summariesWithTotal(parameters, signal) {
  return get("/api/v3/trace-summaries", parameters, { signal });
}

/** Embedded only: stored keys, for `{match, service}`: `{found: {text, spans}[], spans, complete}`. */
export function storedKeys(about, signal) {
  return get("/api/keys", about, { signal });
}

/** Likewise the values of a key, for `{key, match, service}`. */
export function storedValues(about, signal) {
  return get("/api/values", about, { signal });
}

/** The resourceSpans of the traces that a search finds. */
export async function searchV3(parameters, signal) {
  return (await get("/api/v3/traces", parameters, { signal })).result?.resourceSpans ?? [];
}

/** Likewise from the older API; the embedded back end accepts ids there, as `traceID`. */
export async function searchV1(parameters, signal) {
  return (await get("/api/traces", parameters, { signal })).data ?? [];
}

/** A trace from the older API, in a list, without clock skew adjustment. */
export async function traceV1(id) {
  return (await get(`/api/traces/${encodeURIComponent(id)}`, { raw: "true" })).data ?? [];
}

/** A trace as a file in Jaeger's JSON; null if there is no older API. */
export async function jaegerFile(id) {
  const response = await ask(`/api/traces/${encodeURIComponent(id)}?prettyPrint=true`);
  // Newer Jaegers return 404, or their start page.
  if (response.status === 404 || !response.headers.get("Content-Type")?.includes("json")) return null;
  return (await accepted(response)).blob();
}

/** Embedded only: some traces as lines of OTLP JSON, with spans as received. */
export async function exportedLines(parameters) {
  return (await accepted(await ask(`/api/export?${parameters}`))).text();
}

/** Embedded only: store a trace file; returns `{spans, rejected}`. The browser streams the file. */
export function importFile(file) {
  return get("/api/import", {}, { method: "POST", body: file });
}

/** Embedded only: delete all traces. */
export async function deleteTraces() {
  await accepted(await ask("/api/traces", { method: "DELETE" }));
}

/** Calls between services: `{parent, child, callCount}`; `end` and `lookback` in ms. */
export async function dependencies(end, lookback) {
  return (await get("/api/dependencies", { endTs: end, lookback })).data ?? [];
}

/**
 * Embedded only: `{data, services}`: the same calls, with `{inProcessCount, messageCount, errorCount, durationP50,
 * durationP99}` (µs), which take longer, and the names of all services in that time.
 */
export function dependenciesWithFigures(end, lookback) {
  return get("/api/dependencies", { endTs: end, lookback, ...(embedded ? { stats: "true" } : {}) });
}

/** Embedded only: rate, errors and durations, `{begin, step, groups, points}`. Parameters are pairs. */
export function metrics(parameters, signal) {
  return get("/api/metrics", parameters, { signal });
}

/** Embedded only: the news stream, with a `change` event per change. */
export function newsStream() {
  return new EventSource(`${BASE}/api/live`);
}

async function get(path, parameters = {}, options = {}) {
  const query = new URLSearchParams(parameters);
  const response = await ask(query.size ? `${path}?${query}` : path, options);
  return parsed(response, await response.text());
}

/** Send a request; throws only if there is no response. */
async function ask(path, options = {}) {
  try {
    return await fetch(BASE + path, { cache: "no-cache", headers: { Accept: "application/json" }, ...options });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new BackendError("The back end does not answer", 0);
  }
}

async function accepted(response) {
  if (!response.ok) parsed(response, await response.text());
  return response;
}

/** Parse a JSON response; throws a BackendError with the back end's message if it is an error. */
function parsed(response, text) {
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    if (response.ok) throw new BackendError("The back end's answer is no JSON", response.status);
  }
  if (response.ok) return document;
  const reason = document?.errors?.[0]?.msg ?? document?.error?.message ?? document?.message;
  throw new BackendError(reason ?? `The back end answers with status ${response.status}`, response.status);
}
