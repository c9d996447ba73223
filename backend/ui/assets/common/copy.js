// Buttons that copy a text.

import { button, signButton } from "./dom.js";
import { say, setState } from "./messages.js";

const DONE = 1500; // ms to show the confirmation

/**
 * A button that copies a text, or a function's result when pressed. `what` names it for screen readers, for example
 * "the span id"; without a label it shows an icon.
 */
export function copyButton(what, text, label) {
  const run = async () => {
    const done = await copy(typeof text === "function" ? text() : text);
    if (!done) return setState("broken", "The browser does not let this page copy");
    made.classList.add("done");
    say(`Copied ${what}`);
    setTimeout(() => made.classList.remove("done"), DONE);
  };
  const title = `Copy ${what}`;
  const made = label ? button(label, { title }, run) : signButton("copy", title, { class: "icon" }, run);
  made.classList.add("copy");
  return made;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text); // plain http has no clipboard API, except on localhost
  }
}

function copyOldWay(text) {
  const holder = document.createElement("textarea");
  const focused = document.activeElement;
  holder.value = text;
  holder.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  focused?.focus({ preventScroll: true });
  return done;
}
