// Transfer: export traces to files, import them from files, and delete them.

import { deleteTraces, embedded, EXPORT_ALL } from "../common/api.js";
import { button, closeButton, element, openDialog } from "../common/dom.js";
import { count } from "../common/format.js";
import { note } from "../common/messages.js";
import { download, fileName, jaegerJson, otlpLines } from "./export.js";
import { CANNOT_IMPORT, CHANGED, importFiles } from "./import.js";

/**
 * Mount the buttons Export, Import and Clear; `found` returns the ids of the traces found by a search. Dispatches
 * CHANGED on the document after an import or a deletion.
 */
export function mountTransfer(place, { found } = {}) {
  const picker = element("input", { type: "file", multiple: true, hidden: true, accept: ".json,.jsonl,.ndjson,.txt" });
  picker.addEventListener("change", async () => {
    await importFiles([...picker.files]);
    picker.value = ""; // to allow choosing the same file again
  });
  place.append(
    element(
      "div",
      { class: "transfer", role: "group", "aria-label": "Files of traces" },
      button("Export…", {}, () => askToExport(found?.() ?? null)),
      ours("Import…", "Import files of traces; they can also be dropped anywhere", CANNOT_IMPORT, () => picker.click()),
      ours("Clear…", "Delete all traces", "Only the embedded back end deletes its traces", askToClear),
      picker,
    ),
  );
}

function ours(label, title, whyNot, run) {
  return button(label, { disabled: !embedded, title: embedded ? title : whyNot }, run);
}

/** @param {string[] | null} ids of the found traces, null without a search. */
function askToExport(ids) {
  const told = element("p", { class: "quiet", role: "log" });
  const run = async ({ currentTarget: pressed }, ending, type, make) => {
    pressed.disabled = true;
    try {
      const parts = await make(ids, (done) => (told.textContent = `${done} of ${count(ids.length, "trace")}…`));
      download(fileName(ending), parts, type);
      dialog.close();
    } catch (problem) {
      told.textContent = `✗ ${problem.message}`;
      pressed.disabled = false;
    }
  };
  const chosen = ids && `${count(ids.length, "found trace")} as`;
  const state = { disabled: ids?.length === 0, title: ids?.length === 0 ? "Nothing is found" : "" };
  const ways = ids && [
    way(
      button(`${chosen} OTLP JSON`, state, (event) => run(event, "jsonl", "application/x-ndjson", otlpLines)),
      "A trace a line, for this page, the Collector and other tools of OpenTelemetry",
    ),
    way(
      button(`${chosen} Jaeger JSON`, state, (event) => run(event, "json", "application/json", jaegerJson)),
      "For the upload of Jaeger's own UI",
    ),
  ];
  const buttons = element("div", "buttons", closeButton("Cancel"));
  const dialog = openDialog("transfer-dialog", "Export", ...(ways ?? []), everything(), told, buttons);
}

function way(control, about) {
  return element("div", "way", control, element("p", "quiet", about));
}

/** All traces may be many, so the browser streams them to disk. */
function everything() {
  const label = "All traces as OTLP JSON";
  if (!embedded) {
    const whyNot = "Only the embedded back end gives all its traces at once";
    return way(button(label, { disabled: true, title: whyNot }, () => {}), `${whyNot}.`);
  }
  const link = element("a", { class: "button", href: EXPORT_ALL, download: true }, label);
  link.addEventListener("click", () => link.closest("dialog").close());
  return way(link, "All that the store has, a trace a line");
}

function askToClear() {
  const problem = element("p", { class: "notice error", role: "alert", hidden: true });
  const clear = button("Delete all traces", { class: "danger" }, async () => {
    clear.disabled = true;
    try {
      await deleteTraces();
      dialog.close();
      note("All traces are deleted");
      document.dispatchEvent(new CustomEvent(CHANGED));
    } catch (fault) {
      problem.textContent = fault.message;
      problem.hidden = false;
      clear.disabled = false;
    }
  });
  const dialog = openDialog(
    "transfer-dialog",
    "Delete all traces?",
    element("p", "", "All traces that the back end keeps are deleted, not only those on this page."),
    element("p", "", "This cannot be undone. Export first what may be needed again."),
    problem,
    element("div", "buttons", closeButton("Cancel", { autofocus: true }), clear),
  );
}
