// The panel of a missing span.

import { copyButton } from "../../common/copy.js";
import { element, isolated, setText } from "../../common/dom.js";
import { count } from "../../common/format.js";
import { fact, reconcile, reconcileFacts, reconcileSame } from "../../common/reconcile.js";
import { spanButton } from "../panel/links.js";
import { askForCallers } from "./caller.js";
import { explain } from "./explain.js";

const MOST = 20; // children to list
const EVERY = 5000; // ms; the likely reason changes with time

/** The panel content for a missing span, see spanPanel. */
export function missingPanel(missing, state, signal) {
  const summary = element("bdi");
  const known = element("dl", "facts-of-span known");
  const reasons = element("ol", "reasons");
  const waiting = element("ul", "links");
  let node = missing;

  const show = () => {
    const said = explain(node, state);
    setText(summary, said.summary);
    reconcileFacts(known, said.known.map(knownFact));
    reconcile(reasons, said.reasons, { key: JSON.stringify, make: reasonElement });
    reconcileSame(waiting, waiters(said.children, state));
  };
  const clock = setInterval(show, EVERY);
  signal.addEventListener("abort", () => clearInterval(clock));
  askForCallers(state, () => signal.aborted || show());
  show();
  return {
    content: [
      element("p", "summary", summary),
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

function knownFact({ term, text, code, mark }) {
  const make = () => [
    ...(code ? [element("code", "", ...marked(code, mark)), copyButton(term.toLowerCase(), code)] : []),
    ...(text ? [element("span", code ? "quiet about" : "", isolated(text))] : []),
  ];
  return fact(term, `${code} ${text}`, "", make);
}

function marked(code, mark) {
  if (!mark) return [isolated(code)];
  const [before, after] = code.split(mark);
  return [before, element("mark", "", mark), after];
}

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

function waiters(children, state) {
  const named = children.slice(0, MOST).map((child) => {
    return { same: child.id, make: () => element("li", "", spanButton(child, state)) };
  });
  const more = `and ${count(children.length - MOST, "more span")}`;
  return children.length > MOST ? [...named, { same: more, make: () => element("li", "quiet", more) }] : named;
}
