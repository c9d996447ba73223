// Telling people who do not see the page what happened.

import { element } from "./dom.js";

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
