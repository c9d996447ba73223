// Keyboard shortcuts: said once, where they act; the sheet behind `?` lists what was said.

import { closeButton, element, openDialog } from "./dom.js";

const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const shortcuts = []; // { keys, does, run, group }

/**
 * A shortcut; returns what ends it. The group is its heading on the sheet, which says in a few words what it does. Keys
 * are as in KeyboardEvent.key, with "Shift+" or "Ctrl+" before it where that is not in the key itself, as an upper-case
 * letter is; two letters with a space between are typed one after the other.
 */
export function shortcut(group, keys, does, run) {
  const made = { group, keys, does, run };
  shortcuts.push(made);
  return () => shortcuts.splice(shortcuts.indexOf(made), 1);
}

let before = ""; // the first of two letters
let beforeAt = 0;
const BETWEEN = 1000; // ms between two letters that belong together

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPED)) {
    if (event.key === "Escape") event.target.blur(); // so that the shortcuts are there again
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
