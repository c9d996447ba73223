// The span table: all spans in a flat list, sortable and filterable.

import { button, checkbox, element, name, setText } from "../../common/dom.js";
import { count, grouped } from "../../common/format.js";
import { shortcut } from "../../common/keys.js";
import { usualLook } from "../../common/page_addresses.js";
import { Table } from "../../common/table.js";
import { rememberedSelfTime } from "../self_time.js";
import { attributeKeys, grouping, isGrouping, keyField } from "./grouping.js";
import { attributeColumn, spanColumns } from "./span_columns.js";

const SLOWEST = { id: "duration", descending: true };
const FILTERS = ["filter", "onlyErrors", "onlyFound"]; // properties of the state

export function mount(container, state) {
  return new SpanTable(container, state).start();
}

class SpanTable {
  constructor(container, state) {
    this.state = state;
    this.filter = element("input", {
      type: "search",
      placeholder: "Filter…",
      "aria-label": "Filter by what the columns show",
      spellcheck: "false",
    });
    this.filter.addEventListener("input", () => state.change({ filter: this.filter.value }));
    this.errors = checkbox("Errors only", false, (onlyErrors) => state.change({ onlyErrors }));
    this.found = checkbox("Found only", false, (onlyFound) => state.change({ onlyFound }));
    this.group = element("span", "view-chip");
    this.slowest = button("Slowest first", {}, () => this.sortSlowest());
    this.keys = keyField("Add a column of an attribute", "Add column", (key) => this.addColumn(key));
    this.number = element("p", { class: "quiet", role: "status" });
    this.table = new Table({
      label: "Spans",
      columns: [],
      key: ({ id }) => id,
      activate: ({ id }) => state.change({ selected: id }),
      attributes: (span) => this.attributesOf(span),
      sort: { ...state.sort },
      sorted: () => state.change({ sort: { ...this.table.sort } }),
      empty: "No span is like that",
    });
    this.table.element.classList.add("spans");
    const bar = [this.filter, this.errors, this.found, this.slowest, this.keys.element, this.group, this.number];
    container.append(element("div", "view-bar", ...bar), this.table.element);
  }

  start() {
    const { state } = this;
    const ends = [
      state.on(["trace"], () => this.refresh()),
      state.on(["columns"], () => this.setColumns()),
      state.on(["sort"], () => this.showSort()),
      state.on(["find", "found", "group", "service", "columns", ...FILTERS], () => this.show()),
      state.on(["selected"], () => this.showSelected()),
      shortcut("Spans", ["s"], "slowest first, and back", () => this.sortSlowest()),
    ];
    this.refresh();
    this.showSelected();
    return () => {
      for (const end of ends) end();
      this.table.stop();
    };
  }

  refresh() {
    this.keys.offer(attributeKeys(this.state.trace.spans));
    this.setColumns();
    this.show();
  }

  setColumns() {
    const attributes = this.state.columns.map((key) => attributeColumn(key, () => this.removeColumn(key)));
    this.table.setColumns([...spanColumns(rememberedSelfTime()), ...attributes]);
  }

  show() {
    const { trace, find, filter, onlyErrors, onlyFound } = this.state;
    if (this.filter.value !== filter) this.filter.value = filter;
    this.errors.hidden = trace.errors === 0 && !onlyErrors;
    this.errors.firstChild.checked = onlyErrors;
    this.found.hidden = find === "";
    this.found.firstChild.checked = onlyFound;
    this.showGroup(this.shownGroup);
    const rows = trace.spans.filter(this.wanted());
    this.table.setRows(rows);
    this.markSlowest();
    const all = count(trace.spans.length, "span");
    setText(this.number, rows.length === trace.spans.length ? all : `${grouped(rows.length)} of ${all}`);
  }

  /** The only group to show, from the statistics; the address may contain anything. */
  get shownGroup() {
    const { group } = this.state;
    return group && isGrouping(group.by) ? group : null;
  }

  wanted() {
    const { find, found, outstanding, onlyErrors, onlyFound, filter } = this.state;
    const text = filter.trim().toLowerCase();
    const group = this.shownGroup;
    const of = group && grouping(group.by).of;
    return (span) =>
      (outstanding === null || span.service === outstanding) &&
      (!onlyErrors || span.error) &&
      (!onlyFound || !find || found.has(span.id)) &&
      (!group || of(span).key === group.key) &&
      (!text || this.table.columns.some((column) => column.text?.(span).toLowerCase().includes(text)));
  }

  showGroup(group) {
    this.group.hidden = !group;
    this.group.replaceChildren(...(group ? this.groupChip(group) : []));
  }

  groupChip({ by, key }) {
    const { title, of } = grouping(by);
    const one = this.state.trace.spans.find((span) => of(span).key === key);
    const { service = null, name: named = "" } = one ? of(one) : {};
    const told = service === null ? `${title}: ${named}` : `${service || "(no name)"} ${named}`;
    const remove = button("×", { class: "plain", "aria-label": "Show the spans of all groups" }, () => {
      this.state.change({ group: null });
      this.filter.focus();
    });
    return ["Only ", name(told), remove];
  }

  addColumn(key) {
    const { columns } = this.state;
    if (!columns.includes(key)) this.state.change({ columns: [...columns, key] });
  }

  removeColumn(key) {
    this.state.change({ columns: this.state.columns.filter((one) => one !== key) });
    this.keys.element.querySelector("input").focus();
  }

  sortSlowest() {
    this.state.change({ sort: this.isSlowest ? usualLook().sort : SLOWEST });
    this.table.scroller.scrollTop = 0;
  }

  showSort() {
    const { id, descending } = this.state.sort;
    this.table.sortBy(id, descending);
    this.markSlowest();
  }

  markSlowest() {
    this.slowest.setAttribute("aria-pressed", this.isSlowest);
  }

  get isSlowest() {
    const { id, descending } = this.table.sort;
    return id === SLOWEST.id && descending === SLOWEST.descending;
  }

  attributesOf(span) {
    const { selected, find, found } = this.state;
    const marked = find !== "" && found.has(span.id);
    return { "data-id": span.id, "aria-selected": span.id === selected, class: marked ? "found" : "" };
  }

  showSelected() {
    this.table.rows.refresh();
    if (this.state.selected) this.table.rows.reveal(this.state.selected);
  }
}
