// The operations of two traces, beside one another.

import { percentile } from "../common/percentile.js";
import { changeOf } from "./tree_diff.js";

/**
 * The operations of both traces: `{key, service, name, a, b, change, delta, ratio}`, a and b with `{count, errors, total,
 * p50}`. Times in µs, p50 by nearest rank and NaN where there is no span; delta is B's total less A's, ratio B's divided
 * by A's or null where A has none; change as of changeOf.
 * @param {{spans: Span[], duration: number}} a
 * @param {{spans: Span[], duration: number}} b
 */
export function diffOperations(a, b) {
  const rows = new Map();
  for (const [side, { spans }] of [["a", a], ["b", b]]) {
    for (const span of spans) {
      const key = JSON.stringify([span.service, span.name]);
      if (!rows.has(key)) rows.set(key, { key, service: span.service, name: span.name, a: [], b: [] });
      rows.get(key)[side].push(span);
    }
  }
  const longest = Math.max(a.duration, b.duration);
  return [...rows.values()].map((row) => {
    const [one, other] = [sideOf(row.a), sideOf(row.b)];
    const ratio = one.total > 0 && other.count > 0 ? other.total / one.total : null;
    return { ...row, a: one, b: other, change: changeOf(one, other, longest), delta: other.total - one.total, ratio };
  });
}

function sideOf(spans) {
  const durations = Float64Array.from(spans, ({ duration }) => duration).sort();
  return {
    count: spans.length,
    errors: spans.reduce((sum, span) => sum + (span.error ? 1 : 0), 0),
    total: durations.reduce((sum, duration) => sum + duration, 0),
    p50: percentile(durations, 0.5),
  };
}
