// The table of calls: the same content as the graph.

import { element, serviceLabel, titleOf } from "../common/dom.js";
import { grouped, share } from "../common/format.js";
import { Table } from "../common/table.js";
import { areMessages } from "./calls.js";
import { NOT_TOLD, time } from "./texts.js";

const COLUMNS = [
  service("from", "Caller"),
  service("to", "Called", kind),
  number("count", "Calls", "How often", "5.5rem", ({ count }) => grouped(count)),
  number("errors", "Errors", "Calls whose span has an error, and their share of all", "8.5rem", errors),
  number("p50", "p50", "Half of the calls take no longer", "5.5rem", ({ p50 }) => time(p50)),
  number("p99", "p99", "99 of 100 calls take no longer", "5.5rem", ({ p99 }) => time(p99)),
];

/** The row of a service without calls. */
function lone(name) {
  return { key: JSON.stringify([name]), from: name, to: null, count: null, errors: null, p50: null, p99: null };
}

function service(id, title, more = () => null) {
  const cell = (call) => (call[id] === null ? quiet("no calls") : serviceLabel(call[id], more(call)));
  return { id, title, value: (call) => call[id], cell, full: (call) => titleOf(call[id] ?? "") };
}

function kind(call) {
  if (!call.messages) return null;
  return element("span", "kind quiet", areMessages(call) ? "messages" : `${grouped(call.messages)} are messages`);
}

function quiet(text) {
  return element("span", "quiet", text);
}

function number(id, title, hint, width, cell) {
  const told = (call) => (call.to === null ? quiet("–") : cell(call));
  return { id, title, hint, number: true, width, value: (call) => call[id], cell: told };
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
    activate: ({ key, from, to }) => view.select(to === null ? { service: from } : { call: key }),
    attributes: ({ key, from, to }) => ({
      "aria-selected": to === null ? from === view.selected?.service : key === view.selected?.call,
    }),
    sort: { id: "count", descending: true },
  });
  const why = element("p", { class: "quiet", hidden: true }, `${NOT_TOLD}.`);
  place.append(table.element, why);

  view.on(["calls", "wanted"], () => {
    const rows = [...view.shown.list, ...view.shown.lone.map(lone)];
    place.hidden = rows.length === 0;
    table.element.classList.toggle("untold", !view.shown.known);
    why.hidden = view.shown.known;
    table.setRows(rows);
  });
  view.on(["selected"], () => table.rows.refresh());
}
