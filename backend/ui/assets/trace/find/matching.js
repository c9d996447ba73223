// Matching: finds spans by text. Their lower-cased texts are collected once, in time slices, so that the page stays
// responsive with 10,000 spans.

import { walk } from "../../common/tree.js";
import { condition } from "./condition.js";

const BETWEEN = "\0"; // separates texts, so that no match spans two
const SLICE = 12; // ms; a frame takes 16

/** All searchable texts of a span: names, ids, kind, status, and attributes, including those of events and links. */
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

/** Combine terms of common/terms.js into one function of a span and its texts from textsOf. */
export function matcher(terms) {
  const words = terms.filter(({ key }) => !key).map(({ pieces }) => pieces[0].toLowerCase());
  const conditions = terms.filter(({ key }) => key).map(condition);
  return (node, texts) => words.every((word) => texts.includes(word)) && conditions.every((meets) => meets(node));
}

export class Finder {
  #trace = null;
  #texts = []; // [node, text] of the nodes read so far, in row order
  #waiting = null; // nodes not read yet
  #latest = 0;

  /** The ids of nodes that match all terms, in row order; empty without terms; null if a newer search superseded it. */
  async find(state, terms) {
    this.#latest += 1;
    const mine = this.#latest;
    const found = new Set();
    if (terms.length === 0) return found;
    if (this.#trace !== state.trace) [this.#trace, this.#texts, this.#waiting] = [state.trace, [], walk(state.roots)];
    const matches = matcher(terms);
    let until = performance.now() + SLICE;
    for (let place = 0; ; place += 1) {
      const entry = this.#texts[place] ?? this.#read();
      if (!entry) return found;
      if (matches(...entry)) found.add(entry[0].id);
      if (performance.now() < until) continue;
      await new Promise((done) => setTimeout(done));
      if (this.#latest !== mine) return null;
      until = performance.now() + SLICE;
    }
  }

  #read() {
    const { value, done } = this.#waiting.next();
    if (done) return null;
    const entry = [value.node, textsOf(value.node)];
    this.#texts.push(entry);
    return entry;
  }
}
