// Where a bar lies, and what is drawn on it; shares of 0 to 1, gradients as CSS.

import { covered } from "../self_time.js";

const FINEST = 600; // parts of the shown range: what is closer together than that is drawn as one

/**
 * Where the part of a time that is shown lies: `{left, width, cutBefore, cutAfter}` in shares of the range; null where
 * nothing of it is shown.
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

/** The gradient that lightens a bar where its span's children run; "none" where none do. */
export function coveredGradient(span, range) {
  if (span.children.length === 0) return "none";
  return gradient(covered(span), { from: span.start, to: span.end }, range, "var(--covered)");
}

/** A gradient of some parts of a bar in a colour, the rest see-through. It lies over the shown part of the bar. */
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

/** The parts within the range; those that nobody could tell apart are one. */
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

const offsets = new WeakMap(); // span: its events' `{at, name}`, which take long to read where there are thousands

/** A span's events that are shown, near ones together: `{at, names}`, µs from the trace's begin. */
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
