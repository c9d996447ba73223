// Attributes, as a list.

import { searchAddress } from "../../common/page_addresses.js";
import { copyButton } from "../../common/copy.js";
import { button, element, shortened, signLink } from "../../common/dom.js";
import { count, inOrder } from "../../common/format.js";
import { equal, writeTerms } from "../../common/terms.js";
import { indented, valueElements } from "./value.js";

const MOST = 100; // shown at first
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i; // as JSON has it
const KEY = 200; // characters of a key
const FILTER = 900; // characters of key and value that a search accepts

/** A list of attributes, sorted by key; `find` returns the search key of an attribute, if it is searchable. */
export function attributeList(attributes, { find } = {}) {
  const sorted = [...attributes].sort((one, other) => inOrder(one.key, other.key));
  const list = element("dl", "attributes", ...sorted.slice(0, MOST).map((one) => row(one, find)));
  if (sorted.length <= MOST) return list;
  const more = button(`Show all ${count(sorted.length, "attribute")}`, { class: "small" }, () => {
    list.append(...sorted.slice(MOST).map((one) => row(one, find)));
    list.children[MOST].querySelector("button").focus();
    more.remove();
  });
  return element("div", "", list, more);
}

/** Attributes as a JSON object, for copying; the last value of a repeated key. */
export function attributesJson(attributes) {
  const entries = new Map(attributes.map((one) => [one.key, jsonOf(one)]));
  const json = `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
  return indented(json) ?? json;
}

/** An integer keeps all digits; values that JSON lacks, bytes and NaN, stay text. */
function jsonOf({ type, text }) {
  if (type === "empty") return "null";
  const isJson = ["bool", "array", "kvlist"].includes(type) || (["int", "double"].includes(type) && NUMBER.test(text));
  return isJson ? text : JSON.stringify(text);
}

/** A key with line-break opportunities after its dots. */
function breakable(key) {
  return key.split(/(?<=[._/-])/).flatMap((part, place) => (place ? [element("wbr"), part] : [part]));
}

function row({ key, type, text }, find) {
  const name = shortened(key, 60);
  const none = type === "empty" ? "no value" : "empty text";
  const value = type === "empty" || !text ? [element("i", "quiet", none)] : valueElements(text);
  const findable = find && !["empty", "bytes"].includes(type) && key.length + text.length <= FILTER;
  const actions = [copyButton(`the value of ${name}`, text)];
  if (findable) {
    const tags = writeTerms([equal(find(key), text)]);
    actions.push(signLink("search", `Find traces with this ${name}`, searchAddress({ tags })));
  }
  return element(
    "div",
    "attribute",
    element("dt", "", element("bdi", "", ...breakable(shortened(key, KEY))), type === "string" ? null : element("span", "type", type)),
    element("dd", "", ...value, element("span", "actions", ...actions)),
  );
}
