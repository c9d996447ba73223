// What the parts of the page share: the calls, and how they are looked at.

import { servicesAddress } from "../common/page_addresses.js";
import { embedded } from "../common/api.js";
import { Observable } from "../common/observable.js";
import { Calls } from "./calls.js";

const HOUR = 3_600_000;
// Until 2100, as Jaeger cannot count much further in ns: clocks that are ahead are in "all" too.
const FUTURE = Date.UTC(2100);

/** How far into the past the page looks, by its name in the address: what to call it, and ms; null for all. */
export const LOOKBACKS = {
  "15m": { title: "Last 15 minutes", length: HOUR / 4 },
  "1h": { title: "Last hour", length: HOUR },
  "6h": { title: "Last 6 hours", length: 6 * HOUR },
  "24h": { title: "Last 24 hours", length: 24 * HOUR },
  "2d": { title: "Last 2 days", length: 48 * HOUR },
  "7d": { title: "Last 7 days", length: 168 * HOUR },
  all: { title: "All times", length: null },
};
// As on the page of traces: who tries things out finds them, whenever that was.
const DEFAULT = embedded ? "all" : "24h";

/** The parameters of a question: `{end, lookback}`, ms. */
export function windowOf(name, now = Date.now()) {
  const { length } = LOOKBACKS[name];
  return length === null ? { end: FUTURE, lookback: FUTURE } : { end: now, lookback: length };
}

const NOTHING_MEASURED = { service: "", operation: "", all: false }; // all services; what they received, not all spans

export class View extends Observable {
  calls = null; // all calls of the time that is looked at; null until they have come
  services = []; // the names of all services of the back end, of any time
  lookback = DEFAULT;
  wanted = ""; // which services are looked for, see Calls.near
  measured = NOTHING_MEASURED; // whose latency is shown
  selected = null; // what the panel shows: `{service}` or `{call}`, a name or a key; null for nothing

  /** Set properties with another address, which the back button leaves again. */
  go(properties) {
    const changed = Object.entries(properties).some(([key, value]) => this[key] !== value);
    Object.assign(this, properties);
    if (this.address !== location.pathname + location.search) history.pushState(null, "", this.address);
    if (changed) this.change(properties);
  }

  get shown() {
    return (this.calls ?? new Calls([])).near(this.wanted);
  }

  select(selected) {
    if (JSON.stringify(selected) !== JSON.stringify(this.selected)) this.change({ selected });
  }

  readAddress() {
    const parameters = new URLSearchParams(location.search);
    const lookback = parameters.get("lookback") ?? DEFAULT;
    const known = Object.hasOwn(LOOKBACKS, lookback);
    const wanted = parameters.get("service") ?? parameters.get("uiFind") ?? ""; // the latter is Jaeger's
    const measured = {
      service: parameters.get("latencyOf") ?? "",
      operation: parameters.get("operation") ?? "",
      all: parameters.get("kinds") === "all",
    };
    this.change({ lookback: known ? lookback : DEFAULT, wanted, measured });
  }

  get address() {
    const { service, operation, all } = this.measured;
    const lookback = this.lookback === DEFAULT ? "" : this.lookback;
    const latency = { latencyOf: service, operation: service && operation, kinds: all ? "all" : "" };
    return servicesAddress({ lookback, service: this.wanted, ...latency });
  }
}
