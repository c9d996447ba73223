// Search results: one row per trace.

import { embedded, EVER, summariesWithTotal } from "../common/api.js";
import { count, grouped } from "../common/format.js";
import { filterOf, jaegerTags, readTerms } from "../common/terms.js";
import { searchIds, searchOlder } from "./without_summaries.js";
import { bounds, NEWEST } from "./query.js";

let older = false; // whether this Jaeger lacks summaries

/**
 * A trace in the list: its id of 32 hex digits, service and operation of the root span, both empty if it is missing,
 * `startNs` since the epoch, duration in µs, numbers of spans, of spans with errors, and of orphans, whose parent is
 * missing, and `{name, spans, errors}` per service. The embedded back end adds `request`, `{method, target, status}` of
 * the root; `error`, `{service, operation, message}` of the deepest error; and `bars`, `[service, start, length]` of
 * the longest spans, as service index and thousandths of the trace. `outline` is all three as text.
 * @typedef {object} Row
 */

/**
 * Run a search, as far as the back end supports it: only the embedded one takes filters. Rows are in the query's order
 * with the embedded one, else newest first; `more`: whether further traces follow, as far as the back end says;
 * `total`: number of all matches, `{traces, complete}`, if it says; `note`: what the user should know about the result.
 */
export async function search(query, signal) {
  if (query.ids.length > 0) return searchIds(query.ids);
  const { terms } = readTerms(query.tags);
  if (!older) {
    try {
      return await searchSummaries(query, terms, signal);
    } catch (problem) {
      // Jaeger 1 answers unknown routes with its start page.
      if (embedded || !(problem.status === 404 || problem.status === 200)) throw problem;
      older = true;
    }
  }
  return searchOlder(query, jaegerTags(terms).attributes, parameters(query), signal);
}

/** Embedded only: number of traces that a query matches, `{traces, complete}`. */
export async function countTraces(query, signal) {
  const asks = asksFor({ ...query, sort: NEWEST }, readTerms(query.tags).terms);
  asks.set("query.searchDepth", 1);
  return (await summariesWithTotal(asks, signal)).total;
}

/** Format such a count as `1,234 traces`; "" if unknown. */
export function totalText(total) {
  if (!total) return "";
  return `${total.complete ? "" : "more than "}${count(total.traces, "trace")}`;
}

async function searchSummaries(query, terms, signal) {
  const asks = asksFor(query, terms);
  const before = (query.page - 1) * query.limit;
  asks.set("query.searchDepth", query.limit);
  if (embedded) asks.set("query.outline", "true");
  if (before > 0) asks.set("query.offset", before);
  const { summaries, total } = await summariesWithTotal(asks, signal);
  const rows = (summaries ?? []).map(rowOf);
  const more = Boolean(total) && (!total.complete || total.traces > before + rows.length);
  return { rows, more, total, note: orderNote(query, rows, total) };
}

/** A note if the order does not cover all matches. */
function orderNote({ sort, limit }, rows, total) {
  if (sort === NEWEST) return "";
  if (total?.spans) return `There are too many spans to sort: only the newest ${grouped(total.spans)} are looked at.`;
  return embedded || rows.length < limit ? "" : `Only the newest ${rows.length} are sorted: this Jaeger gives no others.`;
}

/** The parameters of a query, without pagination. */
function asksFor(query, terms) {
  const asks = parameters(query);
  if (embedded) {
    for (const term of terms) asks.append("query.filter", filterOf(term));
    if (query.errors) asks.append("query.filter", "error=true");
    if (query.sort !== NEWEST) asks.set("query.sort", query.sort);
    asks.set("query.total", "true");
  } else {
    const { attributes } = jaegerTags(terms);
    if (query.errors) attributes.error = "true";
    if (Object.keys(attributes).length > 0) asks.set("query.attributes", JSON.stringify(attributes));
  }
  return asks;
}

/** Service, operation, times and durations, which every v3 takes. */
function parameters(query) {
  const now = Date.now();
  const { from, to } = bounds(query, now);
  const asks = new URLSearchParams();
  if (query.service) asks.set("query.serviceName", query.service);
  if (query.operation) asks.set("query.operationName", query.operation);
  asks.set("query.startTimeMin", from === null ? EVER[0] : rfc3339(from));
  // A constant end makes repeated requests equal, so the embedded back end can answer 304. Jaeger's stores may scan
  // every day up to the end, so send them the current time.
  asks.set("query.startTimeMax", to !== null ? rfc3339(to) : embedded ? EVER[1] : rfc3339(now * 1000));
  if (query.minDuration) asks.set("query.durationMin", query.minDuration);
  if (query.maxDuration) asks.set("query.durationMax", query.maxDuration);
  return asks;
}

function rfc3339(microseconds) {
  const [date] = new Date(Math.floor(microseconds / 1000)).toISOString().split("Z");
  return `${date}${String(microseconds % 1000).padStart(3, "0")}Z`;
}

/** Convert a summary; Jaeger omits zero and empty fields. */
function rowOf(summary) {
  const startNs = BigInt(summary.minStartTimeUnixNano ?? 0);
  const endNs = BigInt(summary.maxEndTimeUnixNano ?? 0);
  return {
    id: summary.traceId,
    service: summary.rootServiceName ?? "",
    operation: summary.rootOperationName ?? "",
    startNs,
    duration: endNs > startNs ? Number(endNs - startNs) / 1000 : 0,
    spans: summary.spanCount ?? 0,
    errors: summary.errorSpanCount ?? 0,
    orphans: summary.orphanSpanCount ?? 0,
    request: summary.request,
    error: summary.error,
    bars: summary.bars,
    outline: JSON.stringify([summary.request, summary.error, summary.bars]),
    services: (summary.services ?? []).map(({ name, spanCount, errorSpanCount }) => ({
      name: name ?? "",
      spans: spanCount ?? 0,
      errors: errorSpanCount ?? 0,
    })),
  };
}
