// The empty state: says why there is nothing to show, and what to do about it.

import { button, element } from "./dom.js";

/** Show content in a place, or hide it if there is none. Existing content keeps the focus. */
export function showEmpty(place, content) {
  const parts = content.filter(Boolean);
  place.hidden = parts.length === 0;
  const there = [...place.childNodes];
  const same = parts.length === there.length && parts.every((part, number) => part === there[number]);
  if (!same) place.replaceChildren(...parts);
}

/** A title, paragraphs from `texts`, and a button for each of `ways`: label to action. */
export function emptyState(title, texts, ways = {}) {
  const offered = Object.entries(ways).filter(([, run]) => run);
  const buttons = offered.map(([label, run]) => button(label, {}, run));
  return [
    element("h2", "", title),
    ...texts.map((parts) => element("p", "", ...parts)),
    buttons.length > 0 ? element("p", "actions", ...buttons) : null,
  ];
}

/** The message while the back end does not respond and the page retries; `again` retries at once. */
export function noAnswer(message, again) {
  return emptyState("There is no answer", [[`${message}. This page asks again by itself.`]], { "Try now": again });
}

export function firstSteps(title, about, ...after) {
  const command = (text) => element("pre", { tabindex: 0 }, element("code", "", text));
  const introduction = `${about}, run each of these in a terminal of its own:`;
  return [...emptyState(title, [[introduction]]), command("make server"), command("make client"), ...after];
}
