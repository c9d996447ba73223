// Live updates: refreshes when there is news, but only while the page is visible.

import { embedded } from "./api.js";
import { namesKnown } from "./colour.js";
import { setState } from "./messages.js";
import { hearNews, shareable } from "./news.js";

const EVERY = 1000; // ms between polls, if there is no news stream
const QUIET = 10_000; // ms without a new span after which a trace counts as complete

export function isComplete(whole, lastNews) {
  return whole && Date.now() - lastNews > QUIET;
}

export function tellGrowth(whole, lastNews) {
  if (isComplete(whole, lastNews)) setState("", "Complete");
  else setState("live", whole ? "Live" : "Waiting for missing spans");
}

/** Call `tell` every second while the page is live, even if nothing arrives. */
export function keepTelling(tell) {
  setInterval(() => {
    if (document.getElementById("state").classList.contains("live")) tell();
  }, 1000);
}

/**
 * Call `look` now and whenever there may be news, until it returns false; pauses while the page is hidden. The embedded
 * back end pushes news (server-sent events); any other is polled every second.
 * @param {(problem: Error) => void} failed called if `look` throws; updates continue.
 * @returns {{again: () => void, stop: () => void}} `again` looks at once, even after the end.
 */
export function live(look, failed) {
  let source = null; // the news stream
  let deaf = !(embedded && shareable); // no news stream: poll
  let waiting = null;
  let looking = false;
  let missed = false; // news arrived during a look
  let done = false;

  async function again() {
    clearTimeout(waiting);
    waiting = null;
    if (looking) {
      missed = true;
      return;
    }
    [looking, missed] = [true, false];
    let broken = false;
    try {
      await namesKnown;
      done = (await look()) === false;
    } catch (problem) {
      if (problem.name !== "AbortError") {
        broken = true;
        failed(problem);
      }
    }
    looking = false;
    if (missed) done = false;
    if (done) close();
    else if (missed && !document.hidden) again();
    else if (deaf || broken || !source) schedule();
  }

  function schedule() {
    if (!done && !document.hidden) waiting ??= setTimeout(again, EVERY);
  }

  function listen() {
    if (deaf || source || done || document.hidden) return;
    source = hearNews(again, (forGood) => {
      deaf = forGood;
      if (deaf) close();
      schedule();
    });
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(waiting);
    waiting = null;
  }

  document.addEventListener("visibilitychange", () => {
    // A hidden page may be suspended, and then would not pass news on to the others.
    if (document.hidden) close();
    else if (!done) {
      listen();
      again();
    }
  });
  window.addEventListener("pagehide", close);
  listen();
  again();
  return {
    again: () => {
      done = false;
      listen();
      again();
    },
    stop: () => {
      done = true;
      close();
    },
  };
}
