// Groupings of spans: by operation, service, kind, or the value of an attribute whose key the user types.

import { element, plainField } from "../../common/dom.js";
import { textOf } from "../../common/model.js";
import { reconcile } from "../../common/reconcile.js";

const ATTRIBUTE = "attribute:";
const MOST_KEYS = 1000; // keys to offer
const OF_JAEGER = "@jaeger@"; // prefix of attributes that Jaeger adds
let fields = 0; // fields created so far

const FIXED = {
  operation: { title: "Operation", of: (span) => group([span.service, span.name], span.name, span.service) },
  service: { title: "Service", of: (span) => group([span.service], "", span.service) },
  kind: { title: "Kind", of: (span) => group([span.kind], span.kind || "(no kind)") },
};

export function byAttribute(key) {
  return ATTRIBUTE + key;
}

/** Whether it is a valid grouping; the address may contain anything. */
export function isGrouping(by) {
  return Object.hasOwn(FIXED, by) || by.length > ATTRIBUTE.length && by.startsWith(ATTRIBUTE);
}

/**
 * A grouping: `{title, of(span)}`; `of` returns a span's group `{key, name, service}`: a unique key, a display name,
 * and the service if it is the same for the whole group, else null.
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

/** The text of an attribute of the span, else of its resource; null if neither has it. */
export function attributeText(span, key) {
  const own = span.raw.attributes?.find((one) => one.key === key);
  if (own) return textOf(own.value);
  return span.resource.attributes.find((one) => one.key === key)?.text ?? null;
}

/** The attribute keys of the spans and their resources, sorted; only the first thousand found. */
export function attributeKeys(spans) {
  const keys = new Set();
  for (const span of spans) {
    for (const { key } of span.raw.attributes ?? []) keys.add(key);
    for (const { key } of span.resource.attributes) keys.add(key);
    if (keys.size >= MOST_KEYS) break;
  }
  return [...keys].filter((key) => key && !key.startsWith(OF_JAEGER)).sort();
}

/** `{element, offer}`: a form that calls `run` with the typed key; `offer` sets the suggested keys. */
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
