// News of the embedded back end, by one stream for all pages of a browser, which has six connections to a host for all
// of them: the page that holds the lock has the stream and tells the others.

import { BASE, newsStream } from "./api.js";

const NAME = `otel-playground-news${BASE}`;
const [CHANGE, LOST, REFUSED] = ["change", "lost", "refused"];

/** Whether pages can share a stream; browsers let them on localhost and over https only. */
export const shareable = Boolean(navigator.locks && window.BroadcastChannel);

/**
 * Hear of news until `close` is called.
 * @param {() => void} changed called at once where the stream begins here, and whenever there may be news
 * @param {(forGood: boolean) => void} lost called when the stream breaks; it is begun again by itself unless `forGood`
 * @returns {{close: () => void}}
 */
export function hearNews(changed, lost) {
  const channel = new BroadcastChannel(NAME);
  const ended = new AbortController();
  const hear = (what) => (what === CHANGE ? changed() : lost(what === REFUSED));
  const tell = (what) => {
    if (ended.signal.aborted) return; // an event that was under way
    channel.postMessage(what);
    hear(what);
  };
  channel.addEventListener("message", ({ data }) => hear(data));
  const holding = navigator.locks.request(NAME, { signal: ended.signal }, () => hold(tell, ended.signal));
  holding.catch((problem) => {
    if (problem.name !== "AbortError") throw problem; // closed before it was this page's turn
  });
  return {
    close: () => {
      ended.abort();
      channel.close();
    },
  };
}

/** Have the stream until the signal; the lock is held as long as the promise is open. */
function hold(tell, signal) {
  if (signal.aborted) return null; // it was given up while it was being granted
  const source = newsStream();
  source.addEventListener("change", () => tell(CHANGE));
  source.addEventListener("error", () => {
    // Closed: refused, for there are too many streams. Else the browser tries again by itself.
    tell(source.readyState === EventSource.CLOSED ? REFUSED : LOST);
  });
  return new Promise((release) => {
    signal.addEventListener("abort", () => {
      source.close();
      release();
    });
  });
}
