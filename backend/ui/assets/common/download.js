// Files that the page makes, into the browser's downloads.

import { element } from "./dom.js";

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
