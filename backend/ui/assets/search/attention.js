// Detects whether the user is interacting with the list; it must not move meanwhile.

export class Attention {
  /**
   * @param {Element} place the list, including its news button: nothing may move on the way to that either.
   * @param {() => void} ended called when the interaction ends.
   */
  constructor(place, ended) {
    this.place = place;
    this.ended = ended;
    this.before = false;
    const look = () => setTimeout(() => this.look()); // while the focus moves, nothing has it
    for (const event of ["pointerenter", "pointerleave", "focusin", "focusout"]) place.addEventListener(event, look);
    window.addEventListener("scroll", look, { passive: true });
  }

  get held() {
    const { place } = this;
    const pointed = place.matches(":hover") && matchMedia("(hover: hover)").matches; // ignore taps, which do not hover
    return pointed || place.contains(document.activeElement) || window.scrollY > 0;
  }

  look() {
    const { before, held } = this;
    this.before = held;
    if (before && !held) this.ended();
  }
}
