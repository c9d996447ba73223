// The dialog for choosing a trace to compare with.

import { compareAddress, isTraceId, typedTraceId } from "../common/page_addresses.js";
import { button, closeButton, element, isolated, openDialog, plainField } from "../common/dom.js";
import { clockOf, count, duration } from "../common/format.js";
import { plainQuery } from "../search/query.js";
import { search } from "../search/summaries.js";

const RECENT = 20;
const LOOKBACK = "24h";

/** Let the user enter an id or choose a recent trace of the same operation, then open the comparison. */
export function askForOther(state) {
  const { id } = state.trace;
  const field = plainField({ id: "other-id", placeholder: "32 hex digits, or its address" });
  const told = element("p", { class: "quiet", "aria-live": "polite" }, "Looking for traces like this one…");
  const list = element("ul", "recent");
  const form = element(
    "form",
    "",
    element("label", { for: "other-id" }, "Id of the other trace"),
    element("div", "buttons", field, element("button", { type: "submit", class: "primary" }, "Compare")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const other = otherId(field.value, id);
    if (other) open(id, other);
    else told.textContent = "✗ A trace id is up to 32 hex digits, and not this trace's own";
  });
  const buttons = element("div", "buttons", closeButton("Cancel"));
  const dialog = openDialog("other-trace", "Compare with another trace", form, told, list, buttons);
  const ended = new AbortController();
  // Elsewhere on the page, a typed or pasted trace id opens that trace.
  for (const name of ["input", "paste"]) dialog.addEventListener(name, (event) => event.stopPropagation());
  dialog.addEventListener("close", () => ended.abort());
  showRecent(state, list, told, ended.signal);
}

function otherId(text, own) {
  const other = typedTraceId(text);
  return isTraceId(other) && other.padStart(32, "0") !== own ? other : null;
}

function open(one, other) {
  location.assign(compareAddress(one, other));
}

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
  const figures = [clockOf(row.startNs), duration(row.duration), count(row.spans, "span")];
  if (row.errors > 0) figures.push(count(row.errors, "error"));
  const chosen = button(name, { class: "choice" }, () => open(own, row.id));
  chosen.append(element("span", "quiet number", figures.join(", ")));
  return chosen;
}
