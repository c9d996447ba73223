// The position of a bar and what is drawn on it; fractions from 0 to 1, gradients as CSS.

import { covered } from "../self_time.js";

const FINEST = 600; // parts of the visible range; anything closer together is merged

/**
 * The position of the visible part of a time range: `{left, width, cutBefore, cutAfter}` in fractions of the visible
 * range; null if it is outside.
 */
export function placed({ from, to }, range) {
  if (to < range.from || from > range.to) return null;
  const length = range.to - range.from;
  const left = Math.max(from, range.from);
  return {
    left: (left - range.from) / length,
    width: Math.max(0, Math.min(to, range.to) - left) / length,
    cutBefore: from < range.from,
    cutAfter: to > range.to,
  };
}

/** The gradient that lightens a bar where its span's children run; "none" if there are none. */
export function coveredGradient(span, range) {
  if (span.children.length === 0) return "none";
  return gradient(covered(span), { from: span.start, to: span.end }, range, "var(--covered)");
}

/** A gradient with some parts of a bar coloured and the rest transparent. It covers the visible part of the bar. */
export function gradient(parts, bar, range, colour) {
  const from = Math.max(bar.from, range.from);
  const length = Math.min(bar.to, range.to) - from;
  if (!(length > 0)) return "none";
  const share = (moment) => `${(Math.min(Math.max((moment - from) / length, 0), 1) * 100).toFixed(3)}%`;
  const stops = [];
  for (const part of joined(parts, range)) {
    const [begin, end] = [share(part.from), share(part.to)];
    stops.push(`transparent ${begin}`, `${colour} ${begin} ${end}`, `transparent ${end}`);
  }
  return stops.length > 0 ? `linear-gradient(90deg, ${stops.join(", ")})` : "none";
}

/** The parts within the range; indistinguishable ones are merged. */
function joined(parts, range) {
  const gap = (range.to - range.from) / FINEST;
  const made = [];
  for (const { from, to } of parts) {
    if (to < range.from || from > range.to) continue;
    const last = made.at(-1);
    if (last && from - last.to < gap) last.to = Math.max(last.to, to);
    else made.push({ from, to });
  }
  return made;
}

const offsets = new WeakMap(); // span: its events' `{at, name}`; cached, as thousands of them are slow to read

/** A span's visible events, adjacent ones grouped: `{at, names}`, µs from the start of the trace. */
export function eventsShown(span, range) {
  if (!offsets.has(span)) {
    const read = (span.raw.events ?? []).map((event) => ({
      at: Number(BigInt(event.timeUnixNano ?? 0) - span.startNs) / 1000,
      name: event.name || "event",
    }));
    offsets.set(span, read.sort((one, other) => one.at - other.at));
  }
  const gap = (range.to - range.from) / 100;
  const made = [];
  for (const { at: offset, name } of offsets.get(span)) {
    const at = span.start + offset;
    if (at < range.from || at > range.to) continue;
    const last = made.at(-1);
    if (last && at - last.at < gap) last.names.push(name);
    else made.push({ at, names: [name] });
  }
  return made;
}
