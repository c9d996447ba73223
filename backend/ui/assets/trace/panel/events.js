// The events of a span, ordered by time.

import { copyButton } from "../../common/copy.js";
import { element, isolated } from "../../common/dom.js";
import { duration, exact, grouped, inOrder } from "../../common/format.js";
import { exceptionText } from "../failures.js";
import { attributeList } from "./attributes.js";
import { valueElements } from "./value.js";

const MOST = 100;
const STACK = "exception.stacktrace";
const STACK_SHORT = { characters: 20_000, lines: 200 };

/** The events as elements; an exception shows its message as title, and its stack trace verbatim. */
export function eventList(span) {
  // Compare ns: converted to Numbers, different times may be equal.
  const events = span.events.sort((one, other) => inOrder(one.timeNs, other.timeNs));
  const list = element("ol", "events", ...events.slice(0, MOST).map((event) => eventElement(event, span)));
  const left = events.length - MOST;
  return left > 0 ? [list, element("p", "quiet", `${grouped(left)} later ones are in the raw JSON.`)] : [list];
}

function eventElement(event, span) {
  const stack = event.attributes.find(({ key, text }) => key === STACK && text);
  const rest = event.attributes.filter((one) => one !== stack);
  return element(
    "li",
    stack || event.name === "exception" ? "event exception" : "event",
    element("h4", "", isolated(titleOf(event), 300), " ", moment(event.timeNs, span)),
    rest.length > 0 ? attributeList(rest, { find: (key) => key }) : null,
    ...(stack ? stackElements(stack.text) : []),
    event.dropped > 0 ? element("p", "quiet", `${event.dropped} of its attributes were dropped.`) : null,
  );
}

function stackElements(text) {
  const [shown, ...controls] = valueElements(text, STACK_SHORT);
  const pre = element("pre", { class: "stack", tabindex: "0", role: "region", "aria-label": "Stack trace" }, shown);
  return [pre, element("div", "buttons", copyButton("the stack trace", text, "Copy"), ...controls)];
}

function titleOf(event) {
  if (event.name !== "exception") return event.name;
  return exceptionText(event.attributes) || "exception";
}

function moment(timeNs, span) {
  const offset = Number(timeNs - span.startNs) / 1000;
  const words =
    offset < 0
      ? `${duration(-offset)} before its start`
      : offset > span.duration
        ? `${duration(offset - span.duration)} after its end`
        : `at ${duration(offset)}`;
  return element("time", { class: "quiet", title: exact(timeNs) }, words);
}
