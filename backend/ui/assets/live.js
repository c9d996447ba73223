// Looking again and again, but only while somebody looks.

const EVERY = 1000; // ms between the end of one look and the next

/**
 * Call `look` until it returns false; pause while the page is hidden.
 * `failed` is called when it throws, and the looking goes on.
 */
export function live(look, failed) {
  let waiting = null;
  let looking = false;
  let done = false;

  async function again() {
    waiting = null;
    looking = true;
    try {
      done = (await look()) === false;
    } catch (problem) {
      failed(problem);
    }
    looking = false;
    schedule();
  }

  function schedule() {
    if (!done && !document.hidden) waiting ??= setTimeout(again, EVERY);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(waiting);
    waiting = null;
    if (!document.hidden && !looking && !done) again();
  });
  again();
}

/**
 * A fetcher of one address: its JSON, also that of a fault of the asker, or null while nothing has changed.
 * The backend names the version of what it answers; one that does not is compared by its text.
 */
export function watcher(address) {
  let version = null;
  let text = null;
  return async () => {
    const response = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } });
    if (response.status >= 500) throw new Error(`the backend answers with status ${response.status}`);
    const found = response.headers.get("ETag");
    if (response.ok && found && found === version) return null;
    const body = await response.text();
    version = response.ok ? found : null;
    if (body === text) return null;
    text = body;
    return JSON.parse(body);
  };
}
