// Elements and their texts. Span data enters the page only through textContent, so it is never parsed as HTML. It may
// have any length and direction, so it is truncated, and isolated from its neighbours.

import { colourClass } from "./colour.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 200; // characters shown of a name
const MOST_OF_TITLE = 2000;
const SIGNS = {
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5l3.5 3.5",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  up: "M3 10.5l5-5 5 5",
  down: "M3 5.5l5 5 5-5",
};

/**
 * Create an element. `settings` is its class, or its attributes, where handlers such as `onclick` are functions; null,
 * undefined and false are skipped, true sets an empty attribute. Null content is skipped.
 */
export function element(name, settings = "", ...content) {
  return filled(document.createElement(name), settings, content);
}

/** Likewise, for SVG. */
export function svg(name, settings = "", ...content) {
  return filled(document.createElementNS(SVG, name), settings, content);
}

/** A button that does not submit a form. */
export function button(label, settings, run) {
  const made = element("button", { type: "button", ...settings }, label);
  made.addEventListener("click", run);
  return made;
}

export function signButton(sign, name, settings, run) {
  return button(icon(sign), { "aria-label": name, title: name, ...settings }, run);
}

function icon(name) {
  return svg("svg", { class: "sign", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SIGNS[name] }));
}

export function signLink(sign, name, href) {
  return element("a", { class: "icon", href, "aria-label": name, title: name }, icon(sign));
}

export function checkbox(label, checked, run) {
  const input = element("input", { type: "checkbox", checked });
  input.addEventListener("change", () => run(input.checked));
  return element("label", "check", input, label);
}

/** A control preceded by its label. */
export function field(title, control) {
  return element("div", "field", element("label", { for: control.id }, title), control);
}

/** A field without the browser's completion and spell checking. */
export function plainField(settings) {
  return element("input", { autocomplete: "off", spellcheck: "false", ...settings });
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

/** Set attributes, only where they differ; null removes one. */
export function setAttributes(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
  }
}

/** Set a text only if it differs, so that screen readers do not repeat it. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function focusedIn(place) {
  return place.contains(document.activeElement) ? document.activeElement : null;
}

/** Show a dialog with a title; closing removes it. */
export function openDialog(kind, title, ...content) {
  const id = `${kind}-title`;
  const heading = element("h2", { id }, ...[title].flat());
  const dialog = element("dialog", { class: kind, "aria-labelledby": id }, heading, ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function closeButton(label, settings = {}) {
  return button(label, settings, ({ target }) => target.closest("dialog").close());
}

/** Truncate a text, with an ellipsis; never splits a surrogate pair. */
export function shortened(text, characters) {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A text whose direction does not affect its neighbours; truncated if long. */
export function isolated(text, characters = Infinity) {
  return element("bdi", "", shortened(text, characters));
}

export function name(text) {
  return isolated(text || "(no name)", MOST);
}

/** A service's name, after a dot in its colour. */
export function serviceName(service) {
  return element("span", "service-name", element("span", `dot ${colourClass(service)}`), name(service));
}

export function titleOf(text) {
  return shortened(text, MOST_OF_TITLE);
}

/** Likewise, but the name is truncated if there is no room; `more`, which follows it, is not. */
export function serviceLabel(service, ...more) {
  const named = element("span", "service", element("span", `dot ${colourClass(service)}`), name(service));
  return more.length > 0 ? element("span", "service-with-more", named, ...more) : named;
}
