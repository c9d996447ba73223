// Sections of the panel: they fold, and stay folded for the next span and the next visit.

import { element } from "../common/dom.js";

const STORED = "panelSections";

/**
 * A section.
 * @param {string} name under which it is remembered, and its title.
 * @param {{count?: number, open?: boolean, tools?: Node[]}} settings `open` where nothing is remembered; `tools` are
 *   buttons that stand beside its title.
 * @param {...(Node | null)} content
 */
export function section(name, { count, open = true, tools = [] }, ...content) {
  const number = count === undefined ? null : element("span", "quiet number", ` ${count.toLocaleString("en")}`);
  const title = element("summary", "", element("h3", "", name), number);
  const details = element("details", { open: remembered()[name] ?? open }, title, element("div", "folded", ...content));
  // Not its event `toggle`, which also comes when it is made.
  title.addEventListener("click", () => remember(name, !details.open));
  return element("section", "part", details, tools.length ? element("div", "tools-of-part", ...tools) : null);
}

function remembered() {
  try {
    return JSON.parse(localStorage[STORED] ?? "{}") ?? {};
  } catch {
    return {}; // storage is switched off, or holds something else
  }
}

function remember(name, open) {
  try {
    localStorage[STORED] = JSON.stringify({ ...remembered(), [name]: open });
  } catch {
    // then for this page only
  }
}
