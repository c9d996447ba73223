// The operations of two traces, side by side.

import { element, name, serviceName, titleOf } from "../common/dom.js";
import { crossed, exactDuration, grouped } from "../common/format.js";
import { statisticsOf } from "../common/statistics.js";
import { durationColumn, Table } from "../common/table.js";
import { changeBadge, changeOf, signedDuration } from "./change.js";

/**
 * The operations of both traces: `{key, service, name, a, b, change, delta, ratio}`; a and b are `{count, errors,
 * total, p50}`. Times in µs; p50 by nearest rank, NaN without spans; delta is B's total minus A's; ratio is B's total
 * divided by A's, or null if A has none; for change, see changeOf.
 */
export function diffOperations(a, b) {
  const rows = new Map();
  for (const [side, { spans }] of [["a", a], ["b", b]]) {
    for (const span of spans) {
      const key = JSON.stringify([span.service, span.name]);
      if (!rows.has(key)) rows.set(key, { key, service: span.service, name: span.name, a: [], b: [] });
      rows.get(key)[side].push(span);
    }
  }
  const longest = Math.max(a.duration, b.duration);
  return [...rows.values()].map((row) => {
    const [one, other] = [sideOf(row.a), sideOf(row.b)];
    const ratio = one.total > 0 && other.count > 0 ? other.total / one.total : null;
    return { ...row, a: one, b: other, change: changeOf(one, other, longest), delta: other.total - one.total, ratio };
  });
}

function sideOf(spans) {
  const { count, errors, total, p50 } = statisticsOf(spans, () => 0);
  return { count, errors, total, p50 };
}

export function operationTable(opened) {
  const table = new Table({
    label: "Operations of both traces",
    columns: columns(),
    key: ({ key }) => key,
    activate: opened,
    sort: { id: "delta", descending: true },
    attributes: ({ change }) => ({ class: change }),
    empty: "No differences",
  });
  table.element.classList.add("operations");
  return table;
}

function columns() {
  const operation = {
    id: "operation",
    title: "Operation",
    width: "20rem",
    value: (row) => `${row.service}\n${row.name}`,
    cell: (row) => element("span", "operation", serviceName(row.service), name(row.name)),
    full: (row) => titleOf(`${row.service} ${row.name}`),
  };
  const change = { id: "change", title: "In B", width: "7rem" };
  const delta = { id: "delta", title: "B − A", hint: "of the totals; sorted by how far from 0", width: "7rem" };
  return [
    operation,
    { ...change, value: (row) => row.change, cell: (row) => changeBadge(row.change) },
    ...both("count", "Count", ({ count }) => count || null, { text: grouped }),
    ...both("errors", "Errors", ({ count, errors }) => (count ? errors : null), { text: crossed }),
    ...both("p50", "p50", ({ count, p50 }) => (count ? p50 : null)),
    ...both("total", "Total", ({ count, total }) => (count ? total : null)),
    {
      ...delta,
      number: true,
      value: (row) => Math.abs(row.delta),
      cell: (row) => signedDuration(row.delta),
      full: (row) => exactDuration(row.delta),
    },
    {
      id: "ratio",
      title: "B ÷ A",
      hint: "of the totals",
      number: true,
      value: ({ ratio }) => ratio,
      cell: ({ ratio }) => (ratio === null ? "–" : `× ${ratio.toFixed(ratio < 9.995 ? 2 : 0)}`),
    },
  ];
}

/** A column per trace: durations, or the result of `text`. */
function both(id, title, value, { text } = {}) {
  return ["a", "b"].map((side) => {
    const of = (row) => value(row[side]);
    const more = text ? { cell: (row) => (of(row) === null ? "–" : text(of(row))), full: undefined } : {};
    return durationColumn(`${id}-${side}`, `${title} ${side.toUpperCase()}`, of, more);
  });
}
