// The tools beside the views: the trace as a file, and beside another.

import { ask, BackendError } from "../common/api.js";
import { button, element, setState } from "../common/dom.js";
import { say } from "../common/messages.js";
import { download, otlpLines } from "../transfer/export.js";
import { askForOther } from "./other_trace.js";

const NO_V1 = "This Jaeger no longer has the older API, which gives Jaeger's JSON";

/** Put the tools into a place. They can be used once the trace is there. */
export function mountTools(place, state) {
  const jaeger = button("Jaeger JSON", { title: "For the upload of Jaeger's own UI" }, () =>
    run(() => saveJaeger(state.trace.id, jaeger)),
  );
  const otlp = button("OTLP JSON", { title: "For this back end, the Collector and other tools of OpenTelemetry" }, () =>
    run(() => saveOtlp(state.trace.id)),
  );
  const compare = button("Compare…", { title: "This trace beside another" }, () => askForOther(state));
  const menu = element(
    "details",
    "menu",
    element("summary", { class: "button" }, "Export"),
    element("div", "menu-items", otlp, jaeger),
  );

  async function run(save) {
    menu.open = false;
    menu.firstElementChild.focus();
    try {
      await save();
    } catch (problem) {
      setState("broken", `Not exported: ${problem.message}`);
    }
  }

  closeAlone(menu);
  const tools = element("fieldset", { class: "group", disabled: !state.trace, "aria-label": "This trace" }, menu, compare);
  const stop = state.on(["trace"], () => {
    tools.disabled = false;
    stop();
  });
  place.append(tools);
}

/** A menu closes when one does something else, and by Escape. */
function closeAlone(menu) {
  document.addEventListener("click", ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    menu.open = false;
    menu.firstElementChild.focus();
  });
}

async function saveJaeger(id, chosen) {
  const response = await ask(`/api/traces/${encodeURIComponent(id)}?prettyPrint=true`);
  // Newer Jaegers say that there is no such route, or answer with their start page.
  if (response.status === 404 || !response.headers.get("Content-Type")?.includes("json")) {
    [chosen.disabled, chosen.title] = [true, NO_V1];
    throw new BackendError(NO_V1, 404);
  }
  if (!response.ok) throw new BackendError(`The back end answers with status ${response.status}`, response.status);
  save(`trace-${id}.json`, [await response.blob()], "application/json");
}

async function saveOtlp(id) {
  save(`trace-${id}.otlp.json`, await otlpLines([id], () => {}), "application/json");
}

function save(name, parts, type) {
  download(name, parts, type);
  say(`Saved ${name}`);
}
