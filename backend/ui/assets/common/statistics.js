// Statistics of spans: how often, and how long.

/**
 * The nearest-rank percentile: the smallest of ascending numbers that at least `part` of them, 0 to 1, do not exceed.
 * It is always one of the numbers, nothing between two of them; NaN of none.
 */
export function percentile(sorted, part) {
  if (sorted.length === 0) return NaN;
  // 0.07 * 100 is a hair more than 7: no reason to take the eighth.
  const rank = Math.ceil(sorted.length * part - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}

/** The numbers of some spans, in µs: `{count, errors, total, self, average, min, p50, p99, max}`. */
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
 * The groups of spans with their numbers, in the order in which they begin: those of statisticsOf and `{key, name,
 * service, share}`, the share being that of the self time of all spans, 0 to 1.
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
