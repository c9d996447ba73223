// Parts of a graph that nothing connects, beside and below each other.

const GAP = 48; // px
const ASPECT = 1.8; // of all: screens are wider than high

/**
 * Set the `x` and `y` of the parts, px; the widest first in its row. Returns width and height of all.
 * @param {{width: number, height: number}[]} parts
 */
export function pack(parts) {
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(Math.sqrt(area * ASPECT), ...parts.map(({ width }) => width));
  const all = { width: 0, height: 0 };
  let [x, y, high] = [0, 0, 0];
  for (const part of [...parts].sort((one, other) => other.height - one.height || other.width - one.width)) {
    if (x > 0 && x + part.width > widest) [x, y, high] = [0, y + high + GAP, 0];
    Object.assign(part, { x, y });
    x += part.width + GAP;
    high = Math.max(high, part.height);
    all.width = Math.max(all.width, x - GAP);
    all.height = Math.max(all.height, y + high);
  }
  return all;
}
