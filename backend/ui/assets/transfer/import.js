// Import: trace files into the embedded back end, chosen or dropped anywhere on a page.

import { searchAddress, traceAddress } from "../common/page_addresses.js";
import { embedded, importFile as send } from "../common/api.js";
import { element, isolated } from "../common/dom.js";
import { count } from "../common/format.js";
import { note } from "../common/messages.js";

export const CANNOT_IMPORT = "Only the embedded back end imports files";
export const CHANGED = "traceschange"; // the document's event after an import or a deletion

const CAN_IMPORT = "Drop files of traces here: OTLP JSON, a document or one a line, or Jaeger JSON";
const TOO_LARGE = 413; // HTTP status; the web server in front of the API gives no details
const TELL_TOO_LARGE = "more than 64 MiB cannot be sent at once; python -m backend import takes a file of any size";
const NAME_LENGTH = 60;
const TRACE_ID = /"trace_?id"\s*:\s*"([0-9a-f]{1,32})"/gi;
const OVERLAP = 100; // most characters of an id with its key

export async function importFiles(files) {
  if (!embedded) return void note(CANNOT_IMPORT);
  const waiting = [...files].map((file) => ({ file, tell: note(...told(file, "is waiting")) }));
  for (const { file, tell } of waiting) await importFile(file, tell);
  document.dispatchEvent(new CustomEvent(CHANGED));
}

async function importFile(file, tell) {
  tell(...told(file, "is being imported…"));
  try {
    await readable(file);
    const { spans, rejected } = await send(file);
    const left = rejected ? `, ${count(rejected, "span")} rejected` : "";
    tell(...told(file, `${count(spans, "span")}${left} · `), spans ? await link(file) : "no trace in it");
  } catch (problem) {
    const message = problem.status === TOO_LARGE ? TELL_TOO_LARGE : problem.message;
    tell(...told(file, ""), element("span", "note-problem", `✗ ${message}`));
  }
}

function told(file, text) {
  return [element("span", { class: "note-name", title: file.name }, isolated(file.name, NAME_LENGTH)), ` ${text}`];
}

async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("cannot be read; a folder cannot be imported");
  }
}

async function link(file) {
  const [id, ...more] = await traceIds(file, 2);
  if (id && more.length === 0) return element("a", { href: traceAddress(id.padStart(32, "0")) }, "open the trace");
  return element("a", { href: searchAddress({ lookback: "all" }) }, "see the traces");
}

/** Up to `most` distinct trace ids in a file, even if only in links; reads it piece by piece. */
async function traceIds(file, most) {
  const found = new Set();
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "", piece = await reader.read(); !piece.done && found.size < most; piece = await reader.read()) {
    const text = rest + piece.value;
    for (const [, id] of text.matchAll(TRACE_ID)) {
      found.add(id.toLowerCase());
      if (found.size === most) break;
    }
    rest = text.slice(-OVERLAP);
  }
  reader.cancel();
  return [...found];
}

export function acceptDrops() {
  const told = element("p", "", embedded ? CAN_IMPORT : CANNOT_IMPORT);
  const target = element("div", { class: "drop", hidden: true }, told);
  // For dragged files, show or hide the target, and keep the browser from opening them in place of the page.
  const over = (event, shown) => {
    if (!event.dataTransfer?.types.includes("Files")) return false;
    event.preventDefault();
    event.dataTransfer.dropEffect = embedded ? "copy" : "none";
    target.hidden = !shown;
    return true;
  };
  document.body.append(target);
  document.addEventListener("dragenter", (event) => over(event, true));
  document.addEventListener("dragover", (event) => over(event, true));
  // The target covers the page, so leaving it means leaving the page.
  target.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    if (over(event, false) && embedded) importFiles(event.dataTransfer.files);
  });
}
