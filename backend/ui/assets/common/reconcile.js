// The one place that updates child elements from data. An item whose key exists keeps its element, and with it the
// focus, the selection and, if still right, its position.

import { element } from "./dom.js";

const SLICE = 25; // ms before yielding to the browser: 1,500 search rows take a second

const made = new WeakMap(); // parent: the children created here, by key
const turns = new WeakMap(); // parent: number of runs started

/**
 * Give a parent one child per item, in order, after the children that were not created here.
 * @param {(item: Item) => unknown} with_.key if two items share a key, the later one gets a new one.
 * @param {(child: Element, item: Item) => void} [with_.update] also called for new children.
 */
export function reconcile(parent, items, with_) {
  const steps = eachChild(parent, items, with_);
  while (!steps.next().done);
}

/** Likewise, in time slices; resolves to false if a newer call for the same parent superseded it. */
export async function reconcileInSlices(parent, items, with_) {
  let begun = performance.now();
  const steps = eachChild(parent, items, with_);
  const turn = (turns.get(parent) ?? 0) + 1; // taken before the first slice
  while (!steps.next().done) {
    if (performance.now() - begun <= SLICE) continue;
    await new Promise((resume) => setTimeout(resume));
    if (turns.get(parent) !== turn) return false;
    begun = performance.now();
  }
  return true;
}

/** Keep children whose content is unchanged: `same` returns an item's identity, `make` creates its element. */
export function reconcileSame(parent, items) {
  reconcile(parent, items, { key: ({ same }) => same, make: ({ make }) => make() });
}

/** Give a parent these children; an existing child equal to a new one stays. */
export function reconcileEqual(parent, nodes) {
  const key = (node) => [...parent.children].find((child) => child.isEqualNode(node)) ?? node;
  reconcile(parent, nodes, { key, make: (node) => node });
}

/** Show facts in a list. Unchanged facts keep their focus and selection. */
export function reconcileFacts(list, facts) {
  reconcile(list, facts, {
    key: ({ term, same }) => `${term}\n${same}`,
    make: ({ term, make }) => element("div", "", element("dt", "", term), element("dd", "", ...make())),
  });
}

/** A fact: a text with a tooltip; or the result of `make`, where `same` identifies its content. */
export function fact(term, same, title = "", make = () => [title ? element("span", { title }, same) : same]) {
  return { term, same, make };
}

/** Remove all children that were created here. */
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

/** Insert a child before another one. Moving loses the focus, so restore it. */
function put(child, parent, next) {
  const focused = child.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(child, next);
  if (focused) focused.focus({ preventScroll: true });
}
