// The pace of repeated searches: a slow search is repeated less often.

const SLOW = 200; // ms: longer searches are slow
const REST = 3; // rest this many times as long, so that a watching page uses at most a quarter of the back end's time
const MOST_REST = 10_000; // ms
const LONG = 400; // ms before telling the user that it is still running

export class Pace {
  took = 0; // ms, duration of the last search

  reset() {
    this.took = 0;
  }

  /** Wait until the next search may begin. @param {AbortSignal} signal aborts the wait with its reason. */
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

  /** Time a search; calls `late` if it takes long. */
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
