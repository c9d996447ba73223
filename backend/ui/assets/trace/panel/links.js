// The links of a span, in both directions.

import { traceAddress } from "../../common/page_addresses.js";
import { embedded, EVER, summaries, trace as fetchTrace } from "../../common/api.js";
import { button, element, isolated, serviceLabel } from "../../common/dom.js";
import { clockOf, grouped } from "../../common/format.js";
import { readTrace } from "../../common/model.js";
import { attributeList } from "./attributes.js";

const MOST = 50;
const TRACES = 20; // other traces that link here
const READ = 5; // other traces to fetch, for the names of their spans
const KEPT = 10; // other traces to cache
const ONLY_EMBEDDED = "Only the embedded back end finds links from other traces.";
const indexes = new WeakMap(); // trace: index of linking spans
const others = new Map(); // trace id: a promise of its spans

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

export function linkList(span, state, signal) {
  const links = span.links;
  const read = new Set(links.map(({ traceId }) => traceId).filter((id) => id !== state.trace.id));
  const named = [...read].slice(0, READ);
  const list = element(
    "ul",
    "links",
    ...links.slice(0, MOST).map((link) => linkElement(link, state, named.includes(link.traceId) ? signal : null)),
  );
  const left = links.length - MOST;
  return left > 0 ? [list, element("p", "quiet", `${grouped(left)} more are in the raw JSON.`)] : [list];
}

function linkElement(link, state, signal) {
  return element(
    "li",
    "",
    way(link, state, signal),
    link.traceState ? element("p", "quiet", "tracestate ", element("code", "", isolated(link.traceState, 512))) : null,
    link.attributes.length > 0 ? attributeList(link.attributes, { find: (key) => key }) : null,
    link.dropped > 0 ? element("p", "quiet", `${link.dropped} of its attributes were dropped.`) : null,
  );
}

function way({ traceId, spanId }, state, signal) {
  const node = traceId === state.trace.id ? state.nodes.get(spanId) : null;
  if (node && !node.missing) return element("span", "", ...ofThisTrace(node, state));
  const where = traceId === state.trace.id ? "of this trace, which has not arrived" : "of another trace";
  const address = traceAddress(traceId, { span: spanId });
  const link = element("a", { class: "span-link mono", href: address }, `${traceId.slice(0, 8)}… ${spanId}`);
  if (signal) nameLink(link, traceId, ({ raw }) => raw.spanId === spanId, signal);
  return element("span", "", link, element("span", "quiet", ` ${where}`));
}

/** Label a link to another trace with the service and operation of its span, once that is fetched. */
async function nameLink(link, traceId, wanted, signal) {
  const span = (await spansOf(traceId)).find(wanted);
  if (!span || signal.aborted) return;
  link.classList.remove("mono");
  link.href = traceAddress(traceId, { span: span.id });
  link.replaceChildren(...spanLabel(span));
}

function spansOf(traceId) {
  if (!others.has(traceId)) {
    const read = fetchTrace(traceId).then((resourceSpans) => readTrace(resourceSpans ?? []).spans);
    others.set(traceId, read.catch(() => others.delete(traceId) && []));
    if (others.size > KEPT) others.delete(others.keys().next().value);
  }
  return others.get(traceId);
}

function ofThisTrace(span, state) {
  return [spanButton(span, state), element("span", "quiet", " of this trace")];
}

export function spanButton(span, state) {
  return button(element("span", "", ...spanLabel(span)), { class: "span-link" }, () => state.change({ selected: span.id }));
}

function spanLabel({ service, name }) {
  return [serviceLabel(service), " ", isolated(name, 120)];
}

/** The spans that link to this one, as elements: first those of this trace, then those of others as they are found. */
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
    list.append(...found.map((summary, place) => otherElement(summary, span.raw, place < READ ? signal : null)));
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

function otherElement(summary, { traceId, spanId }, signal) {
  const name = [summary.rootServiceName || "(root missing)", summary.rootOperationName].filter(Boolean).join(" ");
  const time = clockOf(BigInt(summary.minStartTimeUnixNano ?? 0));
  const address = traceAddress(summary.traceId, { find: spanId });
  const link = element("a", { class: "span-link", href: address }, isolated(name, 120));
  const leadsHere = (one) => one.traceId === traceId && one.spanId === spanId;
  if (signal) nameLink(link, summary.traceId, ({ links }) => links.some(leadsHere), signal);
  return element("li", "", link, element("span", "quiet", ` another trace, ${time}`));
}
