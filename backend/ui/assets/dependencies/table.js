// The table of calls: the same as the graph, for who prefers rows.

import { element, serviceName, titleOf } from "../common/dom.js";
import { grouped, share } from "../common/format.js";
import { Table } from "../common/table.js";
import { NOT_TOLD, time } from "./texts.js";

const COLUMNS = [
  service("from", "Caller"),
  service("to", "Called"),
  number("count", "Calls", "How often", ({ count }) => grouped(count)),
  number("errors", "Errors", "Calls whose span has an error, and their share of all", errors),
  number("p50", "p50", "Half of the calls take no longer", ({ p50 }) => time(p50)),
  number("p99", "p99", "99 of 100 calls take no longer", ({ p99 }) => time(p99)),
];

function service(id, title) {
  const value = (call) => call[id];
  return { id, title, value, cell: (call) => serviceName(value(call)), full: (call) => titleOf(value(call)) };
}

function number(id, title, hint, cell) {
  return { id, title, hint, number: true, width: "15%", value: (call) => call[id], cell };
}

function errors({ count, errors: some }) {
  if (!some) return some === null ? time(null) : "0";
  return element("span", "failed", `✗ ${grouped(some)} (${share(some / count)})`);
}

export function mountTable(place, view) {
  const table = new Table({
    label: "Calls between services",
    columns: COLUMNS,
    key: ({ key }) => key,
    activate: ({ key }) => view.select({ call: key }),
    attributes: ({ key }) => ({ "aria-selected": key === view.selected?.call }),
    sort: { id: "count", descending: true },
  });
  const why = element("p", { class: "quiet", hidden: true }, `${NOT_TOLD}.`);
  place.append(table.element, why);

  view.on(["calls", "wanted"], () => {
    const { list } = view.shown;
    place.hidden = list.length === 0;
    table.element.classList.toggle("untold", !view.shown.known);
    why.hidden = view.shown.known;
    table.setRows(list);
  });
  view.on(["selected"], () => table.rows.refresh());
}
