// What the page shows in place of a missing trace.

import { embedded } from "../common/api.js";
import { element } from "../common/dom.js";
import { emptyState, noAnswer, showEmpty } from "../common/empty_state.js";
import { isTraceId, searchAddress } from "../common/page_addresses.js";

const WHY = embedded
  ? "It may still be on its way, it may have been deleted to make room for newer traces, or it was never sent here."
  : "It may still be on its way, it may be too old for this Jaeger, or it was never sent to it.";

/** `again` retries at once. */
export class Absence {
  #said = ""; // to keep existing content, and with it the focus

  constructor(id, again) {
    this.id = id;
    this.again = again;
    this.place = element("section", { class: "empty", "aria-label": "No trace", hidden: true });
    document.getElementById("main").append(this.place);
  }

  waiting() {
    this.#say("waiting", () => {
      const id = element("code", "", element("bdi", "", this.id));
      return emptyState("Trace not found", [["No span of ", id, " is stored."], [`${WHY} The page shows it as soon as it arrives.`]]);
    });
  }

  refused(message) {
    const texts = isTraceId(this.id) ? [[`${message}.`]] : [["A trace id is up to 32 hex digits, as in a link to a trace."]];
    this.#say(message, () => emptyState(isTraceId(this.id) ? "The back end refuses this trace" : "Not a trace id", texts));
  }

  unanswered(message) {
    this.#say(message, () => noAnswer(message, this.again));
  }

  end() {
    if (this.#said) this.#show("", []);
  }

  #say(what, parts) {
    const way = () => element("p", "", element("a", { href: searchAddress() }, "All traces"));
    if (this.#said !== what) this.#show(what, [...parts(), way()]);
  }

  #show(what, parts) {
    this.#said = what;
    showEmpty(this.place, parts);
    for (const part of ["toolbar", "notices"]) document.getElementById(part).hidden = parts.length > 0;
    document.querySelector(".trace-head").hidden = parts.length > 0;
  }
}
