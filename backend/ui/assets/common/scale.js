// Scales of times and durations: positions of axis ticks.

import { duration } from "./format.js";

const [SECOND, MINUTE, HOUR, DAY] = [1e3, 60e3, 3600e3, 86_400e3]; // ms
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((number) => number * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((number) => number * MINUTE),
  ...[1, 2, 3, 6, 12].map((number) => number * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((number) => number * DAY),
];
const LEAST = 1; // µs: the lowest value a logarithmic scale shows

/** At most `most` ticks for a time axis, at round local times, and the step between them; all in ms. */
export function timeTicks(from, to, most) {
  const years = Math.ceil((to - from) / most / (364 * DAY)) * 364 * DAY;
  const step = TIME_STEPS.find((one) => (to - from) / one <= most) ?? years;
  const offset = new Date(from).getTimezoneOffset() * MINUTE; // to round in local time
  const at = [];
  for (let tick = Math.ceil((from - offset) / step) * step + offset; tick <= to; tick += step) at.push(tick);
  return { step, at };
}

/** A tick's label, as precise as the step. */
export function timeLabel(milliseconds, step) {
  const date = new Date(milliseconds);
  if (step >= DAY) return date.toLocaleDateString();
  const parts = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (step < MINUTE) parts.second = "2-digit";
  const time = date.toLocaleTimeString([], parts);
  return step < SECOND ? `${time}.${String(date.getMilliseconds()).padStart(3, "0")}` : time;
}

/** Ticks in µs, and a function from a duration to its place on the axis, 0 (bottom) to 1 (top). */
export function durationScale(durations, logarithmic) {
  const longest = durations.reduce((most, one) => Math.max(most, one), LEAST);
  if (!logarithmic) {
    const step = roundStep(longest / 3);
    const count = Math.max(1, Math.ceil(longest / step - 1e-9));
    const ticks = Array.from({ length: count + 1 }, (_, number) => number * step);
    return { ticks, part: (one) => one / (count * step) };
  }
  const shortest = durations.reduce((least, one) => Math.min(least, Math.max(one, LEAST)), longest);
  const low = Math.floor(Math.log10(shortest) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(longest) - 1e-9));
  const ticks = Array.from({ length: high - low + 1 }, (_, number) => 10 ** (low + number));
  return { ticks, part: (one) => (Math.log10(Math.max(one, LEAST)) - low) / (high - low) };
}

/** The axis label of a round duration. */
export function durationLabel(microseconds) {
  const seconds = microseconds / 1e6;
  if (seconds >= 60 && seconds % 60 > 0) return `${seconds} s`;
  return duration(microseconds).replace(/\.0+ | 0 \w+$/, " ").trim();
}

function roundStep(least) {
  const clock = TIME_STEPS.find((one) => one * 1000 >= least);
  if (least > 30 * SECOND * 1000 && clock) return clock * 1000;
  return decimalStep(least);
}

/** Round up to 1, 2, 5 or 10 times a power of ten. */
export function decimalStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) * power;
}
