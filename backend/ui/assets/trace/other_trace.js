// Which other trace this one is to be compared with.

import { button, element } from "../common/dom.js";
import { clock, count, duration } from "../common/format.js";
import { traceIdIn } from "../common/page.js";
import { isolated } from "../common/text.js";
import { plainQuery } from "../search/query.js";
import { search } from "../search/summaries.js";

const RECENT = 20;
const LOOKBACK = "24h";

/** Ask for the other trace, by its id or from the latest of the same operation, and go there. */
export function askForOther(state) {
  const { id } = state.trace;
  const field = element("input", {
    id: "other-id",
    placeholder: "32 hex digits, or its address",
    autocomplete: "off",
    spellcheck: "false",
  });
  const told = element("p", { class: "quiet", "aria-live": "polite" }, "Looking for traces like this one…");
  const list = element("ul", "recent");
  const form = element(
    "form",
    "",
    element("label", { for: "other-id" }, "Id of the other trace"),
    element("div", "buttons", field, element("button", { type: "submit", class: "primary" }, "Compare")),
  );
  const dialog = element("dialog", { class: "other-trace", "aria-labelledby": "other-title" });
  const ended = new AbortController();

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const other = otherId(field.value, id);
    if (other) open(id, other);
    else told.textContent = "✗ A trace id is up to 32 hex digits, and not this trace's own";
  });
  // Elsewhere a trace id that is typed or pasted opens that trace.
  for (const name of ["input", "paste"]) dialog.addEventListener(name, (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    ended.abort();
    dialog.remove();
  });
  dialog.append(
    element("h2", { id: "other-title" }, "Compare with another trace"),
    form,
    told,
    list,
    element(
      "div",
      "buttons",
      button("Cancel", {}, () => dialog.close()),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  showRecent(state, list, told, ended.signal);
}

function otherId(text, own) {
  const other = traceIdIn(text) ?? text.trim().toLowerCase();
  return /^[0-9a-f]{1,32}$/.test(other) && other.padStart(32, "0") !== own ? other : null;
}

function open(one, other) {
  location.assign(`/trace/${encodeURIComponent(one)}...${encodeURIComponent(other)}`);
}

/** The latest traces with the root's operation. */
async function showRecent(state, list, told, signal) {
  const root = state.roots.find((each) => !each.missing) ?? state.trace.spans[0];
  const like = { ...plainQuery(LOOKBACK), service: root.service, operation: root.raw.name ?? "", limit: RECENT + 1 };
  try {
    const { rows } = await search(like, signal);
    const others = rows.filter((row) => row.id !== state.trace.id).slice(0, RECENT);
    const none = "No other trace of the last 24 hours has the same operation.";
    told.textContent = others.length > 0 ? "Or one of the latest with the same operation:" : none;
    list.replaceChildren(...others.map((row) => element("li", "", choice(row, state.trace.id))));
  } catch (problem) {
    if (problem.name !== "AbortError") told.textContent = `✗ ${problem.message}`;
  }
}

function choice(row, own) {
  const name = isolated(`${row.service || "(root missing)"} ${row.operation}`, 120);
  const figures = [clock(Number(row.startNs / 1_000_000n)), duration(row.duration), count(row.spans, "span")];
  if (row.errors > 0) figures.push(count(row.errors, "error"));
  const chosen = button(name, { class: "choice" }, () => open(own, row.id));
  chosen.append(element("span", "quiet number", figures.join(", ")));
  return chosen;
}
