// The pages' reckoning: trees, paths, times, clocks. Each function takes the resourceSpans of OTLP JSON.

import { arrange, readTrace } from "/assets/common/model.js";
import { buildTree, walk } from "/assets/common/tree.js";
import { ticks } from "/assets/trace/axis.js";
import { selfTime } from "/assets/trace/self_time.js";
import { findSkews, skewText } from "/assets/trace/skew.js";
import { between, panned, State, zoomed } from "/assets/trace/state.js";
import { gradient, placed } from "/assets/trace/timeline/bar.js";
import { criticalPath, timeByService } from "/assets/trace/timeline/critical_path.js";
import * as collapse from "/assets/trace/timeline/outline.js";

const { Outline } = collapse;

function read(spans) {
  const trace = readTrace(spans);
  return { trace, roots: buildTree(trace) };
}

function lines(roots) {
  return [...walk(roots)].map(({ node, depth }) => `${depth} ${node.id}${node.missing ? "?" : ""}`);
}

export function listed(spans) {
  return lines(read(spans).roots);
}

export function listedAgain(spans) {
  return lines(buildTree(read(spans).trace));
}

export function timesOfRoots(spans) {
  return read(spans).roots.map(({ start, duration }) => [start, duration]);
}

export function timesOfSpans(spans) {
  return read(spans).trace.spans.map(({ start, duration, end }) => [start, duration, end]);
}

/** A chain of spans in the worst order: each comes before its parent. */
export function chainOf(levels) {
  const chain = Array.from({ length: levels }, (_, at) => ({
    spanId: `s${at}`,
    parentSpanId: at > 0 ? `s${at - 1}` : "",
    startTimeUnixNano: `${2 * levels - at}`,
    endTimeUnixNano: `${3 * levels}`,
  }));
  const deep = buildTree(readTrace([{ scopeSpans: [{ spans: chain }] }]));
  const { below } = new Outline(deep).of(deep[0]);
  return [[...walk(deep)].at(-1).depth, below, findSkews(deep).size, criticalPath(deep).length];
}

export function outlined(spans) {
  const outline = new Outline(read(spans).roots);
  return Object.fromEntries(
    outline.nodes.map((node) => {
      const { position, siblings, below, lines } = outline.of(node);
      return [node.id, [position, siblings, below, lines]];
    }),
  );
}

/** The rows of each way to hide levels: all, one, two; one shown again; a node revealed; nodes toggled. */
export function levels(spans) {
  const { roots } = read(spans);
  const outline = new Outline(roots);
  const rows = (collapsed) => outline.rows(collapsed).map(({ id }) => id).join("");
  const all = collapse.collapseAll(outline);
  const less = collapse.collapseLevel(outline, new Set());
  const lesser = collapse.collapseLevel(outline, less);
  const more = collapse.expandLevel(outline, all);
  const node = outline.nodes.find(({ id }) => id === "d");
  const toggled = [collapse.toggle(new Set(), node.parent), collapse.toggle(all, roots[0])];
  return [all, less, lesser, more, collapse.reveal(all, node), ...toggled].map(rows);
}

export function selfTimes(spans) {
  return Object.fromEntries(read(spans).roots.map((root) => [root.id, selfTime(root)]));
}

export function path(spans) {
  return criticalPath(read(spans).roots);
}

export function pathByService(spans) {
  const { trace, roots } = read(spans);
  return timeByService(criticalPath(roots), new Map(trace.spans.map((span) => [span.id, span])));
}

export function skews(spans) {
  return Object.fromEntries(findSkews(read(spans).roots));
}

export function skewTexts(spans) {
  const { trace, roots } = read(spans);
  const found = findSkews(roots);
  return Object.fromEntries(trace.spans.map((span) => [span.id, skewText(span, found.get(span.id))]));
}

/** What a State tells while clocks are adjusted and recorded ones come back, with the shown range in between. */
export function adjusted(spans) {
  const { trace } = read(spans);
  const begin = Number(trace.beginNs / 1000n);
  const state = new State();
  const told = [];
  state.on(["trace"], () => {
    const times = state.trace.spans.map((span) => [span.id, [span.start, span.moved]]);
    const whole = { begin: Number(state.trace.beginNs / 1000n) - begin, duration: state.trace.duration };
    told.push({ ...Object.fromEntries(times), ...whole });
  });
  state.setTrace(trace);
  state.range = { from: 100, to: 150 };
  state.adjust(true);
  told.push(state.range);
  state.adjust(false);
  told.push(state.range);
  state.adjust(true);
  state.setTrace(readTrace(spans));
  return told;
}

export function ranges() {
  return [
    between(30, 10, 100),
    between(-10, 5, 100),
    between(0, 100, 100),
    between(100, 100, 100),
    zoomed({ from: 0, to: 100 }, 100, 0.5),
    zoomed({ from: 40, to: 60 }, 100, 2, 40),
    zoomed({ from: 10, to: 90 }, 100, 2),
    ...[30, 90, -5].map((by) => panned({ from: 0, to: 20 }, 100, by)),
  ];
}

export function axes(cases) {
  return cases.map(([from, to, most]) => ticks({ from, to }, most).map(({ label }) => label));
}

export function bars() {
  const shown = { from: 100, to: 200 };
  const near = Array.from({ length: 1000 }, (_, at) => ({ from: at, to: at + 0.5 }));
  return [
    placed({ from: 0, to: 50 }, shown),
    placed({ from: 50, to: 150 }, shown),
    placed({ from: 120, to: 120 }, shown),
    gradient([{ from: 150, to: 160 }], { from: 150, to: 250 }, shown, "red"),
    gradient([], { from: 0, to: 9 }, { from: 0, to: 9 }, "red"),
    gradient(near, { from: 0, to: 1000 }, { from: 0, to: 1000 }, "red"),
  ];
}

export function nothing() {
  const { trace, roots } = read([]);
  arrange(trace);
  return [criticalPath(roots), findSkews(roots).size, trace.duration, new Outline(roots).nodes];
}
