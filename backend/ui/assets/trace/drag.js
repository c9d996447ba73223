// Dragging with a mouse, a pen or a finger.

const BEGINS = 4; // px; below it, it is an unsteady click

/**
 * Report drags on an element, in clientX, if `takes` accepts the start: calls `moved` during the drag, then `done`, or
 * `left` if it is cancelled. The click that ends a drag is suppressed.
 */
export function onDrag(target, { takes, moved, done = () => {}, left = () => {} }) {
  let dragging = false;

  target.addEventListener("pointerdown", (begun) => {
    if (begun.button !== 0 || !begun.isPrimary || !takes(begun)) return;
    const from = begun.clientX;
    const over = new AbortController();
    // Listen on the document: the pointer soon leaves a thin target. Capturing the pointer now would redirect clicks to
    // the target.
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
      setTimeout(() => (dragging = false)); // after the accompanying click
    };
    on("selectstart", (event) => event.preventDefault()); // or the drag would select text
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
