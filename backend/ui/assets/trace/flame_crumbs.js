// Where a flame graph is zoomed to, and the ways back.

import { button, element } from "../common/dom.js";
import { duration } from "../common/format.js";
import { name } from "../common/label.js";
import { pathTo } from "./flame_moves.js";

const MOST = 6; // nodes of a path

/**
 * Fill the breadcrumbs.
 * @param {HTMLElement} place
 * @param {object} with_
 * @param {{from: number, to: number} | null} with_.range what is shown, µs; null for all
 * @param {number} with_.whole the trace's duration, µs
 * @param {Span | MissingSpan | null} with_.node whose time is shown; null if it is nobody's
 * @param {(node) => void} with_.zoom
 * @param {() => void} with_.reset
 */
export function showCrumbs(place, { range, whole, node, zoom, reset }) {
  place.hidden = range === null;
  if (range === null) return place.replaceChildren();
  const crumbs = pathTo(node).map((each) => crumb(each, each === node, zoom));
  if (crumbs.length > MOST) crumbs.splice(1, crumbs.length - MOST, element("span", "quiet", "…"));
  if (!node) crumbs.push(element("span", "", `${duration(range.from)} – ${duration(range.to)}`));
  const all = button(`All ${duration(whole)}`, { class: "plain" }, reset);
  const items = [all, ...crumbs].map((each) => element("li", "", each));
  place.replaceChildren(element("ol", "", ...items), button("Reset zoom", { title: "The whole time (0)" }, reset));
}

function crumb(node, here, zoom) {
  const label = node.missing ? "missing parent" : name(node.name);
  return button(label, { class: "plain", "aria-current": here && "location" }, () => zoom(node));
}
