// Painting the boxes of a flame graph.

import { shortened } from "../../common/dom.js";
import { duration } from "../../common/format.js";

export const LANE = 22; // height of a lane, px
const EDGE = 3; // px in full colour at a box's left edge
const PADDING = 7; // px before a box's text
const NARROWEST = 34; // px, narrowest box with text
const LONGEST = 200; // characters of a text
const TINT = 0.3; // opacity of the colour behind text, which keeps a contrast of 4.5:1, light and dark

/**
 * Paint the visible part of the lanes of layout.js: `width`, `height`, and `top`, the scroll offset, in px. `paint`
 * returns a box's `{colour, stripes, tint}`, `faint` whether it is dimmed, `outline` the colour of its outline.
 */
export function paintFlame(context, view) {
  context.font = view.palette.font;
  context.textBaseline = "middle";
  const first = Math.floor(view.top / LANE);
  const last = Math.min(Math.ceil((view.top + view.height) / LANE), view.lanes.length);
  for (let lane = first; lane < last; lane += 1) paintLane(context, view, lane);
  context.globalAlpha = 1;
}

/** The x position of a time, px from the left; clamped if far outside. */
export function placeOf(moment, { from, to }, width) {
  return Math.min(Math.max(((moment - from) / (to - from)) * width, -10), width + 10);
}

/** The index in a lane of the first node that ends at or after a time. */
export function firstEnding(lane, moment) {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane[middle].end < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function paintLane(context, view, number) {
  const lane = view.lanes[number];
  const y = number * LANE - view.top;
  let painted = -1; // the last pixel painted for boxes narrower than a pixel
  for (let place = firstEnding(lane, view.range.from); place < lane.length; place += 1) {
    const node = lane[place];
    if (node.start > view.range.to) break;
    const left = placeOf(node.start, view.range, view.width);
    const width = placeOf(node.end, view.range, view.width) - left;
    const outline = view.outline(node);
    if (width < 1 && !outline) {
      if (Math.floor(left) === painted) continue;
      painted = Math.floor(left);
    }
    paintBox(context, view, node, left, y, Math.max(width > 3 ? width - 1 : width, 1), outline);
  }
}

function paintBox(context, view, node, left, y, width, outline) {
  const { colour, stripes = null, tint = TINT } = view.paint(node);
  const height = LANE - 2;
  const strength = view.faint(node) ? 0.35 : 1;
  context.fillStyle = colour;
  context.globalAlpha = strength * (width > EDGE * 2 ? tint : 0.75);
  context.fillRect(left, y, width, height);
  if (width > EDGE * 2) {
    if (stripes) fill(context, stripes, strength * 0.2, left, y, width, height);
    if (!node.missing) fill(context, colour, strength, left, y, EDGE, height);
  }
  if (node.missing) dashed(context, colour, left, y, width, height);
  if (width > NARROWEST) write(context, view, node, Math.max(left, 0), y + height / 2 + 1, left + width, strength);
  if (outline) {
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.strokeStyle = outline;
    context.strokeRect(left + 1, y + 1, Math.max(width - 2, 1), height - 2);
  }
}

function fill(context, style, alpha, ...box) {
  context.globalAlpha = alpha;
  context.fillStyle = style;
  context.fillRect(...box);
}

function dashed(context, colour, left, y, width, height) {
  context.save();
  context.globalAlpha = 1;
  context.setLineDash([4, 3]);
  context.strokeStyle = colour;
  context.strokeRect(left + 0.5, y + 0.5, width - 1, height - 1);
  context.restore();
}

function write(context, view, node, left, y, right, strength) {
  const room = Math.min(right, view.width) - left - PADDING * 1.5;
  if (room < NARROWEST - PADDING * 2) return;
  const text = fitted(context, node.missing ? "missing parent" : `${node.error ? "✗ " : ""}${node.name}`, room);
  context.globalAlpha = strength < 1 ? 0.7 : 1;
  context.fillStyle = view.palette.ink;
  context.fillText(text, left + PADDING, y);
  const rest = room - context.measureText(text).width;
  const time = node.missing ? "" : duration(node.duration);
  const needed = context.measureText(time).width;
  if (rest < needed + 16) return;
  context.fillText(time, left + PADDING + room - needed, y);
}

function fitted(context, text, room) {
  const most = shortened(text, LONGEST);
  const width = context.measureText(most).width;
  if (width <= room) return most;
  let cut = shortened(most, Math.max(1, Math.floor((most.length * room) / width) - 1));
  while (cut.length > 2 && context.measureText(cut).width > room) cut = shortened(most, cut.length - 2);
  return cut;
}
