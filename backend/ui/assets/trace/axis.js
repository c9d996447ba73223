// The time axis: ticks at round times of the visible range.

import { element } from "../common/dom.js";

const APART = 95; // px between labels
const LETTER = 7; // px per digit, approximately; measuring each label would force repeated layouts
const [SECOND, MINUTE, HOUR] = [1e6, 60e6, 3600e6]; // µs
const UNITS = [
  { name: "s", size: SECOND },
  { name: "ms", size: 1e3 },
  { name: "µs", size: 1 },
  { name: "ns", size: 1e-3 },
];
// Between a second and a day, round steps are not powers of ten.
const STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30].map((number) => number * SECOND),
  ...[1, 2, 5, 10, 15, 20, 30].map((number) => number * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((number) => number * HOUR),
];

/**
 * At most `most` round times within a range: `{at, label}`, µs. Below a second, labels share one unit, with enough
 * digits to distinguish them; above, they are whole seconds, minutes and hours.
 */
export function ticks({ from, to }, most) {
  const step = roundUp((to - from) / Math.max(most, 1));
  const label = step < SECOND || to < 2 * MINUTE ? inOneUnit(step, to) : inWords(step, to);
  const made = [];
  // Multiply instead of adding up: 0.1 + 0.2 is not 0.3.
  for (let number = Math.ceil(from / step - 1e-9); number * step <= to + step * 1e-9; number += 1) {
    const at = number * step;
    made.push({ at, label: label(at) });
  }
  return made;
}

function roundUp(number) {
  if (number > SECOND && number <= STEPS.at(-1)) return STEPS.find((step) => step >= number * 0.999999);
  const unit = number > SECOND ? STEPS.at(-1) : 1; // days
  const power = 10 ** Math.floor(Math.log10(number / unit));
  const first = number / unit / power;
  return unit * power * (first <= 1.000001 ? 1 : first <= 2.000001 ? 2 : first <= 5.000001 ? 5 : 10);
}

function inOneUnit(step, to) {
  const unit = UNITS.find(({ size }) => to >= size && step >= size / 1000) ?? UNITS.at(-1);
  const digits = Math.min(Math.max(0, -Math.floor(Math.log10(step / unit.size) + 1e-9)), 9);
  return (at) => `${(at / unit.size).toFixed(digits)} ${unit.name}`;
}

/** For example `20 min`, `1 h 20 min` or `5 min 30 s`; omits zero parts. */
function inWords(step, to) {
  const none = step < MINUTE ? "0 s" : step < HOUR ? "0 min" : "0 h";
  const hour = to < 2 * HOUR ? Infinity : HOUR; // up to two hours, use minutes
  return (at) => {
    const hours = Math.floor(at / hour);
    const rest = hours > 0 ? at - hours * HOUR : at;
    const parts = [[hours, "h"], [Math.floor(rest / MINUTE), "min"], [Math.round((rest % MINUTE) / SECOND), "s"]];
    return parts.filter(([number]) => number > 0).map((part) => part.join(" ")).join(" ") || none;
  };
}

/** `edge`: px after the axis that a label may extend into. */
export function drawAxis(axis, grid, range, width, edge = 0) {
  const made = ticks(range, Math.max(Math.floor(width / APART), 2));
  const shares = made.map(({ at }) => (at - range.from) / (range.to - range.from));
  const fits = ({ label }, number) => (1 - shares[number]) * width + edge >= label.length * LETTER + 8;
  const labels = made.map((tick, number) => (fits(tick, number) ? placed("label", shares[number], tick.label) : null));
  axis.replaceChildren(...labels.filter(Boolean));
  grid.replaceChildren(...shares.map((share) => placed("line", share)));
}

function placed(kind, share, text = null) {
  const made = element("div", kind, text);
  made.style.left = `${share * 100}%`;
  return made;
}
