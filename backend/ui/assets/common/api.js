// The query API, which is Jaeger's. What the embedded back end has beyond it is marked.

/** Whether the back end is the embedded one, with what it has beyond Jaeger's API. */
export const embedded = document.documentElement.dataset.embedded === "true";

/** The back end said no (status 400 and above), or said nothing (status 0). */
export class BackendError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The names of all services, sorted. */
export async function services() {
  return ((await get("/api/v3/services")).services ?? []).sort();
}

/** A service's operations, sorted: `{name, spanKind}`. */
export async function operations(service) {
  const found = (await get(`/api/v3/operations?${new URLSearchParams({ service })}`)).operations ?? [];
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * A trace as OTLP JSON: its resourceSpans. Null while it is unknown, undefined if nothing has changed since the last time.
 * @param {string} id
 * @param {{version?: string, text?: string}} last what came the last time; written to.
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

/**
 * Calls between services: `{parent, child, callCount}`, and of the embedded back end `{errorCount, durationP50,
 * durationP99}` (µs) besides.
 * @param {number} end ms since the epoch
 * @param {number} lookback ms
 */
export async function dependencies(end, lookback) {
  const parameters = new URLSearchParams({ endTs: end, lookback });
  if (embedded) parameters.set("stats", "true");
  return (await get(`/api/dependencies?${parameters}`)).data ?? [];
}

/** The JSON of an answer; a fault becomes a BackendError with what the back end says. */
export async function get(address, options = {}) {
  const response = await ask(address, options);
  return parsed(response, await response.text());
}

/** The answer itself; throws only where there is none. */
export async function ask(address, options = {}) {
  try {
    return await fetch(address, { cache: "no-cache", ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new BackendError("The back end does not answer", 0);
  }
}

function parsed(response, text) {
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    if (response.ok) throw new BackendError("The back end's answer is no JSON", response.status);
  }
  if (response.ok) return document;
  const told = document?.errors?.[0]?.msg ?? document?.error?.message ?? document?.message;
  throw new BackendError(told ?? `The back end answers with status ${response.status}`, response.status);
}
