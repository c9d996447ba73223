// What a search finds: one row for each trace.

import { embedded, EVER, summariesWithTotal } from "../common/api.js";
import { count, grouped } from "../common/format.js";
import { filterOf, jaegerTags, readTerms } from "../common/terms.js";
import { searchIds, searchOlder } from "./without_summaries.js";
import { bounds, NEWEST } from "./query.js";

let older = false; // a Jaeger that has no summaries

/**
 * A trace in the list: its id of 32 hex digits, service and operation of the root span, both empty where it is missing,
 * `startNs` since the epoch, duration in µs, numbers of spans, of those with errors, and of orphans, whose parent is
 * missing, and `{name, spans, errors}` of the services. Of the embedded back end also `request`, `{method, target,
 * status}` of the root; `error`, `{service, operation, message}` of the deepest; and `bars`, `[service, start, length]`
 * of the longest spans, places among the services and thousandths of the trace. `outline` is all three as a text.
 * @typedef {object} Row
 */

/**
 * Search for what the back end can answer: filters are for the embedded one. Rows come in the
 * query's order from the embedded one, else newest first; `more`: there are others behind them, as far as the back end
 * tells; `total`: how many there are in all, `{traces, complete}`, if it tells; `note`: what one has to know of it.
 */
export async function search(query, signal) {
  if (query.ids.length > 0) return searchIds(query.ids);
  const { terms } = readTerms(query.tags);
  if (!older) {
    try {
      return await searchSummaries(query, terms, signal);
    } catch (problem) {
      // Jaeger 1 answers what it does not know with its start page.
      if (embedded || !(problem.status === 404 || problem.status === 200)) throw problem;
      older = true;
    }
  }
  return searchOlder(query, jaegerTags(terms).attributes, parameters(query), signal);
}

/** How many traces a query finds, `{traces, complete}`; of the embedded back end. */
export async function countTraces(query, signal) {
  const asks = asksFor({ ...query, sort: NEWEST }, readTerms(query.tags).terms);
  asks.set("query.searchDepth", 1);
  return (await summariesWithTotal(asks, signal)).total;
}

/** `1,234 traces` of such a count; "" where it is not known. */
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

/** Where it is not all that fit that are in order. */
function orderNote({ sort, limit }, rows, total) {
  if (sort === NEWEST) return "";
  if (total?.spans) return `There are too many spans to sort: only the newest ${grouped(total.spans)} are looked at.`;
  return embedded || rows.length < limit ? "" : `Only the newest ${rows.length} are sorted: this Jaeger gives no others.`;
}

/** The parameters of a query, without its page. */
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

/** Service, operation, times and durations, as each v3 has them. */
function parameters(query) {
  const now = Date.now();
  const { from, to } = bounds(query, now);
  const asks = new URLSearchParams();
  if (query.service) asks.set("query.serviceName", query.service);
  if (query.operation) asks.set("query.operationName", query.operation);
  asks.set("query.startTimeMin", from === null ? EVER[0] : rfc3339(from));
  // The end of all time is the same each time, which the embedded one can answer in a word. Jaeger's stores may go
  // through each day until then.
  asks.set("query.startTimeMax", to !== null ? rfc3339(to) : embedded ? EVER[1] : rfc3339(now * 1000));
  if (query.minDuration) asks.set("query.durationMin", query.minDuration);
  if (query.maxDuration) asks.set("query.durationMax", query.maxDuration);
  return asks;
}

function rfc3339(microseconds) {
  const [date] = new Date(Math.floor(microseconds / 1000)).toISOString().split("Z");
  return `${date}${String(microseconds % 1000).padStart(3, "0")}Z`;
}

/** Jaeger leaves out what is zero or empty. */
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
