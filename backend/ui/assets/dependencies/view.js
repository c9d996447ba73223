// State shared by the parts of the page: the calls, and how they are shown.

import { servicesAddress } from "../common/page_addresses.js";
import { embedded } from "../common/api.js";
import { Observable } from "../common/observable.js";
import { Calls } from "./calls.js";

const HOUR = 3_600_000;
// "all" extends to 2100, to include clocks that are ahead; Jaeger cannot represent much later times in ns.
const FUTURE = Date.UTC(2100);

/** The look-backs, by their names in the address: label, and ms; null for all. */
export const LOOKBACKS = {
  "15m": { title: "Last 15 minutes", length: HOUR / 4 },
  "1h": { title: "Last hour", length: HOUR },
  "6h": { title: "Last 6 hours", length: 6 * HOUR },
  "24h": { title: "Last 24 hours", length: 24 * HOUR },
  "2d": { title: "Last 2 days", length: 48 * HOUR },
  "7d": { title: "Last 7 days", length: 168 * HOUR },
  all: { title: "All times", length: null },
};
// Same as on the search page: with the embedded back end, users should find their traces, whatever their age.
const DEFAULT = embedded ? "all" : "24h";

/** The time window of a request: `{end, lookback}`, ms. */
export function windowOf(name, now = Date.now()) {
  const { length } = LOOKBACKS[name];
  return length === null ? { end: FUTURE, lookback: FUTURE } : { end: now, lookback: length };
}

const NOTHING_MEASURED = { service: "", operation: "", all: false }; // all services; received requests, not all spans

export class View extends Observable {
  calls = null; // all calls in the time window; null until they arrive
  services = []; // the names of all services of the back end, at any time
  lookback = DEFAULT;
  wanted = ""; // the services to search for, see Calls.near
  measured = NOTHING_MEASURED; // the operation with latency shown
  selected = null; // the panel's subject: `{service}` or `{call}`, a name or a key; null for none

  /** Set properties and add a history entry. */
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
