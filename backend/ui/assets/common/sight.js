// Bringing things into sight.

const MARGIN = 8; // px

/** Scroll the page, and nothing within it, until something is in the window; top and bottom in px from the window's top. */
export function intoWindow({ top, bottom }) {
  if (top < 0) window.scrollBy(0, top - MARGIN);
  else if (bottom > innerHeight) window.scrollBy(0, bottom - innerHeight + MARGIN);
}
