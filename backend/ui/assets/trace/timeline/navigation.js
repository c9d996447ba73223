// Navigation through the rows: by key, by error, by level.

import { shortcut } from "../../common/keys.js";
import { panned, zoomed } from "../state.js";
import { collapseAll, collapseLevel, expandLevel, toggle } from "./outline.js";

const ZOOM = 2;
const PAN = 0.2; // of the visible range

/** The timeline's actions, for buttons and keys. */
export function makeMoves(state, rows) {
  const moves = {
    step: (by) => rows.step(by),
    goTo(node) {
      if (node) rows.goTo(node.id);
    },
    open(id) {
      if (state.selected === id) state.close();
      else state.change({ selected: id });
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
    /** Select the next error after the selected or focused row, even if its row is hidden. */
    nextError(by) {
      const { nodes } = rows.outline;
      const at = nodes.indexOf(state.selectedNode ?? (rows.focused ? rows.activeRow : null));
      const from = at < 0 && by < 0 ? 0 : at;
      for (let step = 1; step <= nodes.length; step += 1) {
        const node = nodes[(from + by * step + nodes.length) % nodes.length];
        if (!node.error) continue;
        state.change({ selected: node.id });
        return moves.goTo(node);
      }
    },
    zoom(by) {
      state.change({ range: zoomed(state.shown, state.total, by > 0 ? 1 / ZOOM : ZOOM) });
    },
    pan(by) {
      const { from, to } = state.shown;
      state.change({ range: panned({ from, to }, state.total, by * PAN * (to - from)) });
    },
    reset: () => state.change({ range: null }),
    critical: () => state.change({ critical: !state.critical }),
    clocks: () => {
      if (state.adjusted || state.skews.size > 0) state.adjust(!state.adjusted);
    },
  };
  return moves;
}

export function listenToRows(rows, moves, state) {
  const { body: tree } = rows;
  tree.addEventListener("click", ({ target, clientX, clientY, detail }) => {
    const node = state.nodes.get(target.closest(".row")?.dataset.id);
    if (!node) return;
    // The pressed element may have been recreated before release; then the click lands on its row.
    const released = document.elementFromPoint(clientX, clientY);
    const toggled = (tree.contains(released) ? released : target).closest(".toggle:not(.none)");
    moves.goTo(node);
    if (toggled) moves.toggle(node);
    else if (detail <= 1) moves.open(node.id); // a double click must not undo its first click
  });
  tree.addEventListener("keydown", (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = rows.activeRow;
    const by = rows.stepOf(event.key);
    const run = by === undefined ? node && keysOf(node, moves, state)[event.key] : () => rows.step(by);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function keysOf(node, moves, state) {
  const closed = state.collapsed.has(node.id);
  const parent = node.children.length > 0;
  return {
    ArrowRight: () => (parent && closed ? moves.toggle(node) : moves.goTo(node.children[0])),
    ArrowLeft: () => (parent && !closed ? moves.toggle(node) : moves.goTo(node.parent)),
    Enter: () => moves.open(node.id),
    " ": () => moves.open(node.id),
  };
}

/** Keys that work wherever the focus is; returns a function that removes them. */
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
