// The scales of the charts and their labels: rates, fractions and positions over time. No DOM in here.

import { decimalStep } from "../../common/scale.js";

const UNITS = [
  { name: "s", length: 1000 },
  { name: "min", length: 60_000 },
  { name: "h", length: 3_600_000 },
];
const LEAST = 0.5; // minimum rate in a unit, so that numbers are not much below one
const TICKS = 3; // most ticks above zero

/** The unit for a rate of `count` spans in `length` ms: the shortest in which it is not a small fraction. */
export function rateUnit(count, length) {
  return UNITS.find((unit) => (count / length) * unit.length >= LEAST) ?? UNITS.at(-1);
}

/** For example `12.5/s` or `3/min`; "0" without spans. */
export function rate(count, length, unit = rateUnit(count, length)) {
  if (count === 0) return "0";
  const number = (count / length) * unit.length;
  const digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return `${Number(number.toFixed(digits)).toLocaleString("en")}/${unit.name}`;
}

/** Round ticks from 0 to at least the maximum. */
export function roundTicks(most) {
  if (!(most > 0)) return [0, 1];
  const step = decimalStep(most / TICKS);
  const count = Math.ceil(most / step - 1e-9);
  // Multiply instead of adding up, and round away floating-point noise.
  return Array.from({ length: count + 1 }, (_, number) => Number((number * step).toPrecision(12)));
}

/** An SVG line through the middle of each slot, in a square of 100; null is a gap; a value between gaps is a dot. */
export function linePath(shares) {
  let path = "";
  shares.forEach((share, at) => {
    if (share === null) return;
    const place = `${round(((at + 0.5) / shares.length) * 100)} ${round(100 - share * 100)}`;
    const [before, after] = [shares[at - 1] ?? null, shares[at + 1] ?? null];
    path += before === null ? `M${place}` : `L${place}`;
    if (before === null && after === null) path += "h0.01";
  });
  return path;
}

/** Likewise, a bar per slot with a value. */
export function barPath(shares) {
  const width = 100 / shares.length;
  return shares
    .map((share, at) => {
      if (!share) return "";
      const [left, right] = [at * width + width * 0.1, (at + 1) * width - width * 0.1];
      return `M${round(left)} 100V${round(100 - share * 100)}H${round(right)}V100Z`;
    })
    .join("");
}

function round(number) {
  return Math.round(number * 100) / 100;
}
