// The self times of a trace's spans, each worked out once.

import { selfTime } from "./self_time.js";

/** A function like selfTime that remembers; for as long as the trace stays the same. */
export function rememberedSelfTime() {
  const known = new Map();
  return (span) => {
    if (!known.has(span)) known.set(span, selfTime(span));
    return known.get(span);
  };
}
