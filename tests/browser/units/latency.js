// What the charts over time draw.

import { barPath, linePath, rate, roundTicks } from "/assets/dependencies/latency/scale.js";

export function rates(list) {
  return list.map(([count, length]) => rate(count, length));
}

export function ticks(list) {
  return list.map(roundTicks);
}

export function paths(shares) {
  return { line: linePath(shares), bars: barPath(shares) };
}
