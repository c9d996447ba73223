// Attributes, as a list.

import { searchAddress } from "../../common/page_addresses.js";
import { copyButton } from "../../common/copy.js";
import { button, element, isolated, shortened, signLink } from "../../common/dom.js";
import { count, inOrder } from "../../common/format.js";
import { equal, writeTerms } from "../../common/terms.js";
import { valueElements } from "./value.js";

const MOST = 100; // that are shown at first
const KEY = 200; // characters of a key
const FILTER = 900; // characters of key and value that a search takes

/** A list of attributes, sorted by key; `find` gives the key by which a search finds one, if it can. */
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

/** Attributes as a JSON object, for copying; of a key that is there twice the last value. */
export function attributesJson(attributes) {
  return JSON.stringify(Object.fromEntries(attributes.map((one) => [one.key, jsonValue(one)])), null, 2);
}

/** What JSON has no value for stays a text: bytes, integers that a Number would round, NaN. */
function jsonValue({ type, text }) {
  if (type === "empty") return null;
  if (type === "bool") return text === "true";
  if (type === "array" || type === "kvlist") return JSON.parse(text);
  const number = Number(text);
  const exact = type === "double" ? Number.isFinite(number) : type === "int" && Number.isSafeInteger(number);
  return exact ? number : text;
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
    element("dt", "", isolated(key, KEY), type === "string" ? null : element("span", "type", type)),
    element("dd", "", ...value, element("span", "actions", ...actions)),
  );
}
