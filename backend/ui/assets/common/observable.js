// State shared by parts of a page: it notifies its listeners of changes.

export class Observable extends EventTarget {
  change(properties) {
    Object.assign(this, properties);
    this.dispatchEvent(new CustomEvent("change", { detail: Object.keys(properties) }));
  }

  /** Call `run` whenever one of the properties changes; returns a function that stops that. */
  on(properties, run) {
    const listener = ({ detail }) => {
      if (detail.some((property) => properties.includes(property))) run();
    };
    this.addEventListener("change", listener);
    return () => this.removeEventListener("change", listener);
  }
}
