// Addresses of the pages, which are Jaeger's: built and parsed only here. For the API's, see api.js.

const BASE = document.documentElement.dataset.basePath ?? ""; // prefix of all paths, behind a proxy
export const SERVICES = `${BASE}/dependencies`;
const CONTENT = "#main"; // target of the link "Skip to the content"
const BETWEEN = "..."; // separates the ids of two compared traces
const ID = /^[0-9a-f]{1,32}$/;
// Bare, in a traceparent header, or in the address of a trace. Not 16 digits: span ids have 16.
const WITHIN =
  /^(?:([0-9a-f]{32})|(?:traceparent: *)?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}|https?:\/\/\S+\/trace\/([0-9a-f]{1,32})\/?)$/i;

export function traceAddress(id, { span = "", find = "" } = {}) {
  return `${BASE}/trace/${encodeURIComponent(id)}${query({ uiFind: find })}${fragment(span)}`;
}

/** The default view of a trace. */
export function usualLook() {
  return {
    view: "timeline",
    find: "", // text of the search within the trace
    selected: null, // the id of the node in the panel
    closed: false, // whether the user closed the panel, which may open by default
    service: null, // highlighted service
    range: null, // visible part of the trace, `{from, to}` in µs from its start; null for all of it
    adjusted: false, // whether clock skew is corrected
    critical: false, // whether to show the critical path
    colour: "service", // what the colours of the flame graph stand for
    grouping: "operation", // of the statistics
    groupSort: { id: "total", descending: true },
    group: null, // the group that the table shows, `{by, key}` from the statistics; null for all spans
    columns: [], // attribute keys shown as columns of the table
    sort: { id: "start", descending: false },
    filter: "",
    onlyErrors: false,
    onlyFound: false,
  };
}

/** The address of this trace in the given view; omits defaults. */
export function viewAddress(look) {
  const usual = usualLook();
  const other = (name, written = look[name]) => (look[name] === usual[name] ? "" : written);
  const entries = [
    ["view", other("view")],
    ["uiFind", look.find],
    ["panel", look.closed ? "closed" : ""],
    ["service", look.service],
    ["from", look.range && digits(look.range.from)],
    ["to", look.range && digits(look.range.to)],
    ["clocks", look.adjusted ? "adjusted" : ""],
    ["path", look.critical ? "critical" : ""],
    ["colour", other("colour")],
    ["groupBy", other("grouping")],
    ["groupSort", writtenSort(look.groupSort, usual.groupSort)],
    ["onlyBy", look.group?.by],
    ["only", look.group?.key],
    ...look.columns.map((key) => ["column", key]),
    ["sort", writtenSort(look.sort, usual.sort)],
    ["filter", look.filter],
    ["errors", look.onlyErrors ? "only" : ""],
    ["found", look.onlyFound ? "only" : ""],
  ];
  return pathname() + query(new URLSearchParams(entries.filter(([, value]) => value))) + fragment(look.openedByItself ? "" : look.selected);
}

/** Parse the view from the address; missing or invalid parts get their defaults. */
export function readView() {
  const parameters = new URLSearchParams(location.search);
  const usual = usualLook();
  const text = (name, otherwise) => parameters.get(name) || otherwise;
  const [by, key] = [text("onlyBy", null), text("only", null)];
  return {
    view: text("view", usual.view),
    find: text("uiFind", usual.find),
    selected: location.hash === CONTENT ? null : decoded(location.hash.slice(1)) || null,
    closed: parameters.get("panel") === "closed",
    service: text("service", usual.service),
    range: readRange(parameters.get("from"), parameters.get("to")),
    adjusted: parameters.get("clocks") === "adjusted",
    critical: parameters.get("path") === "critical",
    colour: text("colour", usual.colour),
    grouping: text("groupBy", usual.grouping),
    groupSort: readSort(parameters.get("groupSort")) ?? usual.groupSort,
    group: by && key ? { by, key } : null,
    columns: [...new Set(parameters.getAll("column").filter(Boolean))],
    sort: readSort(parameters.get("sort")) ?? usual.sort,
    filter: text("filter", usual.filter),
    onlyErrors: parameters.get("errors") === "only",
    onlyFound: parameters.get("found") === "only",
  };
}

/** µs with nanosecond precision. */
function digits(microseconds) {
  return String(Math.round(microseconds * 1000) / 1000);
}

function readRange(from, to) {
  const range = { from: Number(from), to: Number(to) };
  return from && to && range.from >= 0 && range.to > range.from && Number.isFinite(range.to) ? range : null;
}

/** A column's id, with a leading minus if descending. */
function writtenSort({ id, descending }, usual) {
  return id === usual.id && descending === usual.descending ? "" : (descending ? "-" : "") + id;
}

function readSort(text) {
  const [, minus, id] = /^(-?)(.+)$/s.exec(text ?? "") ?? [];
  return id ? { id, descending: minus === "-" } : null;
}

export function compareAddress(a, b) {
  return `${BASE}/trace/${encodeURIComponent(a)}${BETWEEN}${encodeURIComponent(b)}`;
}

/** @param {URLSearchParams | Object<string, string>} parameters see search/query.js */
export function searchAddress(parameters = {}) {
  return `${BASE}/search${query(parameters)}`;
}

export function servicesAddress(parameters) {
  return SERVICES + query(parameters);
}

export function idInAddress() {
  return decoded(pathname().split("/").pop());
}

/** The ids of the two traces in an address such as `/trace/A...B`; either may be "". */
export function idsInAddress() {
  const last = idInAddress();
  const at = last.indexOf(BETWEEN);
  return { a: last.slice(0, at), b: last.slice(at + BETWEEN.length) };
}

/** The trace id in a text: bare, in a traceparent or in an address; else null. */
export function traceIdIn(text) {
  const [, ...found] = WITHIN.exec(text.trim()) ?? [];
  return found.find(Boolean)?.toLowerCase() ?? null;
}

/** The trace id that the user typed, even a short one; returns anything else unchanged. */
export function typedTraceId(text) {
  return traceIdIn(text) ?? text.trim().toLowerCase();
}

export function isTraceId(text) {
  return ID.test(text);
}

/** The path of this page; links to Jaeger may end with a slash. */
function pathname() {
  return location.pathname.replace(/\/+$/, "");
}

function query(parameters) {
  const entries = parameters instanceof URLSearchParams ? [...parameters] : Object.entries(parameters);
  const written = new URLSearchParams(entries.filter(([, value]) => value));
  return written.size ? `?${written}` : "";
}

function fragment(span) {
  return span ? `#${encodeURIComponent(span)}` : "";
}

/** Decode a part of the address, which may be malformed. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
