// Clearing: all traces of the embedded back end are deleted, if one says so twice.

import { ask, BackendError } from "./api.js";
import { button, element } from "./dom.js";
import { CHANGED } from "./import.js";
import { note } from "./notes.js";

/** Ask whether all is to be deleted, and do it. */
export function askToClear() {
  const dialog = element("dialog", { class: "transfer-dialog", "aria-labelledby": "clear-title" });
  const problem = element("p", { class: "notice error", role: "alert", hidden: true });
  const clear = button("Delete all traces", { class: "danger" }, async () => {
    clear.disabled = true;
    try {
      await deleteAll();
      dialog.close();
      note("All traces are deleted");
      document.dispatchEvent(new CustomEvent(CHANGED));
    } catch (fault) {
      problem.textContent = fault.message;
      problem.hidden = false;
      clear.disabled = false;
    }
  });
  const cancel = button("Cancel", { autofocus: true }, () => dialog.close());
  dialog.append(
    element("h2", { id: "clear-title" }, "Delete all traces?"),
    element("p", "", "All traces that the back end keeps are deleted, not only those on this page."),
    element("p", "", "This cannot be undone. Export first what may be needed again."),
    problem,
    element("div", "buttons", cancel, clear),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function deleteAll() {
  const response = await ask("/api/traces", { method: "DELETE" });
  if (response.ok) return;
  const answer = await response.json().catch(() => null);
  const told = answer?.errors?.[0]?.msg ?? `The back end answers with status ${response.status}`;
  throw new BackendError(told, response.status);
}
