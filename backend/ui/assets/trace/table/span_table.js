// The span table: all spans in a flat list, to sort and to filter.

import { button, checkbox, element, name, setText } from "../../common/dom.js";
import { count, grouped } from "../../common/format.js";
import { shortcut } from "../../common/keys.js";
import { Table } from "../../common/table.js";
import { rememberedSelfTime } from "../self_time.js";
import { attributeKeys, grouping, keyField } from "./grouping.js";
import { attributeColumn, spanColumns } from "./span_columns.js";

const SLOWEST = { id: "duration", descending: true };
const FIRST = { id: "start", descending: false };
const settings = { sort: { ...FIRST }, text: "", errors: false, found: false, keys: [] }; // also when one comes back

export function mount(container, state) {
  return new SpanTable(container, state).start();
}

class SpanTable {
  constructor(container, state) {
    this.state = state;
    this.filter = element("input", {
      type: "search",
      value: settings.text,
      placeholder: "Filter…",
      "aria-label": "Filter by what the columns show",
      spellcheck: "false",
    });
    this.filter.addEventListener("input", () => this.set({ text: this.filter.value }));
    this.errors = checkbox("Errors only", settings.errors, (errors) => this.set({ errors }));
    this.found = checkbox("Found only", settings.found, (found) => this.set({ found }));
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
      sort: settings.sort,
      sorted: () => this.markSlowest(),
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
      state.on(["find", "found", "group"], () => this.show()),
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
    const attributes = settings.keys.map((key) => attributeColumn(key, () => this.removeColumn(key)));
    this.table.setColumns([...spanColumns(rememberedSelfTime()), ...attributes]);
  }

  show() {
    const { trace, find, group } = this.state;
    this.found.hidden = find === "";
    this.group.hidden = !group;
    this.group.replaceChildren(...(group ? this.groupChip(group) : []));
    const rows = trace.spans.filter(this.wanted());
    this.table.setRows(rows);
    this.markSlowest();
    const all = count(trace.spans.length, "span");
    setText(this.number, rows.length === trace.spans.length ? all : `${grouped(rows.length)} of ${all}`);
  }

  wanted() {
    const { find, found, group } = this.state;
    const text = settings.text.trim().toLowerCase();
    const of = group && grouping(group.by).of;
    return (span) =>
      (!settings.errors || span.error) &&
      (!settings.found || !find || found.has(span.id)) &&
      (!group || of(span).key === group.key) &&
      (!text || this.table.columns.some((column) => column.text?.(span).toLowerCase().includes(text)));
  }

  groupChip({ title }) {
    const remove = button("×", { class: "plain", "aria-label": "Show the spans of all groups" }, () => {
      this.state.change({ group: null });
      this.filter.focus();
    });
    return ["Only ", name(title), remove];
  }

  set(change) {
    Object.assign(settings, change);
    this.show();
  }

  addColumn(key) {
    if (!settings.keys.includes(key)) settings.keys.push(key);
    this.setColumns();
    this.show();
  }

  removeColumn(key) {
    settings.keys = settings.keys.filter((one) => one !== key);
    this.setColumns();
    this.show();
    this.keys.element.querySelector("input").focus();
  }

  sortSlowest() {
    const { id, descending } = isSlowest() ? FIRST : SLOWEST;
    this.table.sortBy(id, descending);
    this.table.scroller.scrollTop = 0;
    this.markSlowest();
  }

  markSlowest() {
    this.slowest.setAttribute("aria-pressed", isSlowest());
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

function isSlowest() {
  return settings.sort.id === SLOWEST.id && settings.sort.descending;
}
