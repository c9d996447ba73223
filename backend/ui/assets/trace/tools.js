// The tools beside the views: download the trace, compare it with another.

import { jaegerFile } from "../common/api.js";
import { button, element } from "../common/dom.js";
import { say, setState } from "../common/messages.js";
import { download, otlpLines } from "../transfer/export.js";
import { askForOther } from "./other_trace.js";

const NO_V1 = "This Jaeger no longer has the older API, which gives Jaeger's JSON";

/** Mount the tools; they are enabled once the trace has arrived. */
export function mountTools(place, state) {
  const way = (label, title, save) => button(label, { title }, () => run(() => save(state.trace.id)));
  const jaeger = way("Jaeger JSON", "For the upload of Jaeger's own UI", (id) => saveJaeger(id, jaeger));
  const otlp = way("OTLP JSON", "For this back end, the Collector and other tools of OpenTelemetry", saveOtlp);
  const compare = button("Compare…", { title: "This trace beside another" }, () => askForOther(state));
  const items = element("div", "menu-items", otlp, jaeger);
  const menu = element("details", "menu", element("summary", "button", "Export"), items);

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
  const settings = { class: "group", disabled: !state.trace, "aria-label": "This trace" };
  const tools = element("fieldset", settings, menu, compare);
  const stop = state.on(["trace"], () => {
    tools.disabled = false;
    stop();
  });
  place.append(tools);
}

/** Close a menu when the user does something else, or on Escape. */
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
  const file = await jaegerFile(id);
  if (!file) {
    [chosen.disabled, chosen.title] = [true, NO_V1];
    throw new Error(NO_V1);
  }
  save(`trace-${id}.json`, [file]);
}

async function saveOtlp(id) {
  save(`trace-${id}.otlp.json`, await otlpLines([id]));
}

function save(name, parts) {
  download(name, parts, "application/json");
  say(`Saved ${name}`);
}
