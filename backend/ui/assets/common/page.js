// Common to every page: jumping to a trace by its id, the list of shortcuts, navigation to the other pages.

import { acceptDrops } from "../transfer/import.js";
import { isTraceId, SERVICES, searchAddress, traceAddress, traceIdIn, typedTraceId } from "./page_addresses.js";
import { shortcut, showSheet } from "./keys.js";
import { setState } from "./messages.js";

const field = document.getElementById("lookup-id");

function openTrace(id) {
  location.assign(traceAddress(id));
}

document.getElementById("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = typedTraceId(field.value);
  if (isTraceId(id)) openTrace(id);
  else if (id) setState("broken", "A trace id is up to 32 hex digits");
});

// Typing or pasting a trace id or traceparent anywhere opens the trace; an address opens it once pasted or entered.
document.addEventListener("input", ({ target }) => {
  if (!target.matches("input, textarea") || target.type === "file" || target.value.includes("/")) return;
  const id = traceIdIn(target.value);
  if (id) openTrace(id);
});
document.addEventListener("paste", (event) => {
  const id = traceIdIn(event.clipboardData?.getData("text") ?? "");
  if (id) {
    event.preventDefault();
    openTrace(id);
  }
});

acceptDrops();
document.getElementById("help").addEventListener("click", showSheet);
shortcut("Everywhere", ["?"], "this sheet", showSheet);
shortcut("Everywhere", ["i"], "type a trace id", () => field.focus());
shortcut("Everywhere", ["g t"], "traces", () => location.assign(searchAddress()));
shortcut("Everywhere", ["g s"], "services", () => location.assign(SERVICES));
