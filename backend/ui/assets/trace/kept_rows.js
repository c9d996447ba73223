// A list of facts that changes while data arrives: only the rows that say something else are made anew, so that what
// one has focused or selected in the others stays.

import { element } from "../common/dom.js";

/**
 * @param {HTMLDListElement} list
 * @param {{term: string, same: string, make: () => (Node | string)[]}[]} rows `same` tells whether a row is still the
 *   same one; terms may repeat.
 */
export function keepRows(list, rows) {
  rows.forEach(({ term, same, make }, place) => {
    const key = `${term}\n${same}`;
    const old = list.children[place];
    if (old?.kept === key) return;
    const row = element("div", "", element("dt", "", term), element("dd", "", ...make()));
    row.kept = key;
    if (old) old.replaceWith(row);
    else list.append(row);
  });
  while (list.children.length > rows.length) list.lastElementChild.remove();
}
