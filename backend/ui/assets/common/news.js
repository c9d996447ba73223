// News from the embedded back end, through one stream for all pages of a browser, which has only six connections per
// host: the page that holds the lock owns the stream and tells the others.

import { BASE, newsStream } from "./api.js";

const NAME = `otel-playground-news${BASE}`;
const [CHANGE, LOST, REFUSED] = ["change", "lost", "refused"];

/** Whether pages can share a stream; browsers allow that only on localhost and over https. */
export const shareable = Boolean(navigator.locks && window.BroadcastChannel);

/**
 * Subscribe to news until `close` is called.
 * @param {() => void} changed called when the stream opens in this page, and whenever there may be news
 * @param {(forGood: boolean) => void} lost called when the stream breaks; it reconnects by itself unless `forGood`
 * @returns {{close: () => void}}
 */
export function hearNews(changed, lost) {
  const channel = new BroadcastChannel(NAME);
  const ended = new AbortController();
  const hear = (what) => (what === CHANGE ? changed() : lost(what === REFUSED));
  const tell = (what) => {
    if (ended.signal.aborted) return; // a late event
    channel.postMessage(what);
    hear(what);
  };
  channel.addEventListener("message", ({ data }) => hear(data));
  const holding = navigator.locks.request(NAME, { signal: ended.signal }, () => hold(tell, ended.signal));
  holding.catch((problem) => {
    if (problem.name !== "AbortError") throw problem; // closed before this page got the lock
  });
  return {
    close: () => {
      ended.abort();
      channel.close();
    },
  };
}

/** Own the stream until the signal aborts; the lock is held while the promise is pending. */
function hold(tell, signal) {
  if (signal.aborted) return null; // aborted while the lock was granted
  const source = newsStream();
  source.addEventListener("change", () => tell(CHANGE));
  source.addEventListener("error", () => {
    // Closed: rejected, as there are too many streams. Otherwise the browser retries by itself.
    tell(source.readyState === EventSource.CLOSED ? REFUSED : LOST);
  });
  return new Promise((release) => {
    signal.addEventListener("abort", () => {
      source.close();
      release();
    });
  });
}
