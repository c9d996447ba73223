// Formats numbers and times for display.

/** A duration, from microseconds, in three digits and a unit. */
export function duration(microseconds) {
  if (microseconds <= 0) return "0 µs";
  if (microseconds < 0.9995) return `${Math.max(1, Math.round(microseconds * 1000))} ns`;
  if (microseconds < 9.995) return `${Number(threeDigits(microseconds))} µs`;
  if (microseconds < 999.5) return `${Math.round(microseconds)} µs`;
  if (microseconds < 999_500) return `${threeDigits(microseconds / 1000)} ms`;
  if (microseconds < 60_000_000) return `${threeDigits(microseconds / 1_000_000)} s`;
  const seconds = Math.round(microseconds / 1_000_000);
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), "min", seconds % 60, "s");
  return twoUnits(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
}

function twoUnits(large, unit, small, smaller) {
  return small > 0 ? `${large} ${unit} ${small} ${smaller}` : `${large} ${unit}`;
}

function threeDigits(number) {
  return number.toFixed(number < 9.995 ? 2 : number < 99.95 ? 1 : 0);
}

/** Parse a duration such as `1.2s`, `100ms`, `1m30s` or `2h` like Jaeger; µs, or null if invalid. */
export function microseconds(text) {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  const units = { ns: 0.001, us: 1, µs: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * units[unit];
  return total;
}

// Created while the page loads: a browser's first formatter takes 30 ms.
const TIME = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const DATE = new Intl.DateTimeFormat();

/** The local time of day, with the date if it is not today; from milliseconds since the epoch. */
export function clock(milliseconds) {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return "?";
  const part = String(date.getMilliseconds()).padStart(3, "0");
  const today = date.toDateString() === new Date().toDateString();
  return `${today ? "" : `${DATE.format(date)} `}${TIME.format(date)}.${part}`;
}

/** Likewise, from nanoseconds. */
export function clockOf(nanoseconds) {
  return clock(Number(nanoseconds / 1000n) / 1000);
}

/** How long ago, from nanoseconds since the epoch; the date if more than a day ago, or in the future. */
export function ago(nanoseconds, now) {
  const seconds = Math.floor((now - Number(nanoseconds / 1_000_000n)) / 1000);
  if (seconds < -1 || seconds >= 86_400) return clockOf(nanoseconds);
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}

/** The exact UTC time with all nine digits, for tooltips; from nanoseconds since the epoch. */
export function exact(nanoseconds) {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  if (Number.isNaN(date.getTime())) return `${nanoseconds} ns since 1970`;
  const digits = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  return `${date.toISOString().slice(0, 19)}.${digits}Z`;
}

/** A number with thousands separators. */
export function grouped(number) {
  return number.toLocaleString("en");
}

export function count(number, one, many = `${one}s`) {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** The text for the number of spans with a missing parent, shared by all pages. */
export function orphans(number) {
  return `${count(number, "span")} without ${number === 1 ? "its" : "their"} parent`;
}

/** `✗ 3`, or "0". */
export function crossed(number) {
  return number ? `✗ ${grouped(number)}` : "0";
}

export function exactDuration(microseconds) {
  return `${microseconds.toLocaleString("en", { maximumFractionDigits: 3 })} µs`;
}

/** Compare two numbers or texts, for sorting. */
export function inOrder(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function share(part) {
  const percent = part * 100;
  return `${percent > 0 && percent < 0.1 ? "< 0.1" : percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
