// The one place that brings children into line with data. What is there already under its key stays the same element:
// it keeps its focus, what is selected in it, and its place among the others, if that is its place.

import { element } from "./dom.js";

const SLICE = 25; // ms after which the browser may do something else: 1,500 rows of the search take a second

const made = new WeakMap(); // parent: its children by key, of those that were made here
const turns = new WeakMap(); // parent: how often it was begun

/**
 * Give a parent a child for each item, in their order, behind the children that were not made here.
 * @param {(item: Item) => unknown} with_.key of two items with one key the later one has a key of its own.
 * @param {(child: Element, item: Item) => void} [with_.update] called for those just made as well.
 */
export function reconcile(parent, items, with_) {
  const steps = eachChild(parent, items, with_);
  while (!steps.next().done);
}

/** Likewise, but a slice at a time; resolves to false if the same parent was to have others meanwhile. */
export async function reconcileInSlices(parent, items, with_) {
  let begun = performance.now();
  const steps = eachChild(parent, items, with_);
  const turn = (turns.get(parent) ?? 0) + 1; // it begins with its first step
  while (!steps.next().done) {
    if (performance.now() - begun <= SLICE) continue;
    await new Promise((resume) => setTimeout(resume));
    if (turns.get(parent) !== turn) return false;
    begun = performance.now();
  }
  return true;
}

/** Keep as a child only what says the same: of each item `same` tells that, `make` makes its element. */
export function reconcileSame(parent, items) {
  reconcile(parent, items, { key: ({ same }) => same, make: ({ make }) => make() });
}

/** Give a parent these children; of those that look like one that is there already, that one stays. */
export function reconcileEqual(parent, nodes) {
  const key = (node) => [...parent.children].find((child) => child.isEqualNode(node)) ?? node;
  reconcile(parent, nodes, { key, make: (node) => node });
}

/** Show facts in a list. What one has focused or selected in those that say the same stays. */
export function reconcileFacts(list, facts) {
  reconcile(list, facts, {
    key: ({ term, same }) => `${term}\n${same}`,
    make: ({ term, make }) => element("div", "", element("dt", "", term), element("dd", "", ...make())),
  });
}

/** A fact: a text with a title; or what `make` makes, where `same` tells whether it is still the same. */
export function fact(term, same, title = "", make = () => [title ? element("span", { title }, same) : same]) {
  return { term, same, make };
}

/** Take all children away that were made here. */
export function forget(parent) {
  reconcile(parent, [], {});
}

function* eachChild(parent, items, { key, make, update = () => {} }) {
  turns.set(parent, (turns.get(parent) ?? 0) + 1);
  if (!made.has(parent)) made.set(parent, new Map());
  const children = made.get(parent);
  const wanted = keyed(items, key);
  for (const [name, child] of children) {
    if (wanted.has(name)) continue;
    child.remove();
    children.delete(name);
  }
  const own = new Set(children.values());
  let next = [...parent.children].find((child) => own.has(child)) ?? null;
  for (const [name, item] of wanted) {
    if (!children.has(name)) children.set(name, make(item));
    const child = children.get(name);
    update(child, item);
    if (child === next) next = next.nextElementSibling;
    else put(child, parent, next);
    yield;
  }
}

function keyed(items, key) {
  const wanted = new Map();
  for (const item of items) {
    let name = key(item);
    while (wanted.has(name)) name = `${name} again`;
    wanted.set(name, item);
  }
  return wanted;
}

/** Put a child before another one. What moves loses the focus, so it gets it back. */
function put(child, parent, next) {
  const focused = child.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(child, next);
  if (focused) focused.focus({ preventScroll: true });
}
