// The time axis: round moments of the shown range.

import { element } from "../common/dom.js";

const APART = 95; // px between labels
const LETTER = 7; // px of a digit, about; to measure them all would have the page laid out again and again
const UNITS = [
  { name: "s", size: 1e6 },
  { name: "ms", size: 1e3 },
  { name: "µs", size: 1 },
  { name: "ns", size: 1e-3 },
];

/**
 * At most so many round moments within a range: `{at, label}`, µs; labels of one unit, with as many digits as tell them
 * apart.
 */
export function ticks({ from, to }, most) {
  const step = roundUp((to - from) / Math.max(most, 1));
  const unit = UNITS.find(({ size }) => to >= size && step >= size / 1000) ?? UNITS.at(-1);
  const digits = Math.min(Math.max(0, -Math.floor(Math.log10(step / unit.size) + 1e-9)), 9);
  const made = [];
  // Counted, not added up: 0.1 + 0.2 is no 0.3.
  for (let number = Math.ceil(from / step - 1e-9); number * step <= to + step * 1e-9; number += 1) {
    const at = number * step;
    made.push({ at, label: `${(at / unit.size).toFixed(digits)} ${unit.name}` });
  }
  return made;
}

function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  const first = number / power;
  return power * (first <= 1.000001 ? 1 : first <= 2.000001 ? 2 : first <= 5.000001 ? 5 : 10);
}

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
