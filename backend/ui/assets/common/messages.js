// Messages to the user: page state, screen reader announcements, and notes on long operations.

import { button, element, setText } from "./dom.js";

const BETWEEN = 50; // ms; a live region that was briefly empty is read again, even if the text is the same
let region = null;
let notes = null;

/** Show the page's state: "" for quiet, "live", or "broken". */
export function setState(kind, text) {
  const state = document.getElementById("state");
  state.className = kind ? `state ${kind}` : "state";
  setText(state, text);
}

/** Report a BackendError; if the back end did not respond, the page retries. */
export function tellProblem({ status, message }) {
  setState("broken", status === 0 ? `${message}; trying again` : message);
}

/** Have a screen reader announce a short text after its current one. */
export function say(text) {
  if (!region) {
    region = element("div", { class: "visually-hidden", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), BETWEEN);
}

/** Show a note in the corner of the page until closed; returns a function that replaces its content. */
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
