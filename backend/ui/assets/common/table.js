// A table of any number of rows that can be sorted by each column.

import { button, element, setText } from "./dom.js";
import { isolated } from "./text.js";
import { VirtualRows } from "./virtual_rows.js";

const MOST_OF_TITLE = 60; // characters

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} title
 * @property {string} [hint] what it is, in a few words.
 * @property {boolean} [number] set to the right, and sorted from the greatest down at first,
 * @property {boolean} [ascending] but this one from the least up.
 * @property {string} [width] as in CSS.
 * @property {(row) => number | string | null} value what it is sorted by; null comes last. Without it, it is not sorted.
 * @property {(row) => Node | string} cell what is shown.
 * @property {(row) => string} [full] the title of the cell.
 * @property {Node} [extra] of the head, after the title.
 */

export class Table {
  /**
   * @param {object} with_
   * @param {string} with_.label names the table.
   * @param {Column[]} with_.columns
   * @param {(row) => string} with_.key see VirtualRows, as activate and typed.
   * @param {{id: string, descending: boolean}} [with_.sort] kept up to date; without it the rows stay as they come.
   * @param {() => void} [with_.sorted] called after the person has sorted it.
   * @param {(row) => object} [with_.attributes] of a row.
   * @param {string} [with_.role] "grid" or "treegrid".
   * @param {string} [with_.empty] what is said where there is no row.
   */
  constructor(with_) {
    const { label, columns, key, activate, typed, sort = null, role = "grid", empty = "Nothing" } = with_;
    const attributes = with_.attributes ?? (() => ({}));
    this.sort = sort;
    this.sorted = with_.sorted ?? (() => {});
    this.empty = element("p", { class: "nothing quiet", hidden: true }, empty);
    this.columnWidths = element("colgroup");
    this.head = element("tr", { "aria-rowindex": 1 });
    this.foot = element("tfoot");
    const table = element("table", { class: "rows", role, "aria-label": label });
    table.append(this.columnWidths, element("thead", "", this.head), element("tbody"), this.foot);
    const scroller = element("div", "rows-scroller", table);
    this.element = element("div", "rows-frame", scroller, this.empty);
    this.unsorted = [];
    this.setColumns(columns);
    this.rows = new VirtualRows(scroller, table, { key, cells: (row) => this.cells(row), attributes, activate, typed });
  }

  /** Other columns; the rows are shown anew with the next setRows. */
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
    this.rows.show(this.sort ? sorted(rows, this.columns.find(({ id }) => id === this.sort.id), this.sort.descending) : rows);
    this.empty.hidden = rows.length > 0;
  }

  /** The last row, which stays in sight: a text or node for each column. */
  setFoot(cells) {
    const parts = this.columns.map(({ number }, place) => element("td", number ? "number" : "", cells[place] ?? ""));
    this.foot.replaceChildren(element("tr", "", ...parts));
  }

  sortBy(id, descending) {
    Object.assign(this.sort, { id, descending });
    this.markSort();
    this.setRows(this.unsorted);
  }

  /** Another title of a column. */
  setTitle(id, title) {
    const cell = [...this.head.cells].find(({ dataset }) => dataset.column === id);
    (cell.querySelector(".sort > span") ?? cell).replaceChildren(isolated(title, MOST_OF_TITLE));
  }

  /** Show the rows' attributes anew. */
  refresh() {
    this.rows.refresh();
  }

  reveal(key) {
    this.rows.reveal(key);
  }

  /** Bring a row into sight and focus it. */
  moveTo(key) {
    this.rows.moveTo(key);
  }

  scrollToTop() {
    this.rows.scroller.scrollTop = 0;
  }

  stop() {
    this.rows.stop();
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
    for (const cell of this.head.cells) {
      if (!this.sort) continue;
      const by = cell.dataset.column === this.sort.id;
      if (by) cell.setAttribute("aria-sort", this.sort.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
      const sign = cell.querySelector(".sort-sign");
      if (sign) setText(sign, by ? (this.sort.descending ? "▼" : "▲") : "");
    }
  }

  cells(row) {
    return this.columns.map(({ number, cell, full }) =>
      element("td", { class: number ? "number" : "", title: full?.(row) }, cell(row)),
    );
  }
}

/** By what a column says of the rows; numbers before texts, null last, equal ones in the order they had. */
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
  return one < other ? -1 : one > other ? 1 : 0;
}
