// Statistics: the spans of each operation in numbers, or of each service, kind or value of an attribute.

import { element, name, serviceName, titleOf } from "../../common/dom.js";
import { count, crossed, grouped, share } from "../../common/format.js";
import { reconcile } from "../../common/reconcile.js";
import { statisticsBy, statisticsOf } from "../../common/statistics.js";
import { durationColumn, Table } from "../../common/table.js";
import { rememberedSelfTime } from "../self_time.js";
import { attributeKeys, byAttribute, grouping, keyField } from "./grouping.js";

const HINT =
  "A row opens its spans. Self time: while none of a span's children ran. p50 and p99 by nearest rank: each is the " +
  "duration of one of the spans.";
const settings = { by: "operation", sort: { id: "total", descending: true } }; // also when one comes back to this view

export function mount(container, state) {
  return new Statistics(container, state).start();
}

class Statistics {
  constructor(container, state) {
    this.state = state;
    this.keys = keyField("Group by an attribute", "Group", (key) => this.group(byAttribute(key)));
    this.choices = element("fieldset", "view-choice", element("legend", "", "Group by"));
    this.table = new Table({
      label: "Statistics",
      columns: this.columns(),
      key: ({ key }) => key,
      activate: (row) => this.open(row),
      sort: settings.sort,
      empty: "No spans",
    });
    this.table.element.classList.add("statistics");
    const bar = element("div", "view-bar", this.choices, this.keys.element);
    container.append(bar, this.table.element, element("p", "quiet hint", HINT));
  }

  start() {
    const end = this.state.on(["trace"], () => this.refresh());
    this.refresh();
    return () => {
      end();
      this.table.stop();
    };
  }

  refresh() {
    const { spans } = this.state.trace;
    const selfTime = rememberedSelfTime();
    const { of, title } = grouping(settings.by);
    this.keys.offer(attributeKeys(spans));
    this.showChoices();
    this.table.setTitle("group", title);
    const rows = statisticsBy(spans, of, selfTime);
    this.table.setRows(rows);
    const all = statisticsOf(spans, selfTime);
    const numbers = this.numbers().filter(({ id }) => id !== "share");
    this.table.setFoot([count(rows.length, "group"), ...numbers.map(({ cell }) => cell(all))]);
  }

  group(by) {
    settings.by = by;
    this.refresh();
  }

  showChoices() {
    const kinds = ["operation", "service", "kind", ...(settings.by.includes(":") ? [settings.by] : [])];
    reconcile(this.choices, kinds, {
      key: (by) => by,
      make: (by) => this.choice(by),
      update: (label, by) => (label.firstChild.checked = by === settings.by),
    });
  }

  choice(by) {
    const input = element("input", { type: "radio", name: "statistics-group", value: by });
    input.addEventListener("change", () => this.group(by));
    return element("label", "", input, name(grouping(by).title));
  }

  columns() {
    const group = {
      id: "group",
      title: "Operation",
      width: "22rem",
      value: (row) => `${row.service ?? ""}\n${row.name}`,
      cell: groupCell,
      full: (row) => titleOf([row.service, row.name].filter(Boolean).join(" ")),
    };
    return [group, ...this.numbers()];
  }

  numbers() {
    const number = (id, title, cell, more) => ({ id, title, number: true, value: (row) => row[id], cell, ...more });
    const time = (id, title, hint) => durationColumn(id, title, (row) => row[id], { hint });
    const hint = "of the self time of all spans of the trace";
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

  open({ key, name: title, service }) {
    const { by } = settings;
    const text = service === null ? `${grouping(by).title}: ${title}` : `${service || "(no name)"} ${title}`;
    this.state.change({ group: { by, key, title: text } });
    const tab = document.getElementById("tab-table");
    tab.focus(); // for the row goes away
    tab.click();
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
