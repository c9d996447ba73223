// What the views of a trace count and lay out. A trace comes as the resourceSpans of OTLP JSON.

import { readTrace } from "/assets/common/model.js";
import { percentile, statisticsBy, statisticsOf } from "/assets/common/statistics.js";
import { sorted } from "/assets/common/table.js";
import { buildTree } from "/assets/common/tree.js";
import { layoutFlame } from "/assets/trace/flame/layout.js";
import { selfTime } from "/assets/trace/self_time.js";
import { attributeKeys, grouping } from "/assets/trace/table/grouping.js";

function read(input) {
  const trace = readTrace(input);
  return { spans: trace.spans, roots: buildTree(trace) };
}

export function percentiles(cases) {
  return cases.map(([numbers, part]) => percentile(numbers, part));
}

/** Of each operation, and of all spans. */
export function statistics(input) {
  const { spans } = read(input);
  return [statisticsBy(spans, grouping("operation").of, selfTime), statisticsOf(spans, selfTime)];
}

/** The names of the groups by an attribute, by one of the resource and by kind; and the keys there are. */
export function groups(input) {
  const { spans } = read(input);
  const names = (by) => spans.map((span) => grouping(by).of(span).name);
  return [names("attribute:n"), names("attribute:service.name"), names("kind"), attributeKeys(spans)];
}

export function lanes(input) {
  const { lanes } = layoutFlame(read(input).roots);
  return lanes.map((lane) => lane.map((node) => [node.id, node.parent?.id, node.start, node.end]));
}

/** How many lanes a chain of spans has, if each holds one of them. */
export function lanesOfChain(length) {
  const nodes = [];
  for (let at = 0; at < length; at += 1) {
    nodes.push({ start: at, end: 2 * length - at, children: [] });
    if (at) nodes[at - 1].children.push(nodes[at]);
  }
  const { lanes } = layoutFlame([nodes[0]]);
  return lanes.every((lane, number) => lane.length === 1 && lane[0] === nodes[number]) && lanes.length;
}

export function sort([values, descending]) {
  return sorted(values, { value: (row) => row[0] }, descending);
}
