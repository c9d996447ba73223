// The shown part of a trace: `{from, to}` in µs from its begin; null is all of it.

const SMALLEST = 0.001; // µs: OTLP counts ns

/** A range between two moments, in whichever order, within the trace; null where that is all of it. */
export function between(one, other, total) {
  const within = (moment) => Math.min(Math.max(moment, 0), total);
  const length = Math.min(Math.max(within(Math.max(one, other)) - within(Math.min(one, other)), SMALLEST), total);
  const from = Math.min(within(Math.min(one, other)), total - length);
  return from <= 0 && from + length >= total ? null : { from, to: from + length };
}

/** Longer or shorter by a factor, around a moment that stays where it is. */
export function zoomed({ from, to }, total, factor, around = (from + to) / 2) {
  const length = Math.min(Math.max((to - from) * factor, SMALLEST), total);
  const begin = around - ((around - from) / (to - from)) * length;
  const start = Math.min(Math.max(begin, 0), total - length);
  return between(start, start + length, total);
}

/** As long, and later by some µs, as far as the trace reaches. */
export function panned({ from, to }, total, by) {
  const start = Math.min(Math.max(from + by, 0), Math.max(total - (to - from), 0));
  return between(start, start + to - from, total);
}
