// What a flame graph tells of the box under the pointer, or of the one that keys have led to.

import { element } from "../common/dom.js";
import { name, serviceName } from "../common/label.js";

const GAP = 4; // px between it and the box

export class FlameTip {
  /** @param {HTMLElement} chart what it lies over. */
  constructor(chart) {
    this.chart = chart;
    this.element = element("div", { class: "flame-tip", "aria-hidden": "true", hidden: true });
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {{name: string, service: string | null, facts: {term: string, text: string}[]}} description see flame_text.js
   * @param {{left: number, top: number, bottom: number}} box px from the chart's corner
   */
  show({ name: title, service, facts }, { left, top, bottom }) {
    const lines = facts.flatMap(({ term, text }) => [element("dt", "", term), element("dd", "", text)]);
    const tip = this.element;
    tip.hidden = false;
    const whose = service === null ? "" : serviceName(service);
    tip.replaceChildren(element("strong", "", name(title)), whose, element("dl", "", ...lines));
    const corner = this.chart.getBoundingClientRect();
    const below = corner.top + bottom + GAP + tip.offsetHeight <= innerHeight;
    tip.style.left = `${Math.max(0, Math.min(left, corner.width - tip.offsetWidth))}px`;
    tip.style.top = `${below ? bottom + GAP : top - GAP - tip.offsetHeight}px`;
  }
}
