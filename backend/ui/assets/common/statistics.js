// Statistics of spans: counts and durations.

/**
 * The nearest-rank percentile of ascending numbers: the smallest that at least `part` of them, 0 to 1, do not exceed.
 * Always one of the numbers, never interpolated; NaN for an empty list.
 */
export function percentile(sorted, part) {
  if (sorted.length === 0) return NaN;
  // 0.07 * 100 is slightly above 7, which must not round up to 8.
  const rank = Math.ceil(sorted.length * part - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}

/** Statistics of some spans, times in µs: `{count, errors, total, self, average, min, p50, p99, max}`. */
export function statisticsOf(spans, selfTime) {
  const durations = Float64Array.from(spans, (span) => span.duration).sort();
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return {
    count: spans.length,
    errors: spans.reduce((sum, span) => sum + (span.error ? 1 : 0), 0),
    total,
    self: spans.reduce((sum, span) => sum + selfTime(span), 0),
    average: spans.length ? total / spans.length : NaN,
    min: percentile(durations, 0),
    p50: percentile(durations, 0.5),
    p99: percentile(durations, 0.99),
    max: percentile(durations, 1),
  };
}

/**
 * Statistics per group of spans, ordered by first start: the fields of statisticsOf plus `{key, name, service, share}`,
 * where share is the group's part of the total self time, 0 to 1.
 */
export function statisticsBy(spans, groupOf, selfTime) {
  const groups = new Map();
  for (const span of spans) {
    const group = groupOf(span);
    if (!groups.has(group.key)) groups.set(group.key, { ...group, spans: [] });
    groups.get(group.key).spans.push(span);
  }
  const rows = [...groups.values()].map(({ spans: own, ...group }) => ({ ...group, ...statisticsOf(own, selfTime) }));
  const all = rows.reduce((sum, row) => sum + row.self, 0);
  for (const row of rows) row.share = all > 0 ? row.self / all : 0;
  return rows;
}
