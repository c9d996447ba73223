// A splitter between two parts of the page, movable by dragging and by keys. Its position is remembered.

import { element } from "../common/dom.js";
import { keep, recall } from "../common/storage.js";
import { onDrag } from "./drag.js";

const STEP = 2; // per cent

/**
 * Create a splitter. All numbers are per cent of the width of `whole()`: `least`, `most` and `usual` width of the part
 * it resizes, which is on the left, or on the `right`. `key` is its storage key; `moved` gets each new width, including
 * the first one; `label` names it.
 */
export function makeSplitter({ label, key, whole, least, most, usual, right = false, moved }) {
  let share = within(recall(key) ?? usual, least, most) ?? usual;
  const splitter = element("div", {
    class: "splitter",
    role: "separator",
    tabindex: "0",
    "aria-orientation": "vertical",
    "aria-label": label,
    "aria-valuemin": least,
    "aria-valuemax": most,
    title: "Drag, or use the arrow keys; double click for the usual width",
  });

  function apply() {
    splitter.setAttribute("aria-valuenow", Math.round(share));
    splitter.setAttribute("aria-valuetext", `${Math.round(share)} per cent`);
    moved(share);
  }

  function set(wanted) {
    share = Math.min(Math.max(wanted, least), most);
    keep(key, share);
    apply();
  }

  const shareAt = (x) => {
    const edges = whole().getBoundingClientRect();
    return ((right ? edges.right - x : x - edges.left) / edges.width) * 100;
  };
  onDrag(splitter, { takes: () => true, moved: (_, x) => set(shareAt(x)) });
  splitter.addEventListener("dblclick", () => set(usual));
  splitter.addEventListener("keydown", (event) => {
    const step = right ? -STEP : STEP;
    const to = { ArrowLeft: share - step, ArrowRight: share + step, Home: least, End: most }[event.key];
    if (to === undefined || event.shiftKey) return;
    event.preventDefault();
    set(to);
  });
  apply();
  return splitter;
}

function within(share, least, most) {
  return share >= least && share <= most ? share : null;
}
