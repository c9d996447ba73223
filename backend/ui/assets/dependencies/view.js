// What the parts of the page share: the calls, and how they are looked at.

import { Calls } from "./calls.js";
import { DEFAULT, LOOKBACKS } from "./lookback.js";

/** It tells of changes; who shows something listens by `on`. */
export class View extends EventTarget {
  /** All calls of the time that is looked at; null until they have come. */
  calls = null;
  /** The names of all services of the back end, of any time. */
  services = [];
  /** Of LOOKBACKS. */
  lookback = DEFAULT;
  /** Which services are looked for, see Calls.near. */
  wanted = "";
  /** What the panel shows: `{service}` or `{call}`, a name or a key; null for nothing. */
  selected = null;

  /** Set properties and tell of it. */
  change(properties) {
    Object.assign(this, properties);
    this.dispatchEvent(new CustomEvent("change", { detail: Object.keys(properties) }));
  }

  /** Likewise with another address, which the back button leaves again. */
  go(properties) {
    const changed = Object.entries(properties).some(([key, value]) => this[key] !== value);
    Object.assign(this, properties);
    if (this.address !== location.pathname + location.search) history.pushState(null, "", this.address);
    if (changed) this.change(properties);
  }

  /** Call `run` whenever one of the properties changes. */
  on(properties, run) {
    this.addEventListener("change", ({ detail }) => {
      if (detail.some((property) => properties.includes(property))) run();
    });
  }

  /** The calls that are looked for. */
  get shown() {
    return (this.calls ?? new Calls([])).near(this.wanted);
  }

  select(selected) {
    if (JSON.stringify(selected) !== JSON.stringify(this.selected)) this.change({ selected });
  }

  readAddress() {
    const parameters = new URLSearchParams(location.search);
    const lookback = parameters.get("lookback") ?? DEFAULT;
    this.change({ lookback: Object.hasOwn(LOOKBACKS, lookback) ? lookback : DEFAULT, wanted: parameters.get("service") ?? "" });
  }

  get address() {
    const parameters = new URLSearchParams();
    if (this.lookback !== DEFAULT) parameters.set("lookback", this.lookback);
    if (this.wanted) parameters.set("service", this.wanted);
    return `${location.pathname}${parameters.size ? `?${parameters}` : ""}`;
  }
}
