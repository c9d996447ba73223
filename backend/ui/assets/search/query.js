// A query: its form in the address, and its time range.

import { microseconds } from "../common/format.js";
import { isTraceId, typedTraceId } from "../common/page_addresses.js";
import { equal, readTerms, writeTerms } from "../common/terms.js";

export const LIMITS = [20, 50, 100, 200, 500, 1000, 1500];
export const LOOKBACKS = {
  "5m": "Last 5 minutes",
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "2d": "Last 2 days",
  "7d": "Last 7 days",
  all: "All time",
};
export const SORTS = {
  newest: "Newest first",
  longest: "Longest first",
  shortest: "Shortest first",
  most: "Most spans",
  least: "Least spans",
};
export const NEWEST = Object.keys(SORTS)[0];
const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }; // seconds
const LOOKBACK = /^(\d{1,6})([smhdw])$/;
// A look-back moves in this many steps, so that a repeated request stays the same for a while and can get a 304.
const STEPS = 60;
// Jaeger UI's values for "any".
const ANY = new Set(["all", "__all_operations__", "__all_services__"]);
const FARTHEST = 9_214_646_400_000_000; // µs: 2262, where nanoseconds no longer fit 64 bits

/**
 * The default query, without conditions. Fields: service and operation, empty for all; tags as typed, see terms.js;
 * minDuration and maxDuration such as `100ms`, empty for none; lookback such as `1h`, `all`, or `custom`, i.e. from
 * start to end, µs since the epoch; with a look-back, end is where later pages start; errors, whether to show only
 * traces with errors; limit, traces per page; page, from 1; sort, one of SORTS; ids of specific traces, which override
 * everything else.
 */
export function plainQuery(lookback) {
  const none = { service: "", operation: "", tags: "", minDuration: "", maxDuration: "", start: null, end: null };
  return { ...none, lookback, errors: false, limit: LIMITS[0], page: 1, sort: NEWEST, ids: [] };
}

/** Whether a query has no conditions besides its time range. */
export function isPlain({ service, operation, tags, minDuration, maxDuration, errors, ids }) {
  return !(service || operation || tags || minDuration || maxDuration || errors || ids.length);
}

/**
 * Parse an address, ours or Jaeger's, which may also have `traceID=A&traceID=B` and `tag=key:value`; ignores invalid
 * parts. `lookback` is the default.
 */
export function readQuery(parameters, lookback) {
  const text = (name) => parameters.get(name)?.trim() ?? "";
  const name = (key) => (ANY.has(parameters.get(key)) ? "" : (parameters.get(key) ?? ""));
  const length = (key) => (microseconds(text(key)) === null ? "" : text(key));
  const [start, end] = [moment(text("start")), moment(text("end"))];
  const given = text("lookback");
  const known = given === "all" || LOOKBACK.test(given);
  const sort = text("sort") in SORTS ? text("sort") : NEWEST;
  const ids = idsIn(parameters);
  if (ids.length > 0) return { ...plainQuery("all"), sort, ids };
  const page = Math.min(positive(text("page")) ?? 1, 1e6);
  // Jaeger UI's addresses have start and end besides a look-back, so that a shared link shows the same.
  const custom = start !== null || (end !== null && !(known && page > 1));
  return {
    service: name("service"),
    operation: name("operation"),
    tags: tagsIn(parameters),
    minDuration: length("minDuration"),
    maxDuration: length("maxDuration"),
    lookback: custom ? "custom" : known ? given : lookback,
    start,
    end,
    errors: text("errors") === "true",
    limit: Math.min(positive(text("limit")) ?? LIMITS[0], LIMITS.at(-1)),
    page,
    sort,
    ids,
  };
}

function idsIn(parameters) {
  return [...new Set(parameters.getAll("traceID").map(typedTraceId))].filter(isTraceId);
}

/** The tags as typed; unchanged if invalid. */
function tagsIn(parameters) {
  const text = parameters.get("tags")?.trim() ?? "";
  const pairs = parameters.getAll("tag").map(termOf).filter(({ key }) => key);
  const { terms, fault } = readTerms(text);
  if (fault || (pairs.length === 0 && !text.startsWith("{"))) return text;
  return writeTerms([...terms, ...pairs]);
}

/** Convert to a term of terms.js. The value may contain colons. */
function termOf(pair) {
  const [key, ...value] = pair.split(":");
  return equal(key.trim(), value.length > 0 ? value.join(":") : "true");
}

function positive(text) {
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

function moment(text) {
  return /^\d{1,16}$/.test(text) ? Math.min(Number(text), FARTHEST) : null;
}

/** The parameters of a query's address. @param {Query} query @returns {URLSearchParams} */
export function writeQuery(query) {
  const parameters = new URLSearchParams(query.ids.map((id) => ["traceID", id]));
  if (query.sort !== NEWEST) parameters.set("sort", query.sort);
  if (query.ids.length > 0) return parameters;
  for (const key of ["service", "operation", "tags", "minDuration", "maxDuration"]) {
    if (query[key]) parameters.set(key, query[key]);
  }
  parameters.set("lookback", query.lookback);
  if (query.lookback === "custom" && query.start !== null) parameters.set("start", query.start);
  if ((query.lookback === "custom" || query.page > 1) && query.end !== null) parameters.set("end", query.end);
  if (query.errors) parameters.set("errors", "true");
  parameters.set("limit", query.limit);
  if (query.page > 1) parameters.set("page", query.page);
  return parameters;
}

/** The time range of a query: `{from, to}`, µs since the epoch, null for unbounded; `now` in ms. */
export function bounds(query, now) {
  if (query.lookback === "custom") return { from: query.start, to: query.end };
  const to = query.page > 1 ? query.end : null;
  const [, number, unit] = LOOKBACK.exec(query.lookback) ?? [];
  if (!unit) return { from: null, to };
  const length = Number(number) * UNITS[unit] * 1e6;
  const step = Math.max(length / STEPS, 1e6);
  return { from: Math.max(0, Math.floor((now * 1000 - length) / step) * step), to };
}

/** Whether new traces can still change the results on this page. */
export function isLive(query, now) {
  const { to } = bounds(query, now);
  return query.page === 1 && (to === null || to > now * 1000);
}

export function lookbackLabel(lookback) {
  return LOOKBACKS[lookback] ?? `Last ${lookback}`;
}
