// Fields for a time: they show local seconds, and keep the microseconds until one types another time.

/** @param {HTMLInputElement} input @param {number | null} microseconds since the epoch */
export function showTime(input, microseconds) {
  input.value = microseconds === null ? "" : local(microseconds);
  input.dataset.shown = input.value;
  input.dataset.exact = microseconds ?? "";
}

/** @returns {number | null} µs since the epoch; null where there is none. */
export function readTime(input) {
  if (input.value === input.dataset.shown) return input.dataset.exact ? Number(input.dataset.exact) : null;
  const milliseconds = new Date(input.value).getTime();
  return Number.isNaN(milliseconds) || milliseconds < 0 ? null : milliseconds * 1000;
}

function local(microseconds) {
  const date = new Date(Math.floor(microseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
