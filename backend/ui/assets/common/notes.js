// Notes: what became of something that takes a while, in the corner of any page until they are closed.

import { button, element } from "./dom.js";

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
