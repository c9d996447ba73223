// Elements. Texts of spans go into the page through textContent alone, so they stay texts.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @param {string} name
 * @param {string | Object<string, unknown>} settings its class; or attributes, with a function for `onclick` and its kind.
 *   An attribute that is null, undefined or false is left out; true gives an empty one.
 * @param {...(Node | string | null)} content what is in it; null is left out.
 */
export function element(name, settings = "", ...content) {
  return filled(document.createElement(name), settings, content);
}

/** Likewise, of SVG. */
export function svg(name, settings = "", ...content) {
  return filled(document.createElementNS(SVG, name), settings, content);
}

/** A button that submits nothing. */
export function button(label, settings, run) {
  const made = element("button", { type: "button", ...settings }, label);
  made.addEventListener("click", run);
  return made;
}

function filled(made, settings, content) {
  const attributes = typeof settings === "string" ? { class: settings } : settings;
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false && value !== "") made.setAttribute(key, value);
  }
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

/** Set a text only if it is another one, so that screen readers do not repeat it. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Tell the state of the page: "" for quiet, "live", or "broken". */
export function setState(kind, text) {
  const state = document.getElementById("state");
  state.className = kind ? `state ${kind}` : "state";
  setText(state, text);
}

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

const MARGIN = 8; // px

/** Scroll the page, and nothing within it, until something is in the window; top and bottom in px from the window's top. */
export function intoWindow({ top, bottom }) {
  if (top < 0) window.scrollBy(0, top - MARGIN);
  else if (bottom > innerHeight) window.scrollBy(0, bottom - innerHeight + MARGIN);
}
