// The pace at which a search is made again: one that takes long is not made all the time.

const SLOW = 200; // ms: a search that takes longer
const REST = 3; // times as long it rests, so that who watches takes no more than a quarter of the back end's time
const MOST_REST = 10_000; // ms
const LONG = 400; // ms after which one wants to know that it goes on

export class Pace {
  took = 0; // ms, of the last search

  reset() {
    this.took = 0;
  }

  /** Wait until the next search may begin. @param {AbortSignal} signal ends it with its reason. */
  async rest(signal) {
    if (this.took <= SLOW) return;
    await new Promise((resume, abort) => {
      const waiting = setTimeout(resume, Math.min(this.took * REST, MOST_REST));
      signal.addEventListener("abort", () => {
        clearTimeout(waiting);
        abort(signal.reason);
      });
    });
  }

  /** Measure a search; `late` is called if it takes long. */
  async measure(searching, late) {
    const begun = performance.now();
    const waiting = setTimeout(late, LONG);
    try {
      const found = await searching;
      this.took = performance.now() - begun;
      return found;
    } finally {
      clearTimeout(waiting);
    }
  }
}
