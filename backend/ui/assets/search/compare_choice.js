// The two traces chosen for comparison; kept across searches.

import { compareAddress } from "../common/page_addresses.js";
import { button, element } from "../common/dom.js";
import { duration } from "../common/format.js";
import { traceName } from "./row.js";

export class Choice {
  chosen = new Map(); // trace id: its title
  boxes = new Map();

  constructor(bar) {
    this.bar = bar;
  }

  box(row) {
    const label = `Compare ${traceName(row)}`;
    const box = element("input", { type: "checkbox", title: "Choose two to compare (x)", "aria-label": label });
    box.checked = this.chosen.has(row.id);
    box.addEventListener("change", () => this.set(row, box.checked));
    this.boxes.set(row.id, box);
    return element("label", "choose", box);
  }

  toggle(row) {
    this.set(row, !this.chosen.has(row.id));
  }

  /** A third choice replaces the oldest. */
  set(row, chosen) {
    if (chosen) this.chosen.set(row.id, `${traceName(row)}, ${duration(row.duration)}`);
    else this.chosen.delete(row.id);
    if (this.chosen.size > 2) this.chosen.delete(this.chosen.keys().next().value);
    this.show();
  }

  show() {
    for (const [id, box] of this.boxes) {
      if (box.isConnected) box.checked = this.chosen.has(id);
      else this.boxes.delete(id);
    }
    this.bar.hidden = this.chosen.size === 0;
    const both = this.chosen.size === 2;
    const address = compareAddress(...this.chosen.keys());
    this.bar.replaceChildren(
      element("span", "", both ? "Compare" : "To compare, choose another one beside"),
      ...[...this.chosen.values()].map((title) => element("bdi", "chosen", title)),
      both ? element("a", { class: "button", href: address }, "Compare") : "",
      button("Clear", {}, () => {
        this.chosen.clear();
        this.show();
      }),
    );
  }
}
