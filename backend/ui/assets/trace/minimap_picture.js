// The spans of a trace as thin lines, in the order of their rows.

import { colourClass } from "../common/colour.js";
import { element } from "../common/dom.js";
import { walk } from "../common/tree.js";

const LINE = 4; // px of a span's line where there is room, with the gap below it
const [LEAST, MOST] = [22, 64]; // px of the picture's height
const FAINT = 0.2;

/** Draw them on a canvas that is `width` px wide; what is not found is faint while something is looked for. */
export function drawSpans(canvas, { roots, trace, nodes, find, found }, width) {
  const height = Math.min(Math.max(nodes.size * LINE + 6, LEAST), MOST);
  const scale = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.round(height * scale)];
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const colours = colourReader(canvas);
  const step = (height - 4) / Math.max(nodes.size, 1);
  const thick = Math.min(Math.max(step - 1, 1), 3);
  const total = Math.max(trace.duration, 0.001);
  let place = 0;
  for (const { node } of walk(roots)) {
    const top = 2 + place * step;
    place += 1;
    if (node.missing) continue;
    context.globalAlpha = find && !found.has(node.id) ? FAINT : 1;
    context.fillStyle = colours(node.service);
    const left = Math.min((node.start / total) * width, width - 1);
    context.fillRect(left, top, Math.max((node.duration / total) * width, 1), thick);
  }
}

/** Services' colours as CSS has them. */
function colourReader(canvas) {
  const known = new Map();
  const probe = element("i", { hidden: true });
  return (service) => {
    if (!known.has(service)) {
      probe.className = colourClass(service);
      canvas.after(probe);
      known.set(service, getComputedStyle(probe).getPropertyValue("--colour").trim());
      probe.remove();
    }
    return known.get(service);
  };
}
