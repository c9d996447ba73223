// Traces as parts of a file: OTLP JSON lines (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/) or
// Jaeger's JSON.

import { ask, BackendError, embedded, get } from "../common/api.js";
import { element } from "../common/dom.js";

const AT_ONCE = 50; // ids in one address: 2 kB

/**
 * A line for each trace. The embedded back end gives the spans as they came, a Jaeger as it shows them.
 * @param {string[]} ids
 * @param {(done: number) => void} told how many traces are there, now and then.
 * @returns {Promise<string[]>}
 */
export function otlpLines(ids, told) {
  if (!embedded) return eachTrace(ids, told, (id) => `/api/v3/traces/${id}`, (answer) => line(answer.result));
  return batches(ids, told, async (parameters) => {
    const response = await ask(`/api/export?${parameters}`);
    if (!response.ok) throw new BackendError(`The back end answers with status ${response.status}`, response.status);
    return [await response.text()];
  });
}

function line(traces) {
  return `${JSON.stringify({ resourceSpans: traces?.resourceSpans ?? [] })}\n`;
}

/** One document as `GET /api/traces` answers, without clock skew adjustment. */
export async function jaegerJson(ids, told) {
  const traces = embedded
    ? await batches(ids, told, async (parameters) => {
        parameters.set("raw", "true");
        return texts(await get(`/api/traces?${parameters}`));
      })
    : (await eachTrace(ids, told, (id) => `/api/traces/${id}?raw=true`, texts)).flat();
  return ['{"data":[', ...traces.flatMap((text, place) => (place ? [",\n", text] : [text])), "]}\n"];
}

function texts(answer) {
  return (answer.data ?? []).map((trace) => JSON.stringify(trace));
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

/** One request for each: newer Jaegers take no list of ids. */
async function eachTrace(ids, told, address, read) {
  const parts = [];
  for (const [done, id] of ids.entries()) {
    told(done);
    try {
      parts.push(read(await get(address(encodeURIComponent(id)))));
    } catch (problem) {
      if (problem.status !== 404) throw problem; // it was removed meanwhile
    }
  }
  if (parts.length === 0 && ids.length > 0) throw new BackendError("The back end has none of these traces any more", 404);
  return parts;
}

const KEPT = 60_000; // ms; the browser has read the parts by then

/**
 * @param {string} name of the file.
 * @param {BlobPart[]} parts what is in it, one after the other.
 * @param {string} type its media type.
 */
export function download(name, parts, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link); // Firefox wants it there
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/** A name such as `traces-20260314-150926.jsonl`, with the local time. */
export function fileName(ending, date = new Date()) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `traces-${local.slice(0, 10).replaceAll("-", "")}-${local.slice(11, 19).replaceAll(":", "")}.${ending}`;
}
