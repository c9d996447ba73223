// A small flame graph of a trace, without texts.

import { layoutFlame } from "../trace/flame_layout.js";
import { Palette } from "../trace/flame_palette.js";

const LANE = 5; // px
const MOST_LANES = 14;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Array<Span | MissingSpan>} roots
 * @param {number} longest µs of the canvas's width
 */
export function paintThumbnail(canvas, roots, longest) {
  const lanes = layoutFlame(roots).lanes.slice(0, MOST_LANES);
  const scale = devicePixelRatio || 1;
  canvas.style.height = `${MOST_LANES * LANE}px`;
  const width = canvas.clientWidth;
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(MOST_LANES * LANE * scale) });
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const palette = new Palette(canvas.parentElement);
  const pixels = width / Math.max(longest, 0.001);
  lanes.forEach((lane, number) => {
    let painted = -1; // the last pixel of boxes that are narrower than one
    for (const node of lane) {
      const left = node.start * pixels;
      const wide = node.duration * pixels;
      if (wide < 1 && Math.floor(left) === painted) continue;
      painted = Math.floor(left);
      context.fillStyle = node.missing ? palette.line : palette.service(node.service).colour;
      context.fillRect(left, number * LANE, Math.max(wide, 1), LANE - 1);
    }
  });
}
