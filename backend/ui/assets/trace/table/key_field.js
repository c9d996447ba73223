// A field in which an attribute's key is typed, with those that there are to choose from.

import { element } from "../../common/dom.js";

let fields = 0;

/**
 * `{element, offer}`: a form that calls `run` with the key that was typed; `offer` takes the keys to choose from.
 * @param {string} label says what the key is for.
 * @param {string} verb of its button.
 * @param {(key: string) => void} run
 */
export function keyField(label, verb, run) {
  const list = element("datalist", { id: `keys-${(fields += 1)}` });
  const input = element("input", {
    list: list.id,
    placeholder: "attribute key…",
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
  });
  const form = element("form", "key-field", input, list, element("button", { type: "submit" }, verb));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (!key) return input.focus();
    input.value = "";
    run(key);
  });
  let offered = "";
  const offer = (keys) => {
    const text = keys.join("\n");
    if (text === offered) return;
    offered = text;
    list.replaceChildren(...keys.map((value) => element("option", { value })));
  };
  return { element: form, offer };
}
