// A table with any number of rows, sortable by column. Its sheet is table.css.

import { button, element, isolated, setAttributes, setText } from "./dom.js";
import { duration, exactDuration, inOrder } from "./format.js";
import { VirtualList } from "./virtual_list.js";

const MOST_OF_TITLE = 60; // characters
const HEIGHT = 1.9; // of a row, in rem
const BEYOND = 5; // rows kept above and below those in sight

/**
 * A column: `cell` renders it, `full` is its tooltip, and `value` its sort key; null sorts last, and a column without
 * `value` is not sortable. A `number` is right-aligned, and first sorts descending, unless `ascending`. `hint` is a
 * short description, `width` is as in CSS, `extra` follows the title in the header.
 * @typedef {object} Column
 */

export class Table {
  /**
   * `label` names the table; `key` identifies a row across refreshes. `activate` handles a click, Enter or Space,
   * `typed` other keys; it returns true if it handled the key. `sort`, `{id, descending}`, is kept up to date, and
   * `sorted` is called after the user sorts; without it, rows keep their order. `attributes` are those of a row, `role`
   * is "grid" or "treegrid", `empty` is shown if there are no rows.
   */
  constructor(with_) {
    const defaults = { sort: null, sorted: () => {}, typed: () => false, attributes: () => ({}), role: "grid" };
    const { label, columns, empty = "Nothing", ...rest } = { ...defaults, ...with_ };
    Object.assign(this, rest);
    this.empty = element("p", { class: "nothing quiet", hidden: true }, empty);
    this.columnWidths = element("colgroup");
    this.head = element("tr", { "aria-rowindex": 1 });
    this.foot = element("tfoot");
    this.body = element("tbody");
    const settings = { class: "rows", role: this.role, "aria-label": label };
    this.table = element("table", settings, this.columnWidths, element("thead", "", this.head), this.body, this.foot);
    this.scroller = element("div", "rows-scroller", this.table);
    this.element = element("div", "rows-frame", this.scroller, this.empty);
    this.unsorted = [];
    this.setColumns(columns);
    this.rows = this.makeRows();
    this.watch = new ResizeObserver(() => {
      this.rows.fit();
      this.rows.draw();
    });
    this.watch.observe(this.scroller);
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.body.addEventListener("keydown", (event) => this.pressed(event));
  }

  makeRows() {
    const height = Math.round(HEIGHT * parseFloat(getComputedStyle(document.documentElement).fontSize));
    this.scroller.style.setProperty("--row-height", `${height}px`);
    const gap = (rows, made = element("tr", { class: "gap", "aria-hidden": "true" }, element("td"))) => {
      made.firstChild.colSpan = Math.max(1, this.columns.length);
      made.firstChild.style.height = `${rows * height}px`;
      return made;
    };
    return new VirtualList(this.scroller, this.body, {
      height,
      beyond: BEYOND,
      covered: () => this.head.offsetHeight + this.foot.offsetHeight,
      key: this.key,
      make: () => element("tr"),
      fill: (made, row) => made.replaceChildren(...this.cells(row)),
      mark: (made, row, place) => setAttributes(made, { "aria-rowindex": place + 2, ...this.attributes(row) }),
      gap,
    });
  }

  /** Replace the columns; call setRows to redraw the rows. */
  setColumns(columns) {
    this.columns = columns;
    this.columnWidths.replaceChildren(
      ...columns.map(({ width }) => {
        const column = element("col");
        if (width) column.style.width = width;
        return column;
      }),
    );
    if (this.sort && columns.length && !columns.some(({ id }) => id === this.sort.id)) {
      Object.assign(this.sort, { id: columns[0].id, descending: false });
    }
    this.head.replaceChildren(...columns.map((column) => this.headCell(column)));
    this.markSort();
  }

  setRows(rows) {
    this.unsorted = rows;
    const by = this.sort && this.columns.find(({ id }) => id === this.sort.id);
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.rows.show(by ? sorted(rows, by, this.sort.descending) : rows);
    this.empty.hidden = rows.length > 0;
  }

  /** Set the sticky footer row: a text or node per column. */
  setFoot(cells) {
    const parts = this.columns.map(({ number }, place) => element("td", number ? "number" : "", cells[place] ?? ""));
    this.foot.replaceChildren(element("tr", "", ...parts));
  }

  sortBy(id, descending) {
    Object.assign(this.sort, { id, descending });
    this.markSort();
    this.setRows(this.unsorted);
  }

  setTitle(id, title) {
    const cell = [...this.head.cells].find(({ dataset }) => dataset.column === id);
    (cell.querySelector(".sort > span") ?? cell).replaceChildren(isolated(title, MOST_OF_TITLE));
  }

  stop() {
    this.watch.disconnect();
  }

  clicked({ target }) {
    const made = target.closest("tr");
    const [key] = [...this.rows.made].find(([, each]) => each === made) ?? [];
    if (key === undefined || target.closest("a, button")) return;
    this.rows.goTo(key);
    this.activate(this.rows.activeRow);
  }

  pressed(event) {
    const row = this.rows.activeRow;
    if (!row || event.target.closest("a, button") || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = this.rows.stepOf(event.key);
    if (by !== undefined) this.rows.step(by);
    else if (event.key === "Enter" || event.key === " ") this.activate(row);
    else if (!this.typed(row, event)) return;
    event.preventDefault();
  }

  headCell(column) {
    const { id, number, ascending, hint, value, extra } = column;
    const title = isolated(column.title, MOST_OF_TITLE);
    const settings = { scope: "col", class: number ? "number" : "", "data-column": id };
    if (!this.sort || !value) return element("th", { ...settings, title: hint }, title, extra);
    const click = () => {
      this.sortBy(id, this.sort.id === id ? !this.sort.descending : Boolean(number) && !ascending);
      this.sorted();
    };
    const sort = button(element("span", "", title), { class: "plain sort", title: hint }, click);
    sort.append(element("span", { class: "sort-sign", "aria-hidden": "true" }));
    return element("th", settings, sort, extra);
  }

  markSort() {
    if (!this.sort) return;
    const { id, descending } = this.sort;
    for (const cell of this.head.cells) {
      const by = cell.dataset.column === id;
      setAttributes(cell, { "aria-sort": by ? (descending ? "descending" : "ascending") : null });
      const sign = cell.querySelector(".sort-sign");
      if (sign) setText(sign, by ? (descending ? "▼" : "▲") : "");
    }
  }

  cells(row) {
    return this.columns.map(({ number, cell, full }) =>
      element("td", { class: number ? "number" : "", title: full?.(row) }, cell(row)),
    );
  }
}

/** A column of durations in µs; null if a row has none. */
export function durationColumn(id, title, of, more = {}) {
  const told = (row, text, none) => (of(row) === null ? none : text(of(row)));
  const cell = (row) => told(row, duration, "–");
  return { id, title, number: true, value: of, cell, full: (row) => told(row, exactDuration, ""), ...more };
}

/** Sort rows by a column's value; numbers before texts, null last; stable. */
export function sorted(rows, { value }, descending) {
  const sign = descending ? -1 : 1;
  const keyed = rows.map((row, place) => ({ row, place, by: value(row) }));
  keyed.sort((one, other) => {
    if (one.by === null || other.by === null) return (one.by === null) - (other.by === null) || one.place - other.place;
    return sign * order(one.by, other.by) || one.place - other.place;
  });
  return keyed.map(({ row }) => row);
}

function order(one, other) {
  if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
  return inOrder(one, other);
}
