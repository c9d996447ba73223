// Signs for buttons that have no room for a word; their names are told by aria-label.

import { svg } from "./dom.js";

const PATHS = {
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5l3.5 3.5",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  up: "M3 10.5l5-5 5 5",
  down: "M3 5.5l5 5 5-5",
};

/** @param {"copy" | "search" | "close" | "up" | "down"} name */
export function icon(name) {
  return svg("svg", { class: "sign", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
