// What spans are grouped by: their operation, service or kind, or the value of an attribute, whose key one types.

import { element, plainField } from "../../common/dom.js";
import { textOf } from "../../common/model.js";
import { reconcile } from "../../common/reconcile.js";

const ATTRIBUTE = "attribute:";
const MOST_KEYS = 1000; // to choose from
const OF_JAEGER = "@jaeger@"; // what it adds to spans by itself
let fields = 0; // that have been made

const FIXED = {
  operation: { title: "Operation", of: (span) => group([span.service, span.name], span.name, span.service) },
  service: { title: "Service", of: (span) => group([span.service], "", span.service) },
  kind: { title: "Kind", of: (span) => group([span.kind], span.kind || "(no kind)") },
};

export function byAttribute(key) {
  return ATTRIBUTE + key;
}

/** Whether spans can be grouped like that; an address may say anything. */
export function isGrouping(by) {
  return Object.hasOwn(FIXED, by) || by.length > ATTRIBUTE.length && by.startsWith(ATTRIBUTE);
}

/**
 * A grouping: `{title, of(span)}`; `of` gives a span's group `{key, name, service}`: a key no other group has, a name
 * to show, and the service where all of the group are of one, else null.
 */
export function grouping(by) {
  if (!by.startsWith(ATTRIBUTE)) return FIXED[by];
  const key = by.slice(ATTRIBUTE.length);
  return {
    title: key,
    of: (span) => {
      const text = attributeText(span, key);
      return text === null ? group([], "(without it)") : group([text], text === "" ? "(empty)" : text);
    },
  };
}

function group(parts, name, service = null) {
  return { key: JSON.stringify(parts), name, service };
}

/** The text of a span's attribute, else of its resource's; null if neither has it. */
export function attributeText(span, key) {
  const own = span.raw.attributes?.find((one) => one.key === key);
  if (own) return textOf(own.value);
  return span.resource.attributes.find((one) => one.key === key)?.text ?? null;
}

/** The keys that the spans and their resources have, sorted; the first thousand that are met. */
export function attributeKeys(spans) {
  const keys = new Set();
  for (const span of spans) {
    for (const { key } of span.raw.attributes ?? []) keys.add(key);
    for (const { key } of span.resource.attributes) keys.add(key);
    if (keys.size >= MOST_KEYS) break;
  }
  return [...keys].filter((key) => key && !key.startsWith(OF_JAEGER)).sort();
}

/** `{element, offer}`: a form that calls `run` with the key that was typed; `offer` takes the keys to choose from. */
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
