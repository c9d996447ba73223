// The timeline: a row per span, with a bar for when it ran.

import { element } from "../../common/dom.js";
import { drawAxis } from "../axis.js";
import { onDrag } from "../drag.js";
import { askForCallers } from "../missing/caller.js";
import { makeSplitter } from "../splitter.js";
import { between } from "../state.js";
import { makeControls } from "./controls.js";
import { criticalPath } from "./critical_path.js";
import { makeCursor } from "./cursor.js";
import { Minimap } from "./minimap.js";
import { listenEverywhere, listenToRows, makeMoves } from "./navigation.js";
import { Outline, reveal } from "./outline.js";
import { makePointing } from "./pointing.js";
import { Rows } from "./rows.js";

const NAMES = { least: 15, most: 75, usual: 38 }; // width of the names' column, per cent
const NAMES_OF_PHONE = 45;
const PHONE = 600; // px
const EDGE = 80; // px after the bars, for the durations of the last ones
const EDGE_OF_PHONE = 64;
const NARROW = 300; // px of the names' column, below which badges have no words
const AGAIN = 5000; // ms: why a parent is missing depends on for how long

export function mount(container, state) {
  const timeline = element("div", "timeline");
  const axis = element("div", "bars axis");
  const grid = element("div", { class: "bars grid", "aria-hidden": "true" });
  const selection = element("div", { class: "selection", hidden: true });
  const head = element("div", "head", element("span", "title", "Service and operation"), axis);
  const scroller = element("div", "scroller", head);
  const rows = new Rows(scroller, head, state);
  const body = element("div", "body", grid, rows.body, element("div", "bars over", selection));
  const moves = makeMoves(state, rows);
  const minimap = new Minimap(state);
  const cursor = makeCursor(scroller, axis, state);
  const stage = element("div", "stage", scroller);
  const pointing = makePointing(stage, rows, state);
  const controls = makeControls(state, moves);
  let path = [];
  let wanted = state.selected; // the id of a node to scroll to once it exists

  container.append(timeline);
  scroller.append(body);
  body.lastElementChild.append(cursor.line);
  stage.append(pointing.element);
  timeline.append(...controls.elements, minimap.element, stage);
  head.append(
    makeSplitter({
      label: "Width of the names",
      key: "timeline.names",
      whole: () => head,
      ...NAMES,
      usual: timeline.clientWidth < PHONE ? NAMES_OF_PHONE : NAMES.usual,
      moved(share) {
        timeline.style.setProperty("--names", `${share}%`);
        if (rows.look) resized();
      },
    }),
  );
  listenToRows(rows, moves, state);
  listenToDrags();

  function traceCame() {
    findPath();
    rows.showOutline(new Outline(state.roots));
    revealWanted();
    redrawAround();
    minimap.redraw();
    askForCallers(state, () => rows.refill());
  }

  function findPath() {
    path = state.critical ? criticalPath(state.roots) : [];
    const parts = new Map();
    for (const part of [...path].reverse()) {
      if (!parts.has(part.id)) parts.set(part.id, []);
      parts.get(part.id).push(part);
    }
    rows.look = { ...rows.look, path: parts };
  }

  function redraw() {
    rows.refill();
    redrawAround();
  }

  function redrawAround() {
    drawAxis(axis, grid, state.shown, rows.look.width, rows.look.edge);
    cursor.redraw();
    minimap.update();
    controls.update(path);
  }

  function resized() {
    const edge = timeline.clientWidth < PHONE ? EDGE_OF_PHONE : EDGE;
    timeline.style.setProperty("--edge", `${edge}px`);
    const above = Math.round(scroller.getBoundingClientRect().top + window.scrollY);
    const width = axis.clientWidth;
    pointing.hide();
    timeline.classList.toggle("narrow", timeline.clientWidth - width < NARROW);
    timeline.style.setProperty("--above", `${above}px`);
    rows.fit();
    if (rows.look.width === width) return rows.draw();
    rows.look = { ...rows.look, width, edge };
    minimap.redraw();
    redraw();
  }

  function revealWanted() {
    const node = state.nodes.get(wanted);
    if (!node) return;
    wanted = null;
    const collapsed = reveal(state.collapsed, node);
    if (collapsed !== state.collapsed) state.change({ collapsed });
    if (rows.focused) rows.goTo(node.id);
    else rows.activate(node.id);
  }

  function listenToDrags() {
    const edge = () => axis.getBoundingClientRect();
    const at = (x) => state.shown.from + ((x - edge().left) / edge().width) * (state.shown.to - state.shown.from);
    onDrag(scroller, {
      takes: ({ clientX, target }) => clientX >= edge().left && clientX <= edge().right && !target.closest(".splitter"),
      moved(from, to) {
        const within = (x) => Math.min(Math.max(x - edge().left, 0), edge().width);
        const [left, right] = [within(Math.min(from, to)), within(Math.max(from, to))];
        selection.hidden = false;
        selection.style.left = `${left}px`;
        selection.style.width = `${right - left}px`;
      },
      done(from, to) {
        selection.hidden = true;
        state.change({ range: between(at(from), at(to), state.total) });
      },
      left: () => (selection.hidden = true),
    });
    axis.addEventListener("dblclick", () => moves.reset());
  }

  const sizes = new ResizeObserver(resized);
  sizes.observe(scroller);
  sizes.observe(document.body);
  const aging = setInterval(() => {
    if (state.roots.some((root) => root.missing)) rows.refill();
  }, AGAIN);
  const ends = [
    listenEverywhere(moves),
    state.on(["trace"], traceCame),
    state.on(["collapsed"], () => rows.showOutline(rows.outline)),
    state.on(["selected"], () => {
      wanted = state.selected;
      revealWanted();
      rows.refill();
    }),
    state.on(["range"], redraw),
    state.on(["critical"], () => {
      findPath();
      redraw();
    }),
    state.on(["find", "found", "service"], () => {
      rows.refill();
      minimap.redraw();
    }),
  ];
  findPath();
  resized();
  traceCame();
  return () => {
    sizes.disconnect();
    clearInterval(aging);
    for (const end of ends) end();
  };
}
