// Buttons that copy a text.

import { button, signButton } from "./dom.js";
import { say, setState } from "./messages.js";

const DONE = 1500; // ms that a button says so

/**
 * A button that copies a text, or what a function gives when it is pressed. It is named after `what`, for example "the
 * span id", and shows a sign if it has no label.
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
    return copyOldWay(text); // there is no clipboard on plain http, except on localhost
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
