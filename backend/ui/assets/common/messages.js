// What the page tells people: its state, what a screen reader says, and notes on what takes a while.

import { button, element, setText } from "./dom.js";

const BETWEEN = 50; // ms; a region that is empty for a moment is read again, also with the same text
let region = null;
let notes = null;

/** Tell the state of the page: "" for quiet, "live", or "broken". */
export function setState(kind, text) {
  const state = document.getElementById("state");
  state.className = kind ? `state ${kind}` : "state";
  setText(state, text);
}

/** Tell of a BackendError: what did not answer is asked again. */
export function tellProblem({ status, message }) {
  setState("broken", status === 0 ? `${message}; trying again` : message);
}

/** Have a screen reader say a short text, once it is done with what it reads. */
export function say(text) {
  if (!region) {
    region = element("div", { class: "visually-hidden", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), BETWEEN);
}

/** Show a note in the corner of the page, until it is closed; what it returns shows something else instead. */
export function note(...content) {
  if (!notes) {
    notes = element("div", { class: "notes", role: "log", "aria-label": "Messages" });
    document.body.append(notes);
  }
  const text = element("div", "note-text", ...content);
  const line = element("div", "note", text);
  line.append(button("×", { class: "plain", "aria-label": "Close this message" }, () => line.remove()));
  notes.append(line);
  return (...other) => text.replaceChildren(...other);
}
