// The line between names and bars, which can be moved.

import { element } from "../../common/dom.js";
import { keep, recall } from "../../common/storage.js";
import { onDrag } from "./drag.js";

const [LEAST, MOST] = [15, 75]; // per cent of the width
const STEP = 2;
const USUAL = 38;
const USUAL_OF_PHONE = 50;
const PHONE = 600; // px
const KEY = "timeline.names";

export function makeSplitter(timeline, moved) {
  let share = remembered() ?? (timeline.clientWidth < PHONE ? USUAL_OF_PHONE : USUAL);
  const splitter = element("div", {
    class: "splitter",
    role: "separator",
    tabindex: "0",
    "aria-orientation": "vertical",
    "aria-label": "Width of the names",
    "aria-valuemin": LEAST,
    "aria-valuemax": MOST,
    title: "Drag, or use the arrow keys; double click for the usual width",
  });

  function apply() {
    timeline.style.setProperty("--names", `${share}%`);
    splitter.setAttribute("aria-valuenow", Math.round(share));
    splitter.setAttribute("aria-valuetext", `${Math.round(share)} per cent`);
  }

  function set(wanted) {
    share = Math.min(Math.max(wanted, LEAST), MOST);
    apply();
    keep(KEY, share);
    moved();
  }

  const shareAt = (x) => {
    const { left, width } = splitter.parentElement.getBoundingClientRect();
    return ((x - left) / width) * 100;
  };
  onDrag(splitter, { takes: () => true, moved: (_, x) => set(shareAt(x)) });
  splitter.addEventListener("dblclick", () => set(USUAL));
  splitter.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined || event.shiftKey) return;
    event.preventDefault();
    set(to);
  });
  apply();
  return splitter;
}

function remembered() {
  const share = recall(KEY);
  return share >= LEAST && share <= MOST ? share : null;
}
