// The reconciler: focus, order and identity of children, in a place of its own.

import { forget, reconcile, reconcileEqual, reconcileInSlices } from "/assets/common/reconcile.js";

const with_ = { key: (text) => text, make };

function make(text) {
  const made = document.createElement("button");
  made.textContent = text;
  return made;
}

function place() {
  document.body.replaceChildren();
  return document.body.appendChild(document.createElement("div"));
}

function texts(parent) {
  return [...parent.children].map((child) => child.textContent).join("");
}

/** From one list to another: what is there then, and which of the elements are the same ones as before. */
export function changed(cases) {
  return cases.map(([before, after]) => {
    const parent = place();
    reconcile(parent, before, with_);
    const those = new Set(parent.children);
    reconcile(parent, after, with_);
    return [texts(parent), [...parent.children].filter((child) => those.has(child)).map((child) => child.textContent)];
  });
}

/** What has the focus after what had it moved, stayed, and went. */
export function focused(lists) {
  const parent = place();
  reconcile(parent, lists[0], with_);
  parent.children[0].focus();
  return lists.slice(1).map((list) => {
    reconcile(parent, list, with_);
    return document.activeElement === document.body ? null : document.activeElement.textContent;
  });
}

/** How many children are put into the page anew: what stays in its place is not touched. */
export function moves([before, after]) {
  const parent = place();
  reconcile(parent, before, with_);
  let moved = 0;
  const { insertBefore } = parent;
  parent.insertBefore = (...put) => {
    moved += 1;
    return insertBefore.apply(parent, put);
  };
  reconcile(parent, after, with_);
  return moved;
}

/** Children that are not its own stay before them; two items of one key are two children; all are updated. */
export function others() {
  const parent = place();
  parent.append(make("legend "));
  const update = (child) => child.append("'");
  reconcile(parent, ["a", "a"], { ...with_, update });
  reconcile(parent, ["b", "a", "a"], { ...with_, update });
  const first = texts(parent);
  forget(parent);
  return [first, texts(parent)];
}

/** Of children that look the same the old ones stay. */
export function equal() {
  const parent = place();
  reconcileEqual(parent, ["a", "b"].map(make));
  const [, b] = parent.children;
  reconcileEqual(parent, ["c", "b"].map(make));
  return [texts(parent), parent.children[1] === b];
}

/** A list that is made in slices gives way to the next one; what each of them says, and what is there. */
export async function slices() {
  const parent = place();
  const slowly = (text) => {
    const until = performance.now() + 15; // ms: more than one of them is more than a slice
    while (performance.now() < until);
    return make(text);
  };
  const first = reconcileInSlices(parent, [..."abcdef"], { ...with_, make: slowly });
  const second = reconcileInSlices(parent, [..."fea"], { ...with_, make: slowly });
  return [await first, await second, texts(parent)];
}
