// The colour modes of a flame graph: service, errors, or share of self time.

import { onTheme, Palette } from "../../common/canvas.js";
import { element } from "../../common/dom.js";

const CHOICES = { service: "Service", error: "Errors", self: "Self time" };
const FAINTEST = 0.04; // tint of a box without self time; one that is all self time has FAINTEST + SELF
const SELF = 0.41;

export class FlameColours {
  /** `changed` is called when the box colours change. The page header has the legend for services. */
  constructor(place, state, changed) {
    this.state = state;
    this.palette = new Palette(place);
    this.legend = element("ul", { class: "legend", "aria-label": "Colours" });
    const title = element("legend", "", "Colour by");
    this.choice = element("fieldset", "view-choice", title, ...Object.entries(CHOICES).map(this.radio, this));
    const ends = [
      onTheme(() => {
        this.palette = new Palette(place);
        changed();
      }),
      state.on(["colour"], () => {
        this.show();
        changed();
      }),
    ];
    this.stop = () => ends.forEach((end) => end());
    this.show();
  }

  get chosen() {
    return Object.hasOwn(CHOICES, this.state.colour) ? this.state.colour : "service";
  }

  radio([value, title]) {
    const input = element("input", { type: "radio", name: "flame-colour", value, });
    input.addEventListener("change", () => this.state.change({ colour: value }));
    return element("label", "", input, title);
  }

  show() {
    for (const input of this.choice.querySelectorAll("input")) input.checked = input.value === this.chosen;
    const entries = this.entries();
    this.legend.hidden = entries.length === 0;
    this.legend.replaceChildren(...entries.map((entry) => element("li", "", entry)));
  }

  entries() {
    const error = element("span", "badge error", "✗ error");
    if (this.chosen === "error") return [error, element("span", "quiet", "grey: no error")];
    if (this.chosen === "self") return ["0 %", element("span", "self-scale"), "100 % of its time with no child running"];
    return [];
  }

  of(node, selfTime) {
    const { chosen, palette } = this;
    if (node.missing) return { colour: palette.quiet, tint: FAINTEST };
    if (chosen === "service") return palette.service(node.service);
    if (chosen === "error" && node.error) return { colour: palette.error, tint: 0.4 };
    if (chosen === "error") return { colour: palette.quiet, tint: 0.18 };
    const part = node.duration > 0 ? selfTime(node) / node.duration : 0;
    return { colour: palette.accent, tint: FAINTEST + SELF * part };
  }
}
