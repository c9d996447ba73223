// The head of the rows: the time axis of the shown range; and the lines that go down from it.

import { element } from "../common/dom.js";
import { ticks } from "./axis.js";

const APART = 95; // px between labels
const LETTER = 7; // px of a digit, about; to measure them all would have the page laid out again and again

/** Draw the axis and its lines anew; `width`: px they have. */
export function drawAxis(axis, grid, range, width) {
  const made = ticks(range, Math.max(Math.floor(width / APART), 2));
  const shares = made.map(({ at }) => (at - range.from) / (range.to - range.from));
  const labels = made.map(({ label }, number) => {
    const room = (1 - shares[number]) * width; // the last label would stick out
    return placed(room < label.length * LETTER + 8 ? "label before" : "label", shares[number], label);
  });
  axis.replaceChildren(...labels);
  grid.replaceChildren(...shares.map((share) => placed("line", share)));
}

function placed(kind, share, text = null) {
  const made = element("div", kind, text);
  made.style.left = `${share * 100}%`;
  return made;
}
