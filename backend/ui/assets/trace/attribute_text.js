// One attribute of a span, without reading all of them.

import { textOf } from "../common/model.js";

const MOST_KEYS = 1000; // to choose from
const OF_JAEGER = "@jaeger@"; // what it adds to spans by itself

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
