// The links of a span, in both directions.

import { embedded, get } from "../../common/api.js";
import { serviceLabel } from "../../common/colour.js";
import { button, element } from "../../common/dom.js";
import { clock } from "../../common/format.js";
import { isolated, shortened } from "../../common/text.js";
import { attributeList } from "./attributes.js";

const MOST = 50;
const TRACES = 20; // others that link here
const indexes = new WeakMap(); // trace: of linkers

/** The spans of a trace that link to one of its spans. */
export function linkers(trace, spanId) {
  if (!indexes.has(trace)) indexes.set(trace, indexOf(trace));
  return indexes.get(trace).get(spanId) ?? [];
}

function indexOf(trace) {
  const index = new Map();
  for (const span of trace.spans) {
    if (!span.raw.links) continue;
    for (const { traceId, spanId } of span.links) {
      if (traceId !== trace.id) continue;
      const those = index.get(spanId) ?? [];
      if (!those.includes(span)) those.push(span);
      index.set(spanId, those);
    }
  }
  return index;
}

/** The links that a span has, as elements. */
export function linkList(span, state) {
  const links = span.links;
  const list = element("ul", "links", ...links.slice(0, MOST).map((link) => linkElement(link, state)));
  const left = links.length - MOST;
  return left > 0 ? [list, element("p", "quiet", `${left.toLocaleString("en")} more are in the raw JSON.`)] : [list];
}

function linkElement(link, state) {
  return element(
    "li",
    "",
    way(link, state),
    link.traceState ? element("p", "quiet", "tracestate ", element("code", "", isolated(link.traceState, 512))) : null,
    link.attributes.length > 0 ? attributeList(link.attributes, { find: (key) => key }) : null,
    link.dropped > 0 ? element("p", "quiet", `${link.dropped} of its attributes were dropped.`) : null,
  );
}

function way({ traceId, spanId }, state) {
  const node = traceId === state.trace.id ? state.nodes.get(spanId) : null;
  if (node && !node.missing) return element("span", "", spanButton(node, state), element("span", "quiet", " of this trace"));
  const address = `/trace/${encodeURIComponent(traceId)}#${encodeURIComponent(spanId)}`;
  const where = traceId === state.trace.id ? "of this trace, which has not arrived" : "of another trace";
  return element(
    "span",
    "",
    element("a", { class: "mono", href: address }, `${traceId.slice(0, 8)}… ${spanId}`),
    element("span", "quiet", ` ${where}`),
  );
}

/** A button that selects a span. */
export function spanButton(span, state) {
  const label = element("span", "", serviceLabel(shortened(span.service, 60)), " ", isolated(span.name, 120));
  return button(label, { class: "span-link" }, () => state.change({ selected: span.id }));
}

/** The spans that link to this one, as elements: those of this trace now, those of others when they are found. */
export function backlinkList(span, state, signal) {
  const own = linkers(state.trace, span.raw.spanId).slice(0, MOST);
  const list = element(
    "ul",
    "links",
    ...own.map((linker) => element("li", "", spanButton(linker, state), element("span", "quiet", " of this trace"))),
  );
  const told = element(
    "p",
    "quiet",
    embedded ? "Looking in other traces…" : "Only the embedded back end finds links from other traces.",
  );
  if (embedded) findOthers(span, state, signal, list, told);
  return [list, told];
}

async function findOthers(span, state, signal, list, told) {
  try {
    const found = (await otherTraces(span.raw, signal)).filter(({ traceId }) => traceId !== state.trace.id);
    list.append(...found.map((summary) => otherElement(summary, span.raw.spanId)));
    told.textContent =
      found.length === 0 ? "No other trace links here." : found.length >= TRACES ? `The newest ${TRACES}.` : "";
    told.hidden = !told.textContent;
  } catch (problem) {
    if (problem.name !== "AbortError") told.textContent = `✗ ${problem.message}`;
  }
}

async function otherTraces({ traceId, spanId }, signal) {
  const parameters = new URLSearchParams([
    ["query.startTimeMin", "1970-01-01T00:00:00Z"],
    ["query.startTimeMax", "2262-01-01T00:00:00Z"],
    ["query.searchDepth", TRACES],
    ["query.filter", `link.trace_id=${traceId}`],
    ["query.filter", `link.span_id=${spanId}`],
  ]);
  return (await get(`/api/v3/trace-summaries?${parameters}`, { signal })).summaries ?? [];
}

function otherElement(summary, spanId) {
  const address = `/trace/${encodeURIComponent(summary.traceId)}?${new URLSearchParams({ uiFind: spanId })}`;
  const name = [summary.rootServiceName || "(root missing)", summary.rootOperationName].filter(Boolean).join(" ");
  const time = clock(Number(BigInt(summary.minStartTimeUnixNano ?? 0) / 1_000_000n));
  return element(
    "li",
    "",
    element("a", { href: address }, isolated(name, 120)),
    element("span", "quiet", ` another trace, ${time}`),
  );
}
