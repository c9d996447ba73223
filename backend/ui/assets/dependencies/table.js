// The table of calls: the same as the graph, for who prefers rows.

import { element } from "../common/dom.js";
import { share } from "../common/format.js";
import { Table } from "../common/table.js";
import { serviceName, titleOf } from "../common/text.js";
import { NOT_TOLD, time } from "./texts.js";

const COLUMNS = [
  { id: "from", title: "Caller", value: ({ from }) => from, cell: ({ from }) => serviceName(from), full: ({ from }) => titleOf(from) },
  { id: "to", title: "Called", value: ({ to }) => to, cell: ({ to }) => serviceName(to), full: ({ to }) => titleOf(to) },
  number("count", "Calls", "How often", ({ count }) => count.toLocaleString("en")),
  number("errors", "Errors", "Calls whose span has an error, and their share of all", errors),
  number("p50", "p50", "Half of the calls take no longer", ({ p50 }) => time(p50)),
  number("p99", "p99", "99 of 100 calls take no longer", ({ p99 }) => time(p99)),
];

function number(id, title, hint, cell) {
  return { id, title, hint, number: true, width: "15%", value: (call) => call[id], cell };
}

function errors({ count, errors: some }) {
  if (!some) return some === null ? time(null) : "0";
  return element("span", "failed", `✗ ${some.toLocaleString("en")} (${share(some / count)})`);
}

/** List the calls of a View in a place. */
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
  view.on(["selected"], () => table.refresh());
}
