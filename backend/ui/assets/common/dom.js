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
