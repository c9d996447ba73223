// What the colours of a flame graph mean: the service, errors, or the share of self time.

import { onTheme, Palette } from "../../common/canvas.js";
import { element, serviceName } from "../../common/dom.js";

const CHOICES = { service: "Service", error: "Errors", self: "Self time" };
const MOST_IN_LEGEND = 12;
const FAINTEST = 0.04; // tint of a box without self time; one that is nothing else has FAINTEST + SELF
const SELF = 0.41;
let chosen = "service"; // also when one comes back to this view

export class FlameColours {
  /** `changed` is called when the boxes have other colours. */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    this.services = [];
    this.palette = new Palette(place);
    this.legend = element("ul", { class: "legend", "aria-label": "Colours" });
    const title = element("legend", "", "Colour by");
    this.choice = element("fieldset", "view-choice", title, ...Object.entries(CHOICES).map(this.radio, this));
    this.stop = onTheme(() => {
      this.palette = new Palette(place);
      changed();
    });
  }

  radio([value, title]) {
    const input = element("input", { type: "radio", name: "flame-colour", value, checked: chosen === value });
    input.addEventListener("change", () => {
      chosen = value;
      this.showLegend(this.services);
      this.changed();
    });
    return element("label", "", input, title);
  }

  showLegend(services) {
    this.services = services;
    this.legend.replaceChildren(...this.entries().map((entry) => element("li", "", entry)));
  }

  entries() {
    const error = element("span", "badge error", "✗ error");
    if (chosen === "error") return [error, element("span", "quiet", "grey: no error")];
    if (chosen === "self") return ["0 %", element("span", "self-scale"), "100 % of its time with no child running"];
    const shown = this.services.slice(0, MOST_IN_LEGEND).map(serviceName);
    const more = this.services.length - shown.length;
    return more > 0 ? [...shown, `and ${more} more`] : shown;
  }

  of(node, selfTime) {
    const { palette } = this;
    if (node.missing) return { colour: palette.quiet, tint: FAINTEST };
    if (chosen === "service") return palette.service(node.service);
    if (chosen === "error" && node.error) return { colour: palette.error, tint: 0.4 };
    if (chosen === "error") return { colour: palette.quiet, tint: 0.18 };
    const part = node.duration > 0 ? selfTime(node) / node.duration : 0;
    return { colour: palette.accent, tint: FAINTEST + SELF * part };
  }
}
