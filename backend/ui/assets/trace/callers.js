// Callers: services that are known to call another, from what the back end has seen.

import { get } from "../common/api.js";

const LOOKBACK = 24 * 3600_000; // ms before the trace

let asked = null;

/**
 * Who calls a span's service, the most frequent first; nobody where the back end does not say. It is asked once.
 * @returns {Promise<{service: string, calls: number}[]>}
 */
export async function callersOf(span, trace) {
  asked ??= calls(Number(trace.beginNs / 1_000_000n)).catch(() => []);
  const found = (await asked).filter(({ parent, child }) => child === span.service && parent !== child);
  found.sort((one, other) => other.callCount - one.callCount);
  return found.map(({ parent, callCount }) => ({ service: parent, calls: callCount }));
}

/** All calls between services. @param {number} begin of the trace, ms since the epoch. */
async function calls(begin) {
  const now = Math.max(Date.now(), begin);
  // Without the figures that the list of services shows, which take longer.
  const parameters = new URLSearchParams({ endTs: now, lookback: now - begin + LOOKBACK });
  return (await get(`/api/dependencies?${parameters}`)).data ?? [];
}
