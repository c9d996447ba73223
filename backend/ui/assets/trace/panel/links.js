// The links of a span, in both directions.

import { traceAddress } from "../../common/page_addresses.js";
import { embedded, EVER, summaries } from "../../common/api.js";
import { button, element, isolated, serviceLabel, shortened } from "../../common/dom.js";
import { clockOf, grouped } from "../../common/format.js";
import { attributeList } from "./attributes.js";

const MOST = 50;
const TRACES = 20; // others that link here
const ONLY_EMBEDDED = "Only the embedded back end finds links from other traces.";
const indexes = new WeakMap(); // trace: of linkers

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

export function linkList(span, state) {
  const links = span.links;
  const list = element("ul", "links", ...links.slice(0, MOST).map((link) => linkElement(link, state)));
  const left = links.length - MOST;
  return left > 0 ? [list, element("p", "quiet", `${grouped(left)} more are in the raw JSON.`)] : [list];
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
  if (node && !node.missing) return element("span", "", ...ofThisTrace(node, state));
  const where = traceId === state.trace.id ? "of this trace, which has not arrived" : "of another trace";
  return element(
    "span",
    "",
    element("a", { class: "mono", href: traceAddress(traceId, { span: spanId }) }, `${traceId.slice(0, 8)}… ${spanId}`),
    element("span", "quiet", ` ${where}`),
  );
}

function ofThisTrace(span, state) {
  return [spanButton(span, state), element("span", "quiet", " of this trace")];
}

export function spanButton(span, state) {
  const label = element("span", "", serviceLabel(shortened(span.service, 60)), " ", isolated(span.name, 120));
  return button(label, { class: "span-link" }, () => state.change({ selected: span.id }));
}

/** The spans that link to this one, as elements: those of this trace now, those of others when they are found. */
export function backlinkList(span, state, signal) {
  const own = linkers(state.trace, span.raw.spanId).slice(0, MOST);
  const list = element("ul", "links", ...own.map((linker) => element("li", "", ...ofThisTrace(linker, state))));
  const told = element("p", "quiet", embedded ? "Looking in other traces…" : ONLY_EMBEDDED);
  if (embedded) findOthers(span, state, signal, list, told);
  return [list, told];
}

async function findOthers(span, state, signal, list, told) {
  try {
    const found = (await otherTraces(span.raw, signal)).filter(({ traceId }) => traceId !== state.trace.id);
    list.append(...found.map((summary) => otherElement(summary, span.raw.spanId)));
    const cut = found.length >= TRACES ? `The newest ${TRACES}.` : "";
    told.textContent = found.length === 0 ? "No other trace links here." : cut;
    told.hidden = !told.textContent;
  } catch (problem) {
    if (problem.name !== "AbortError") told.textContent = `✗ ${problem.message}`;
  }
}

function otherTraces({ traceId, spanId }, signal) {
  const parameters = new URLSearchParams([
    ["query.startTimeMin", EVER[0]],
    ["query.startTimeMax", EVER[1]],
    ["query.searchDepth", TRACES],
    ["query.filter", `link.trace_id=${traceId}`],
    ["query.filter", `link.span_id=${spanId}`],
  ]);
  return summaries(parameters, signal);
}

function otherElement(summary, spanId) {
  const name = [summary.rootServiceName || "(root missing)", summary.rootOperationName].filter(Boolean).join(" ");
  const time = clockOf(BigInt(summary.minStartTimeUnixNano ?? 0));
  const link = element("a", { href: traceAddress(summary.traceId, { find: spanId }) }, isolated(name, 120));
  return element("li", "", link, element("span", "quiet", ` another trace, ${time}`));
}
