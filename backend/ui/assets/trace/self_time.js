// Self time: what a span spent on its own, while none of its children ran.

/**
 * The times in which children of a span run, cut to the span and joined where they overlap: `{from, to}` each, µs from
 * the trace's begin, in their order.
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

/** A span's duration less the time in which its children run, µs; 0 for a missing span. */
export function selfTime(span) {
  if (span.missing) return 0;
  return Math.max(0, covered(span).reduce((rest, { from, to }) => rest - (to - from), span.duration));
}

/** A function like selfTime that remembers; for as long as the trace stays the same. */
export function rememberedSelfTime() {
  const known = new Map();
  return (span) => {
    if (!known.has(span)) known.set(span, selfTime(span));
    return known.get(span);
  };
}
