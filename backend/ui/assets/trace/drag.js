// Dragging with a mouse, a pen or a finger.

const BEGINS = 4; // px that are no drag yet, but an unsteady click

/**
 * Tell of drags on an element, in clientX, from where on it one `takes`: what `moved` so far, is `done`, or `left` when
 * it came to nothing. A click that ends a drag does not count as a click.
 */
export function onDrag(target, { takes, moved, done = () => {}, left = () => {} }) {
  let dragging = false;

  target.addEventListener("pointerdown", (begun) => {
    if (begun.button !== 0 || !begun.isPrimary || !takes(begun)) return;
    const from = begun.clientX;
    const over = new AbortController();
    // Of the document: a thin target is soon left behind. Not captured yet, or a click would be one on the target.
    const on = (name, run) => document.addEventListener(name, run, { signal: over.signal });
    on("pointermove", (event) => {
      if (event.pointerId !== begun.pointerId || (!dragging && Math.abs(event.clientX - from) < BEGINS)) return;
      if (!dragging) target.setPointerCapture(event.pointerId);
      dragging = true;
      moved(from, event.clientX);
    });
    const ends = (event) => {
      if (event.pointerId !== begun.pointerId) return;
      over.abort();
      if (!dragging) return;
      if (event.type === "pointerup") done(from, event.clientX);
      else left();
      setTimeout(() => (dragging = false)); // after the click that comes with it
    };
    on("selectstart", (event) => event.preventDefault()); // else it would select texts all over the page
    on("pointerup", ends);
    on("pointercancel", ends);
  });
  target.addEventListener(
    "click",
    (event) => {
      if (dragging) event.stopPropagation();
    },
    true,
  );
}
