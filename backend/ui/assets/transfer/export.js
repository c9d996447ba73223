// Export to files: OTLP JSON lines (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/) or Jaeger's JSON.

import { BackendError, embedded, exportedLines, searchV1, trace, traceV1 } from "../common/api.js";
import { element } from "../common/dom.js";

const AT_ONCE = 50; // ids per URL: 2 kB
const KEPT = 60_000; // ms; by then the browser has read the parts

/**
 * One line per trace. The embedded back end returns spans as received, Jaeger as displayed. Reports progress through
 * `told`.
 */
export async function otlpLines(ids, told = () => {}) {
  if (embedded) return batches(ids, told, async (parameters) => [await exportedLines(parameters)]);
  const traces = await eachTrace(ids, told, trace);
  return traces.map((resourceSpans) => `${JSON.stringify({ resourceSpans })}\n`);
}

/** One document in the format of `GET /api/traces`, without clock skew adjustment. */
export async function jaegerJson(ids, told) {
  const traces = embedded
    ? await batches(ids, told, (parameters) => searchV1([...parameters, ["raw", "true"]]))
    : (await eachTrace(ids, told, traceV1)).flat();
  const texts = traces.map((each) => JSON.stringify(each));
  return ['{"data":[', ...texts.flatMap((text, place) => (place ? [",\n", text] : [text])), "]}\n"];
}

async function batches(ids, told, fetchParts) {
  const parts = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    told(at);
    const some = ids.slice(at, at + AT_ONCE).map((id) => ["traceID", id]);
    parts.push(...(await fetchParts(new URLSearchParams(some))));
  }
  return parts;
}

/** One request per trace, because newer Jaegers accept no list of ids. Skips traces removed meanwhile. */
async function eachTrace(ids, told, fetchOne) {
  const parts = [];
  for (const [done, id] of ids.entries()) {
    told(done);
    const found = await fetchOne(id).catch((problem) => {
      if (problem.status !== 404) throw problem;
      return null;
    });
    if (found) parts.push(found);
  }
  if (parts.length > 0 || ids.length === 0) return parts;
  throw new BackendError("The back end has none of these traces any more", 404);
}

/** Download a file assembled from parts. */
export function download(name, parts, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link); // Firefox requires it
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/** A name such as `traces-20260314-150926.jsonl`, with the local time. */
export function fileName(ending, date = new Date()) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `traces-${local.slice(0, 10).replaceAll("-", "")}-${local.slice(11, 19).replaceAll(":", "")}.${ending}`;
}
