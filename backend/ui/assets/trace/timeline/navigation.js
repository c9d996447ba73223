// Ways through the rows: by keys, from error to error, level by level.

import { shortcut } from "../../common/keys.js";
import { panned, zoomed } from "../state.js";
import { collapseAll, collapseLevel, expandLevel, toggle } from "./outline.js";

const ZOOM = 2;
const PAN = 0.2; // of the shown range

/**
 * What people can do with the timeline, for buttons and keys alike.
 * @param {State} state
 * @param {Rows} rows
 */
export function makeMoves(state, rows) {
  const total = () => Math.max(state.trace.duration, 0.001);
  const moves = {
    /** To the row some rows further down. */
    step(by) {
      // The first step is to the row itself, for nobody has seen it yet; if it is out of sight, to the first that is not.
      const to = rows.focused ? rows.places.get(rows.active) + by : rows.startingPlace;
      moves.goTo(rows.nodes[Math.min(Math.max(to, 0), rows.nodes.length - 1)]);
    },
    goTo(node) {
      if (node) rows.activate(node.id, { focus: true });
    },
    open(id) {
      state.change({ selected: state.selected === id ? null : id });
    },
    toggle(node) {
      if (node.children.length > 0) state.change({ collapsed: toggle(state.collapsed, node) });
    },
    levels(which) {
      const { outline } = rows;
      const collapsed = {
        all: () => collapseAll(outline),
        none: () => new Set(),
        less: () => collapseLevel(outline, state.collapsed),
        more: () => expandLevel(outline, state.collapsed),
      }[which]();
      state.change({ collapsed });
    },
    /** Select the error after the row that is selected or has the focus, also one that is hidden. */
    nextError(by) {
      const { nodes } = rows.outline;
      const at = nodes.indexOf(state.selectedNode ?? (rows.focused ? rows.activeNode : null));
      const from = at < 0 && by < 0 ? 0 : at;
      for (let step = 1; step <= nodes.length; step += 1) {
        const node = nodes[(from + by * step + nodes.length) % nodes.length];
        if (!node.error) continue;
        state.change({ selected: node.id });
        return moves.goTo(node);
      }
    },
    zoom(by) {
      state.change({ range: zoomed(state.shown, total(), by > 0 ? 1 / ZOOM : ZOOM) });
    },
    pan(by) {
      const { from, to } = state.shown;
      state.change({ range: panned({ from, to }, total(), by * PAN * (to - from)) });
    },
    reset: () => state.change({ range: null }),
    critical: () => state.change({ critical: !state.critical }),
    clocks: () => {
      if (state.adjusted || state.skews.size > 0) state.adjust(!state.adjusted);
    },
  };
  return moves;
}

/** Keys of the rows themselves, as trees have them. */
export function listenToRows(rows, moves, state) {
  const { tree } = rows;
  tree.addEventListener("click", ({ target, clientX, clientY }) => {
    const node = state.nodes.get(target.closest(".row")?.dataset.id);
    if (!node) return;
    // What was pressed may have been made anew before it was released; then the click is one on its row.
    const released = document.elementFromPoint(clientX, clientY);
    const toggled = (tree.contains(released) ? released : target).closest(".toggle:not(.none)");
    moves.goTo(node);
    if (toggled) moves.toggle(node);
    else moves.open(node.id);
  });
  tree.addEventListener("keydown", (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = rows.activeNode;
    const run = node && keysOf(node, rows, moves, state)[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function keysOf(node, rows, moves, state) {
  const closed = state.collapsed.has(node.id);
  const parent = node.children.length > 0;
  return {
    ArrowDown: () => moves.step(1),
    ArrowUp: () => moves.step(-1),
    PageDown: () => moves.step(rows.page),
    PageUp: () => moves.step(-rows.page),
    Home: () => moves.step(-Infinity),
    End: () => moves.step(Infinity),
    ArrowRight: () => (parent && closed ? moves.toggle(node) : moves.goTo(node.children[0])),
    ArrowLeft: () => (parent && !closed ? moves.toggle(node) : moves.goTo(node.parent)),
    Enter: () => moves.open(node.id),
    " ": () => moves.open(node.id),
  };
}

/** Keys that work wherever the focus is; returns what ends them. */
export function listenEverywhere(moves) {
  const keys = [
    [["j"], "next row; in the rows the arrow keys too", () => moves.step(1)],
    [["k"], "row before", () => moves.step(-1)],
    [["e"], "next error", () => moves.nextError(1)],
    [["E"], "error before", () => moves.nextError(-1)],
    [["."], "one level more", () => moves.levels("more")],
    [[","], "one level less", () => moves.levels("less")],
    [[">"], "all levels", () => moves.levels("none")],
    [["<"], "the first level only", () => moves.levels("all")],
    [["+", "="], "zoom in", () => moves.zoom(1)],
    [["-"], "zoom out", () => moves.zoom(-1)],
    [["]", "Shift+ArrowRight"], "later", () => moves.pan(1)],
    [["[", "Shift+ArrowLeft"], "earlier", () => moves.pan(-1)],
    [["0"], "the whole time", () => moves.reset()],
    [["c"], "critical path", () => moves.critical()],
    [["a"], "adjust clocks, and back", () => moves.clocks()],
  ];
  const ends = keys.map(([key, does, run]) => shortcut("Timeline", key, does, run));
  return () => ends.forEach((end) => end());
}
