// Statistics: figures per operation, service, kind or attribute value.

import { element, name, serviceName, titleOf } from "../../common/dom.js";
import { count, crossed, grouped, share } from "../../common/format.js";
import { reconcile } from "../../common/reconcile.js";
import { statisticsBy, statisticsOf } from "../../common/statistics.js";
import { durationColumn, Table } from "../../common/table.js";
import { rememberedSelfTime } from "../self_time.js";
import { attributeKeys, byAttribute, grouping, isGrouping, keyField } from "./grouping.js";

const HINT =
  "A row opens its spans. Self time: while none of a span's children ran. p50 and p99 by nearest rank: each is the " +
  "duration of one of the spans.";

export function mount(container, state) {
  return new Statistics(container, state).start();
}

class Statistics {
  constructor(container, state) {
    this.state = state;
    this.keys = keyField("Group by an attribute", "Group", (key) => state.change({ grouping: byAttribute(key) }));
    this.choices = element("fieldset", "view-choice", element("legend", "", "Group by"));
    this.table = new Table({
      label: "Statistics",
      columns: this.columns(),
      key: ({ key }) => key,
      activate: (row) => this.open(row),
      sort: { ...state.groupSort },
      sorted: () => state.change({ groupSort: { ...this.table.sort } }),
      empty: "No spans",
    });
    this.table.element.classList.add("statistics");
    const bar = element("div", "view-bar", this.choices, this.keys.element);
    container.append(bar, this.table.element, element("p", "quiet hint", HINT));
  }

  start() {
    const { state, table } = this;
    const ends = [
      state.on(["trace", "grouping", "service"], () => this.refresh()),
      state.on(["groupSort"], () => table.sortBy(state.groupSort.id, state.groupSort.descending)),
    ];
    this.refresh();
    return () => {
      for (const end of ends) end();
      table.stop();
    };
  }

  refresh() {
    const { trace, outstanding } = this.state;
    const spans = outstanding === null ? trace.spans : trace.spans.filter(({ service }) => service === outstanding);
    const selfTime = rememberedSelfTime();
    const { of, title } = grouping(this.by);
    this.keys.offer(attributeKeys(trace.spans));
    this.showChoices();
    this.table.setTitle("group", title);
    const rows = statisticsBy(spans, of, selfTime);
    this.table.setRows(rows);
    const all = statisticsOf(spans, selfTime);
    const numbers = this.numbers().filter(({ id }) => id !== "share");
    this.table.setFoot([count(rows.length, "group"), ...numbers.map(({ cell }) => cell(all))]);
  }

  get by() {
    return isGrouping(this.state.grouping) ? this.state.grouping : "operation";
  }

  showChoices() {
    const kinds = ["operation", "service", "kind", ...(this.by.includes(":") ? [this.by] : [])];
    reconcile(this.choices, kinds, {
      key: (by) => by,
      make: (by) => this.choice(by),
      update: (label, by) => (label.firstChild.checked = by === this.by),
    });
  }

  choice(by) {
    const input = element("input", { type: "radio", name: "statistics-group", value: by });
    input.addEventListener("change", () => this.state.change({ grouping: by }));
    return element("label", "", input, name(grouping(by).title));
  }

  columns() {
    const group = {
      id: "group",
      title: "Operation",
      width: "19rem",
      value: (row) => `${row.service ?? ""}\n${row.name}`,
      cell: groupCell,
      full: (row) => titleOf([row.service, row.name].filter(Boolean).join(" ")),
    };
    return [group, ...this.numbers()];
  }

  numbers() {
    const number = (id, title, cell, more) => ({ id, title, number: true, width: "5rem", value: (row) => row[id], cell, ...more });
    const time = (id, title, hint) => durationColumn(id, title, (row) => row[id], { hint, width: "7.4rem" });
    const hint = "of the self time of all spans that are counted";
    return [
      number("count", "Count", (row) => grouped(row.count)),
      number("errors", "Errors", ({ errors }) => (errors ? element("span", "badge error", crossed(errors)) : "0")),
      time("total", "Total", "the durations together"),
      time("self", "Self", "the time while no child ran, together"),
      time("average", "Average"),
      time("min", "Min", "the shortest"),
      time("p50", "p50", "half of the spans took no longer"),
      time("p99", "p99", "99 of 100 spans took no longer"),
      time("max", "Max", "the longest"),
      number("share", "Share", shareCell, { hint, width: "9rem" }),
    ];
  }

  open({ key }) {
    document.getElementById("tab-table").focus(); // the focused row disappears
    this.state.change({ group: { by: this.by, key }, view: "table" });
  }
}

function groupCell({ name: title, service }) {
  if (service === null) return name(title);
  return element("span", "operation", serviceName(service), title ? name(title) : null);
}

function shareCell(row) {
  const bar = element("span", { class: "share-bar", "aria-hidden": "true" });
  bar.style.setProperty("--part", row.share);
  return element("span", "share", bar, element("span", "", share(row.share)));
}
