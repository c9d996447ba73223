// Telling people who do not see the page what happened.

import { button, element } from "./dom.js";

const BETWEEN = 50; // ms; a region that is empty for a moment is read again, also with the same text
let region = null;

/** Have a screen reader say a short text, once it is done with what it reads. */
export function say(text) {
  if (!region) {
    region = element("div", { class: "visually-hidden", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), BETWEEN);
}

let place = null;

/**
 * Show a note.
 * @param {...(Node | string)} content
 * @returns {(...content: (Node | string)[]) => void} shows something else instead.
 */
export function note(...content) {
  if (!place) {
    place = element("div", { class: "notes", role: "log", "aria-label": "Messages" });
    document.body.append(place);
  }
  const text = element("div", "note-text", ...content);
  const line = element("div", "note", text);
  line.append(button("×", { class: "plain", "aria-label": "Close this message" }, () => line.remove()));
  place.append(line);
  return (...other) => text.replaceChildren(...other);
}
