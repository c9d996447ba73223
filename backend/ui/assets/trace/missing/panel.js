// What the panel says of a span that is missing.

import { copyButton } from "../../common/copy.js";
import { element } from "../../common/dom.js";
import { count } from "../../common/format.js";
import { isolated } from "../../common/text.js";
import { keepRows } from "../kept_rows.js";
import { spanButton } from "../panel/links.js";
import { callersOf } from "./caller.js";
import { explain } from "./explain.js";

const MOST = 20; // children that are named
const EVERY = 5000; // ms; what is likely changes with time

/**
 * What is said of a missing span.
 * @param {AbortSignal} signal ends its clock.
 * @returns {{content: Node[], refresh: (missing: MissingSpan) => void}} as of spanPanel.
 */
export function missingPanel(missing, state, signal) {
  const [summary, known, reasons] = [
    element("p", "summary"),
    element("dl", "facts-of-span known"),
    element("ol", "reasons"),
  ];
  const waiting = element("ul", "links");
  let [node, callers] = [missing, []];

  const show = () => {
    const said = explain(node, state, { callers });
    keepText(summary, said.summary);
    keepRows(known, said.known.map(knownRow));
    keep(reasons, JSON.stringify(said.reasons), () => said.reasons.map(reasonElement));
    keep(waiting, said.children.map(({ id }) => id).join(), () => childElements(said.children, state));
  };
  const clock = setInterval(show, EVERY);
  signal.addEventListener("abort", () => clearInterval(clock));
  callersOf(missing.children[0], state.trace).then((found) => {
    callers = found;
    if (!signal.aborted) show();
  });
  show();
  return {
    content: [
      summary,
      element("p", "quiet", "This page shows it as soon as it arrives."),
      element("section", "part", element("h3", "", "What may have happened"), reasons),
      element("section", "part", element("h3", "", "What is known of it"), known),
      element("section", "part", element("h3", "", "Who waits for it"), waiting),
    ],
    refresh: (now) => {
      node = now;
      show();
    },
  };
}

function knownRow({ term, text, code, mark }) {
  const make = () => [
    ...(code ? [element("code", "", ...marked(code, mark)), copyButton(term.toLowerCase(), code)] : []),
    ...(text ? [element("span", code ? "quiet about" : "", isolated(text))] : []),
  ];
  return { term, same: `${code} ${text}`, make };
}

function marked(code, mark) {
  if (!mark) return [isolated(code)];
  const [before, after] = code.split(mark);
  return [before, element("mark", "", mark), after];
}

/** Those that are unlikely are folded. */
function reasonElement({ title, text, check, likely }) {
  const badge = element("span", likely === "most likely" ? "badge warning" : "badge", likely);
  return element(
    "li",
    likely.replace(" ", "-"),
    element(
      "details",
      { open: likely !== "unlikely" },
      element("summary", "", element("h4", "", title), " ", badge),
      element("p", "", isolated(text)),
      check ? element("p", "where", element("b", "", "Where to look: "), isolated(check)) : null,
    ),
  );
}

function childElements(children, state) {
  const named = children.slice(0, MOST).map((child) => element("li", "", spanButton(child, state)));
  const left = children.length - MOST;
  return left > 0 ? [...named, element("li", "quiet", `and ${count(left, "more span")}`)] : named;
}

/** Make what is in an element anew only if it is to be something else. */
function keep(place, same, make) {
  if (place.kept === same) return;
  place.kept = same;
  place.replaceChildren(...make());
}

function keepText(place, text) {
  keep(place, text, () => [isolated(text)]);
}
