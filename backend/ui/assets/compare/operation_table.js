// The operations of both traces, as a table.

import { element } from "../common/dom.js";
import { duration } from "../common/format.js";
import { exactDuration, name, serviceName, titleOf } from "../common/label.js";
import { Table } from "../common/table.js";
import { changeBadge, signedDuration } from "./change.js";

/** @param {(row: object) => void} opened called with the operation whose row was activated, see operation_diff.js. */
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
  return [
    {
      id: "operation",
      title: "Operation",
      width: "20rem",
      value: (row) => `${row.service}\n${row.name}`,
      cell: (row) => element("span", "operation", serviceName(row.service), name(row.name)),
      full: (row) => titleOf(`${row.service} ${row.name}`),
    },
    { id: "change", title: "In B", width: "7rem", value: ({ change }) => change, cell: ({ change }) => changeBadge(change) },
    ...both("count", "Count", ({ count }) => count || null, (number) => number.toLocaleString("en")),
    ...both("errors", "Errors", ({ count, errors }) => (count ? errors : null), (number) => (number ? `✗ ${number}` : "0")),
    ...both("p50", "p50", ({ count, p50 }) => (count ? p50 : null), duration, exactDuration),
    ...both("total", "Total", ({ count, total }) => (count ? total : null), duration, exactDuration),
    {
      id: "delta",
      title: "B − A",
      hint: "of the totals; sorted by how far from 0",
      number: true,
      width: "7rem",
      value: ({ delta }) => Math.abs(delta),
      cell: ({ delta }) => signedDuration(delta),
      full: ({ delta }) => exactDuration(delta),
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

function both(id, title, value, text, full) {
  return ["a", "b"].map((side) => {
    const of = (row) => value(row[side]);
    return {
      id: `${id}-${side}`,
      title: `${title} ${side.toUpperCase()}`,
      number: true,
      value: of,
      cell: (row) => (of(row) === null ? "–" : text(of(row))),
      full: full && ((row) => (of(row) === null ? "" : full(of(row)))),
    };
  });
}
