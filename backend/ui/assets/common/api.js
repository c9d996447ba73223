// The query API, which is Jaeger's: all that the pages ask the back end for. What the embedded one has beyond is
// marked.

const told = document.documentElement.dataset;
/** Whether the back end is the embedded one, with what it has beyond Jaeger's API. */
export const embedded = told.embedded === "true";
/** The ports that take traces; null where there is none. Of another Jaeger they are what Jaegers have. */
export const doors = { grpc: Number(told.otlpGrpc ?? 4317) || null, http: Number(told.otlpHttp ?? 4318) || null };
export const BASE = told.basePath ?? ""; // which all paths begin with, behind a proxy
export const EXPORT_ALL = `${BASE}/api/export`; // where the embedded back end gives all its traces, a line of OTLP JSON each
export const EVER = ["1970-01-01T00:00:00Z", "2262-01-01T00:00:00Z"]; // all time, as v3 takes it

/** The back end said no (status 400 and above), or said nothing (status 0). */
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
 * A trace as OTLP JSON: its resourceSpans. Null while it is unknown, undefined if nothing has changed since `last`,
 * what came the last time, which is written to.
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

/** Summaries of the traces that a search finds, as v3 has them; of the embedded back end also by `query.filter`. */
export async function summaries(parameters, signal) {
  return (await summariesWithTotal(parameters, signal)).summaries ?? [];
}

/** `{summaries, total: {traces, complete, spans}}`; the total only of the embedded back end, where it is asked for. */
export function summariesWithTotal(parameters, signal) {
  return get("/api/v3/trace-summaries", parameters, { signal });
}

/** Keys that are stored, of `{match, service}`: `{found: {text, spans}[], spans, complete}`; of the embedded back end. */
export function storedKeys(about, signal) {
  return get("/api/keys", about, { signal });
}

/** Likewise the values under a key, of `{key, match, service}`. */
export function storedValues(about, signal) {
  return get("/api/values", about, { signal });
}

/** The traces that a search finds, whole: their resourceSpans. */
export async function searchV3(parameters, signal) {
  return (await get("/api/v3/traces", parameters, { signal })).result?.resourceSpans ?? [];
}

/** Likewise of the older API; the embedded back end takes ids there, as `traceID`. */
export async function searchV1(parameters, signal) {
  return (await get("/api/traces", parameters, { signal })).data ?? [];
}

/** A trace of the older API, in a list, without clock skew adjustment. */
export async function traceV1(id) {
  return (await get(`/api/traces/${encodeURIComponent(id)}`, { raw: "true" })).data ?? [];
}

/** A trace as a file of Jaeger's JSON; null where there is no older API. */
export async function jaegerFile(id) {
  const response = await ask(`/api/traces/${encodeURIComponent(id)}?prettyPrint=true`);
  // Newer Jaegers say that there is no such route, or answer with their start page.
  if (response.status === 404 || !response.headers.get("Content-Type")?.includes("json")) return null;
  return (await accepted(response)).blob();
}

/** Lines of OTLP JSON of some traces, with the spans as they came; of the embedded back end. */
export async function exportedLines(parameters) {
  return (await accepted(await ask(`/api/export?${parameters}`))).text();
}

/** Store a file of traces: `{spans, rejected}`; the embedded back end does. The browser sends it piece by piece. */
export function importFile(file) {
  return get("/api/import", {}, { method: "POST", body: file });
}

/** Delete all traces; the embedded back end does. */
export async function deleteTraces() {
  await accepted(await ask("/api/traces", { method: "DELETE" }));
}

/** Calls between services: `{parent, child, callCount}`; `end` and `lookback` in ms. */
export async function dependencies(end, lookback) {
  return (await get("/api/dependencies", { endTs: end, lookback })).data ?? [];
}

/**
 * `{data, services}`: likewise, of the embedded back end with `{inProcessCount, messageCount, errorCount, durationP50,
 * durationP99}` (µs), which take longer, and the names of all services of that time.
 */
export function dependenciesWithFigures(end, lookback) {
  return get("/api/dependencies", { endTs: end, lookback, ...(embedded ? { stats: "true" } : {}) });
}

/** Rate, errors and durations, `{begin, step, groups, points}`; of the embedded back end. Parameters are pairs. */
export function metrics(parameters, signal) {
  return get("/api/metrics", parameters, { signal });
}

/** The stream of news of the embedded back end: an event `change` for each. */
export function newsStream() {
  return new EventSource(`${BASE}/api/live`);
}

async function get(path, parameters = {}, options = {}) {
  const query = new URLSearchParams(parameters);
  const response = await ask(query.size ? `${path}?${query}` : path, options);
  return parsed(response, await response.text());
}

/** The answer; throws only where there is none. */
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

/** The JSON of an answer; a fault becomes a BackendError with what the back end says. */
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
