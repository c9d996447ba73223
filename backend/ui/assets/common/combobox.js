// A combobox: a text field with suggestions, following https://www.w3.org/WAI/ARIA/apg/patterns/combobox/.

import { element, setAttributes } from "./dom.js";
import { count, grouped } from "./format.js";

const PAUSE = 80; // ms without a keystroke before asking for suggestions

/**
 * Add suggestions to a field. Arrow keys select one; Enter, Tab or a click accepts it; Esc closes the list.
 * @param {(text: string, caret: number, asked: boolean, signal: AbortSignal) => Promise<{options: {label: string,
 *   times: number, write: string, from: number, to: number}[], note: string}>} suggest returns the options at the
 *   caret; `asked` if a key opened the list. `times` is the number of spans with the option; an accepted one replaces
 *   the text from `from` to `to` with `write`.
 */
export function combobox(field, label, suggest) {
  const list = element("ul", { id: `${field.id}-options`, role: "listbox", "aria-label": label });
  const note = element("p", "quiet");
  const popup = element("div", { class: "options", hidden: true }, list, note);
  field.after(popup);
  setAttributes(field, {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": false,
  });
  let options = [];
  let offeredFor = null; // the text they belong to
  let active = -1;
  let asking = new AbortController();
  let waiting = null;

  function close() {
    clearTimeout(waiting);
    asking.abort();
    options = [];
    show("");
  }

  async function ask(asked) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const offered = await suggest(field.value, field.selectionStart, asked, signal).catch(() => null);
    if (signal.aborted) return;
    options = offered?.options ?? [];
    offeredFor = field.value;
    show(offered?.note ?? "");
  }

  function show(text) {
    const open = options.length > 0;
    list.replaceChildren(...options.map(optionElement));
    note.textContent = text;
    popup.hidden = !open;
    setAttributes(field, { "aria-expanded": open });
    activate(-1);
  }

  function optionElement(option, number) {
    const shown = [element("bdi", "", option.label), " ", element("span", "quiet number", grouped(option.times))];
    const name = `${option.label}, ${count(option.times, "span")}`;
    const settings = { id: `${field.id}-option-${number}`, role: "option", title: name, "aria-label": name };
    const item = element("li", settings, ...shown);
    item.addEventListener("click", () => take(option));
    return item;
  }

  function activate(number) {
    active = number;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", place === number));
    setAttributes(field, { "aria-activedescendant": list.children[number]?.id });
    list.children[number]?.scrollIntoView({ block: "nearest" });
  }

  function take({ write, from, to }) {
    close();
    field.setRangeText(write, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Move the selection: wraps from the field to the first or last option, and back. */
  async function step(by) {
    if (options.length === 0 || offeredFor !== field.value) {
      clearTimeout(waiting);
      await ask(true);
    }
    const places = options.length + 1;
    activate(((active + 1 + by + places) % places) - 1);
  }

  field.addEventListener("input", () => {
    activate(-1);
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(false), PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && options.length > 0) close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active >= 0) take(options[active]);
    else {
      if (event.key === "Enter") close();
      return;
    }
    event.preventDefault();
  });
  field.addEventListener("blur", close);
  popup.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus in the field
}
