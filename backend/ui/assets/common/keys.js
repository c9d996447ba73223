// Keyboard shortcuts: each is registered where it acts; `?` lists the registered ones.

import { closeButton, element, openDialog } from "./dom.js";

const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const shortcuts = []; // { keys, does, run, group }

/**
 * Register a shortcut; returns a function that removes it. `group` is its heading in the list, `does` its description.
 * Keys are as in KeyboardEvent.key, with "Shift+" or "Ctrl+" in front unless the key implies it, as an upper-case
 * letter does; two letters with a space between them are typed in sequence.
 */
export function shortcut(group, keys, does, run) {
  const made = { group, keys, does, run };
  shortcuts.push(made);
  return () => shortcuts.splice(shortcuts.indexOf(made), 1);
}

let before = ""; // the first letter of a sequence
let beforeAt = 0;
const BETWEEN = 1000; // most ms between the letters of a sequence

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPED)) {
    if (event.key === "Escape") event.target.blur(); // so that shortcuts work again
    return;
  }
  const key = named(event);
  const both = event.timeStamp - beforeAt < BETWEEN ? `${before} ${key}` : key;
  const found = find(both) ?? find(key);
  [before, beforeAt] = [found ? "" : key, event.timeStamp];
  if (found) {
    event.preventDefault();
    found.run(event);
  }
});

function find(key) {
  return shortcuts.find((one) => one.keys.includes(key));
}

function named(event) {
  const ctrl = event.ctrlKey ? "Ctrl+" : "";
  return event.shiftKey && event.key.length > 1 ? `${ctrl}Shift+${event.key}` : ctrl + event.key;
}

const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", " ": "Space" };

function sign(key) {
  const parts = key.length > 1 ? key.split(/[ +]/) : [key];
  return element("kbd", "", parts.map((part) => SIGNS[part] ?? part).join(" "));
}

export function showSheet() {
  const groups = new Map();
  for (const one of shortcuts) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const sections = [...groups].map(([group, those]) => {
    const lines = those.flatMap(({ keys, does }) => [element("dt", "", ...keys.map(sign)), element("dd", "", does)]);
    return element("section", "", element("h3", "", group), element("dl", "keys", ...lines));
  });
  openDialog("sheet", "Keyboard", ...sections, closeButton("Close"));
}
