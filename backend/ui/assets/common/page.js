// What every page has: the way to a trace by its id, the sheet of shortcuts, the ways to the other pages.

import "../transfer/import.js";
import { setState } from "./dom.js";
import { shortcut, showSheet } from "./keys.js";

const TRACE_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/i;
// Also in a traceparent header, or in the address of a trace.
const WITHIN = /^(?:00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}|https?:\/\/\S+\/trace\/([0-9a-f]{1,32}))$/i;

/** The trace id that a text is, or holds as a traceparent or an address; else null. */
export function traceIdIn(text) {
  const trimmed = text.trim();
  if (TRACE_ID.test(trimmed)) return trimmed.toLowerCase();
  const found = WITHIN.exec(trimmed);
  return found ? (found[1] ?? found[2]).toLowerCase() : null;
}

export function openTrace(id) {
  location.assign(`/trace/${encodeURIComponent(id)}`);
}

const field = document.getElementById("lookup-id");

document.getElementById("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = traceIdIn(field.value) ?? field.value.trim().toLowerCase();
  if (/^[0-9a-f]{1,32}$/.test(id)) openTrace(id);
  else if (id) setState("broken", "A trace id is up to 32 hex digits");
});

// A trace id typed or pasted anywhere goes straight there.
document.addEventListener("input", (event) => {
  const id = event.target.matches("input, textarea") && /^[0-9a-f]{32}$/i.test(event.target.value.trim());
  if (id && event.target.type !== "file") openTrace(event.target.value.trim().toLowerCase());
});
document.addEventListener("paste", (event) => {
  const id = traceIdIn(event.clipboardData?.getData("text") ?? "");
  if (id) {
    event.preventDefault();
    openTrace(id);
  }
});

document.getElementById("help").addEventListener("click", showSheet);
shortcut("Everywhere", ["?"], "this sheet", showSheet);
shortcut("Everywhere", ["i"], "type a trace id", () => field.focus());
shortcut("Everywhere", ["g t"], "traces", () => location.assign("/search"));
shortcut("Everywhere", ["g s"], "services", () => location.assign("/dependencies"));
