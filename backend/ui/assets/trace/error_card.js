// The card at the top of a trace with errors: what failed, why, and how far the error propagated.

import { button, element, isolated } from "../common/dom.js";
import { count } from "../common/format.js";
import { reconcileSame } from "../common/reconcile.js";
import { causeOf, failuresOf, requestOf } from "./failures.js";
import { spanButton } from "./panel/links.js";

const MOST = 4; // errors to list
const TEXT = 300; // characters of a message

export function showErrors(state) {
  const card = document.getElementById("errors");
  const failures = failuresOf(state.nodes);
  card.hidden = failures.length === 0;
  if (card.hidden) return;
  const rows = failures.slice(0, MOST).map((failure, place) => row(failure, place, failures.length, state));
  const more = failures.length - rows.length;
  if (more > 0) rows.push({ same: `more ${more}`, make: () => element("li", "", moreButton(more, state)) });
  if (!card.firstChild) card.append(element("ul", { "aria-label": "Errors" }));
  reconcileSame(card.firstChild, rows);
}

function row({ span, echo }, place, all, state) {
  const told = echo ? "Passed on to" : place > 0 ? "Also in" : all > 1 ? "Began in" : "Failed in";
  const cause = causeOf(span);
  const request = requestOf(span);
  const about = request && !span.name.includes(request) ? element("span", "quiet", isolated(request, TEXT)) : null;
  const why = cause ? isolated(cause, TEXT) : element("span", "quiet", "without a message");
  const parts = [
    element("span", "told", told),
    spanButton(span, state),
    element("span", "why", why, about && " ", about),
  ];
  return {
    same: JSON.stringify([span.id, told, cause, request]),
    make: () => element("li", echo ? "echo" : "", ...parts),
  };
}

/** A button to the table of all errors. */
function moreButton(more, state) {
  return button(`and ${count(more, "more error")}`, { class: "small" }, () => {
    document.getElementById("tab-table").focus();
    state.change({ view: "table", onlyErrors: true, sort: { id: "start", descending: false } });
  });
}
