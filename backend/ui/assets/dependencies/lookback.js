// Look-back: how far into the past the page looks.

import { embedded } from "../common/api.js";

const HOUR = 3_600_000;
// Until 2100, as Jaeger cannot count much further in ns: clocks that are ahead are in "all" too.
const FUTURE = Date.UTC(2100);

/** By their name in the address: what to call them, and ms; null for all. */
export const LOOKBACKS = {
  "15m": { title: "Last 15 minutes", length: HOUR / 4 },
  "1h": { title: "Last hour", length: HOUR },
  "6h": { title: "Last 6 hours", length: 6 * HOUR },
  "24h": { title: "Last 24 hours", length: 24 * HOUR },
  "2d": { title: "Last 2 days", length: 48 * HOUR },
  "7d": { title: "Last 7 days", length: 168 * HOUR },
  all: { title: "All times", length: null },
};
// As on the page of traces: who tries things out finds them, whenever that was.
export const DEFAULT = embedded ? "all" : "24h";

/** The parameters of a question: `{end, lookback}`, ms. */
export function windowOf(name, now = Date.now()) {
  const { length } = LOOKBACKS[name];
  return length === null ? { end: FUTURE, lookback: FUTURE } : { end: now, lookback: length };
}
