// Self time: the time during which none of a span's children ran.

/**
 * The times in which a span's children run, clipped to the span and merged if they overlap: a list of `{from, to}`, µs
 * from the start of the trace, in order.
 */
export function covered(span) {
  const parts = [];
  const children = [...span.children].sort((one, other) => one.start - other.start);
  for (const child of children) {
    const from = Math.max(child.start, span.start);
    const to = Math.min(child.end, span.end);
    if (to <= from) continue;
    const last = parts.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else parts.push({ from, to });
  }
  return parts;
}

/** A span's duration minus the time its children run, µs; 0 for a missing span. */
export function selfTime(span) {
  if (span.missing) return 0;
  return Math.max(0, covered(span).reduce((rest, { from, to }) => rest - (to - from), span.duration));
}

/** A memoized selfTime; valid while the trace does not change. */
export function rememberedSelfTime() {
  const known = new Map();
  return (span) => {
    if (!known.has(span)) known.set(span, selfTime(span));
    return known.get(span);
  };
}
