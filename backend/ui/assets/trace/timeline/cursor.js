// A vertical line through all rows at the pointer, and its time on the axis.

import { element } from "../../common/dom.js";
import { duration } from "../../common/format.js";

/** Place `line` over the bars; call `redraw` when the range changes. */
export function makeCursor(scroller, axis, state) {
  const line = element("div", { class: "cursor", "aria-hidden": "true", hidden: true });
  const now = element("div", { class: "now", "aria-hidden": "true", hidden: true });
  let x = null; // of the pointer

  function redraw() {
    const { left, width } = axis.getBoundingClientRect();
    const share = (x - left) / width;
    const outside = x === null || share < 0 || share > 1;
    line.hidden = now.hidden = outside;
    if (outside) return;
    const { from, to } = state.shown;
    line.style.left = now.style.left = `${share * 100}%`;
    now.textContent = duration(from + share * (to - from));
    if (now.parentElement !== axis) axis.append(now); // each range recreates the axis labels
  }

  scroller.addEventListener("pointermove", (event) => {
    x = event.pointerType === "touch" ? null : event.clientX;
    redraw();
  });
  scroller.addEventListener("pointerleave", () => {
    x = null;
    redraw();
  });
  return { line, redraw };
}
