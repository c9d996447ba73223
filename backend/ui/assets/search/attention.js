// Whether somebody is at the list: then it must not move under the pointer, the keys or the eyes.

export class Attention {
  /**
   * @param {Element} place the list, with the button that tells of news: on the way to it nothing moves either.
   * @param {() => void} ended called when nobody is there any more.
   */
  constructor(place, ended) {
    this.place = place;
    this.ended = ended;
    this.before = false;
    const look = () => setTimeout(() => this.look()); // the focus is nowhere while it moves
    for (const event of ["pointerenter", "pointerleave", "focusin", "focusout"]) place.addEventListener(event, look);
    window.addEventListener("scroll", look, { passive: true });
  }

  get held() {
    const { place } = this;
    const pointed = place.matches(":hover") && matchMedia("(hover: hover)").matches; // a tap is no pointer that stays
    return pointed || place.contains(document.activeElement) || window.scrollY > 0;
  }

  look() {
    const { before, held } = this;
    this.before = held;
    if (before && !held) this.ended();
  }
}
