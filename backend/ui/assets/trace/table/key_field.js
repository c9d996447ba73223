// A field in which an attribute's key is typed, with those that there are to choose from.

import { element, plainField } from "../../common/dom.js";
import { reconcile } from "../../common/reconcile.js";

let fields = 0;

/**
 * `{element, offer}`: a form that calls `run` with the key that was typed; `offer` takes the keys to choose from.
 * @param {string} label says what the key is for.
 * @param {string} verb of its button.
 */
export function keyField(label, verb, run) {
  const list = element("datalist", { id: `keys-${(fields += 1)}` });
  const input = plainField({ list: list.id, placeholder: "attribute key…", "aria-label": label });
  const form = element("form", "key-field", input, list, element("button", { type: "submit" }, verb));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (!key) return input.focus();
    input.value = "";
    run(key);
  });
  const offer = (keys) => {
    reconcile(list, keys, { key: (value) => value, make: (value) => element("option", { value }) });
  };
  return { element: form, offer };
}
