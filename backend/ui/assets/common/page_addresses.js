// Addresses of the pages, which are Jaeger's: made and read here, and nowhere else. Those of the API lie in api.js.

const BASE = document.documentElement.dataset.basePath ?? ""; // which all paths begin with, behind a proxy
export const SERVICES = `${BASE}/dependencies`;
const BETWEEN = "..."; // two traces that are compared
const ID = /^[0-9a-f]{1,32}$/;
// By itself, in a traceparent header, or in the address of a trace. Not one of 16 digits: a span's id has as many.
const WITHIN =
  /^(?:([0-9a-f]{32})|(?:traceparent: *)?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}|https?:\/\/\S+\/trace\/([0-9a-f]{1,32})\/?)$/i;

export function traceAddress(id, { span = "", find = "" } = {}) {
  return `${BASE}/trace/${encodeURIComponent(id)}${query({ uiFind: find })}${fragment(span)}`;
}

export function viewAddress(view, find, span) {
  return pathname() + query({ view, uiFind: find }) + fragment(span);
}

export function readView() {
  const parameters = new URLSearchParams(location.search);
  const span = decoded(location.hash.slice(1)) || null;
  return { view: parameters.get("view"), find: parameters.get("uiFind") ?? "", span };
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

/** The trace id that a text is, or holds as a traceparent or an address; else null. */
export function traceIdIn(text) {
  const [, ...found] = WITHIN.exec(text.trim()) ?? [];
  return found.find(Boolean)?.toLowerCase() ?? null;
}

/** The trace id that somebody typed, also a short one; what is none is given back as it is. */
export function typedTraceId(text) {
  return traceIdIn(text) ?? text.trim().toLowerCase();
}

export function isTraceId(text) {
  return ID.test(text);
}

/** The path of this page; links to Jaeger may have a slash at its end. */
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

/** A part of the address, which anybody may have written. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
