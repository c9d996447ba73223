// Canvases: at the screen's resolution, in the colours of the page's style sheets.

import { colourClass } from "./colour.js";
import { element } from "./dom.js";

const STRIPE = 6; // px, for services beyond the seventh

/** Resize a canvas, in CSS pixels, and clear it; returns its context, scaled to CSS pixels. */
export function cleared(canvas, width, height) {
  const scale = devicePixelRatio || 1;
  const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, height);
  return context;
}

export class Palette {
  constructor(place) {
    this.place = place;
    this.services = new Map();
    const style = getComputedStyle(place);
    for (const name of ["ink", "quiet", "raised", "line", "error", "accent"]) {
      this[name] = style.getPropertyValue(`--${name}`).trim();
    }
    this.font = `12px ${style.fontFamily}`;
  }

  /** `{colour, stripes}` of a service; stripes are a canvas pattern, or null. */
  service(service) {
    if (!this.services.has(service)) {
      const probe = element("span", { class: colourClass(service), hidden: true });
      this.place.append(probe);
      const style = getComputedStyle(probe);
      const colour = style.getPropertyValue("--colour").trim();
      const angle = Number(/(\d+)deg/.exec(style.getPropertyValue("--pattern"))?.[1] ?? 0);
      probe.remove();
      this.services.set(service, { colour, stripes: angle ? stripes(colour, angle) : null });
    }
    return this.services.get(service);
  }
}

function stripes(colour, angle) {
  const tile = new OffscreenCanvas(STRIPE, STRIPE);
  const context = tile.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  if (angle === 90) {
    context.moveTo(STRIPE / 2, 0);
    context.lineTo(STRIPE / 2, STRIPE);
  } else {
    for (const shift of [-STRIPE, 0, STRIPE]) {
      context.moveTo(shift, STRIPE);
      context.lineTo(shift + STRIPE, 0);
    }
  }
  context.stroke();
  return context.createPattern(tile, "repeat");
}

/** Call `run` whenever the theme changes; returns a function that stops that. */
export function onTheme(run) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(run);
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", run);
  return () => {
    watch.disconnect();
    system.removeEventListener("change", run);
  };
}
