// What several parts of a page share: it tells of changes; who shows something listens.

export class Observable extends EventTarget {
  change(properties) {
    Object.assign(this, properties);
    this.dispatchEvent(new CustomEvent("change", { detail: Object.keys(properties) }));
  }

  /** Call `run` whenever one of the properties changes; returns what ends it. */
  on(properties, run) {
    const listener = ({ detail }) => {
      if (detail.some((property) => properties.includes(property))) run();
    };
    this.addEventListener("change", listener);
    return () => this.removeEventListener("change", listener);
  }
}
