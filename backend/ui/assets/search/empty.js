// What to do where there is nothing to see.

import { button, element } from "../common/dom.js";
import { isPlain, lookbackLabel } from "./query.js";

/**
 * @param {HTMLElement} place
 * @param {import("./query.js").Query} query that found nothing
 * @param {boolean} none whether there are no traces at all
 * @param {{widen: () => void, reset: () => void, newer: () => void}} actions
 */
export function showEmpty(place, query, none, actions) {
  place.hidden = false;
  place.replaceChildren(...(none ? start() : query.page > 1 ? pastTheEnd(actions) : nothingFits(query, actions)));
}

function start() {
  const command = (text) => element("pre", { tabindex: 0 }, element("code", "", text));
  return [
    element("h2", "", "No traces yet"),
    element("p", "", "This page shows every trace as it arrives. To make some, run each of these in a terminal of its own:"),
    command("make server"),
    command("make client"),
    element("p", "", "The client asks the server for a greeting once a second, and each request becomes a trace."),
    element("p", "quiet", "Or stop this back end, and let ", element("code", "", "make demo"), " run it with both."),
  ];
}

function pastTheEnd({ newer }) {
  return [element("h2", "", "No more traces"), element("p", "", button("Newer", {}, newer))];
}

function nothingFits(query, { widen, reset }) {
  const [plain, when] = [isPlain(query), timeOf(query)];
  return [
    element("h2", "", plain ? `No traces${when}` : "No trace fits"),
    plain ? "" : element("p", "", `There are traces, but none${when} fits all of the search.`),
    element(
      "p",
      "actions",
      query.lookback === "all" ? null : button("Search all time", {}, widen),
      plain ? null : button("Reset the search", {}, reset),
    ),
  ];
}

function timeOf({ lookback }) {
  if (lookback === "all") return "";
  return lookback === "custom" ? " in this range of time" : ` in the ${lookbackLabel(lookback).toLowerCase()}`;
}
