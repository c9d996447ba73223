// Matching: which spans have what is looked for. All their texts are read once, lower-cased, and a slice at a time, so
// that the page stays quick with 10,000 of them.

import { walk } from "../../common/tree.js";

const BETWEEN = "\0"; // texts; none goes over its end
const SLICE = 12; // ms; a frame of the screen takes 16

/** A thing that is looked for: a text that occurs anywhere, or `key=value`. */
export function readWords(text) {
  const words = text.toLowerCase().match(/"[^"]*"?|[^\s"]+(?:"[^"]*"?)?/g) ?? [];
  return words
    .map((word) => word.replaceAll('"', ""))
    .filter(Boolean)
    .map(readWord);
}

function readWord(text) {
  const at = text.indexOf("=");
  return at < 0 ? { text } : { text, key: text.slice(0, at), value: text.slice(at + 1) };
}

/** All that a span can be found by: names, ids, kind, status, attributes, also those of events and links. */
export function textsOf(node) {
  const texts = [node.id];
  if (node.missing) return texts.join(BETWEEN).toLowerCase();
  texts.push(
    node.service,
    node.name,
    `${node.service} ${node.name}`,
    node.parentId ?? "",
    `kind=${node.kind}`,
    `status=${node.status}`,
  );
  if (node.statusMessage) texts.push(node.statusMessage);
  for (const text of pairs(node.attributes)) texts.push(text);
  for (const { name, attributes } of node.events) texts.push(name, ...pairs(attributes));
  for (const { traceId, spanId, attributes } of node.links) texts.push(traceId, spanId, ...pairs(attributes));
  return (texts.join(BETWEEN) + BETWEEN + resourceTexts(node.resource)).toLowerCase();
}

const resources = new WeakMap(); // many spans share one

function resourceTexts(resource) {
  if (!resources.has(resource)) resources.set(resource, pairs(resource.attributes).join(BETWEEN));
  return resources.get(resource);
}

function pairs(attributes) {
  return attributes.map(({ key, text }) => `${key}=${text}`);
}

/** Whether all words of readWords fit texts of textsOf. */
export function fits(texts, words) {
  return words.every((word) =>
    word.key === undefined ? texts.includes(word.text) : texts.includes(word.text) || hasPair(texts, word),
  );
}

/** Whether a key that ends so has a value with that in it: `status_code=20` finds `http.response.status_code=200`. */
function hasPair(texts, { key, value }) {
  for (let at = texts.indexOf(`${key}=`); at >= 0; at = texts.indexOf(`${key}=`, at + 1)) {
    const end = texts.indexOf(BETWEEN, at);
    const found = texts.indexOf(value, at + key.length + 1);
    if (found >= 0 && (end < 0 || found + value.length <= end)) return true;
  }
  return false;
}

export class Finder {
  #trace = null;
  #texts = []; // [id, text] of the nodes read so far, in the order of the rows
  #waiting = null; // the nodes that are not read yet
  #latest = 0;

  /**
   * The ids of the nodes that have all words of a text, in the order of the rows; null if another search began
   * meanwhile.
   */
  async find(state, text) {
    this.#latest += 1;
    const mine = this.#latest;
    const words = readWords(text);
    const found = new Set();
    if (words.length === 0) return found;
    if (this.#trace !== state.trace) [this.#trace, this.#texts, this.#waiting] = [state.trace, [], walk(state.roots)];
    let until = performance.now() + SLICE;
    for (let place = 0; ; place += 1) {
      const entry = this.#texts[place] ?? this.#read();
      if (!entry) return found;
      if (fits(entry[1], words)) found.add(entry[0]);
      if (performance.now() < until) continue;
      await new Promise((done) => setTimeout(done));
      if (this.#latest !== mine) return null;
      until = performance.now() + SLICE;
    }
  }

  #read() {
    const { value, done } = this.#waiting.next();
    if (done) return null;
    const entry = [value.node.id, textsOf(value.node)];
    this.#texts.push(entry);
    return entry;
  }
}
