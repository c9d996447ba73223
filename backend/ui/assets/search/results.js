// The results of a search: list, plot, and what surrounds them.

import { traceAddress } from "../common/page_addresses.js";
import { embedded } from "../common/api.js";
import { element, setText } from "../common/dom.js";
import { emptyState, noAnswer, showEmpty } from "../common/empty_state.js";
import { count } from "../common/format.js";
import { say } from "../common/messages.js";
import { mountTransfer } from "../transfer/transfer.js";
import { Attention } from "./attention.js";
import { Choice } from "./compare_choice.js";
import { exclusions } from "./exclusions.js";
import { firstTraces } from "./first_traces.js";
import { List, sameRow, sorted } from "./list.js";
import { Plot } from "./plot/plot.js";
import { isPlain, lookbackLabel, NEWEST, SORTS } from "./query.js";
import { totalText } from "./summaries.js";

const ONLY_EMBEDDED = "This Jaeger has no pages; choose a higher limit or an earlier time";
const FIRST = { newest: "Newest", longest: "Longest", shortest: "Shortest", most: "Largest", least: "Smallest" };
const part = (id) => document.getElementById(id);

export class Results {
  query = null;
  found = null; // the displayed result: `{rows, more, note}` of summaries.js, and `none` if there are no traces at all
  shown = []; // its rows, in list order
  waiting = null; // the result that arrived while the list is held still
  paused = false;
  fresh = true; // whether the next response is the first of its search
  searches = 0;
  nothing = null; // the message if nothing matches or the back end does not respond; created once per search
  firstTraces = null; // the content while there are no traces; created once, to keep the focus

  /** `actions` handles the user's actions; the results change only through method calls. */
  constructor(actions) {
    this.actions = actions;
    this.choice = new Choice(part("choice"));
    this.list = new List(part("traces"), (row) => this.choice.box(row));
    this.plot = new Plot(part("plot"), { open: openTrace, zoom: actions.zoom });
    part("sort").append(...Object.entries(SORTS).map(([value, label]) => element("option", { value }, label)));
    part("sort").addEventListener("change", (event) => actions.sort(event.target.value));
    part("pause").addEventListener("click", actions.pause);
    mountTransfer(part("transfer"), { found: () => (this.found?.rows ?? []).map((row) => row.id) });
    this.attention = new Attention(part("list"), () => this.paused || this.apply());
    part("news").addEventListener("click", () => {
      window.scrollTo(0, 0);
      this.apply();
    });
    part("newer").addEventListener("click", () => actions.page(-1));
    part("older").addEventListener("click", () => actions.page(1));
  }

  /** Begin a search. The previous results stay until the response arrives. */
  begin(query, live) {
    this.searches += 1;
    Object.assign(this, { query, waiting: null, paused: false, fresh: true, nothing: null });
    part("pause").hidden = !live;
    part("fault").hidden = true;
    part("sort").value = query.sort;
    this.showPause();
    this.showNews();
  }

  /** Show the results, or keep them for later while the list is held still or in use. */
  async show(found) {
    if (this.fresh) this.nothing = null; // it said that there was no response
    part("fault").hidden = true;
    this.waiting = found;
    if (this.paused) {
      this.showPause();
      return false;
    }
    if (this.fresh || !this.attention.held || !this.moves(found)) return this.apply();
    const newer = new Map(found.rows.map((row) => [row.id, row]));
    this.found = { ...this.found, rows: this.found.rows.map((row) => newer.get(row.id) ?? row) };
    this.shown = this.shown.map((row) => newer.get(row.id) ?? row);
    this.showNews();
    return this.list.show(this.shown);
  }

  /** Whether rows would appear, disappear or move. */
  moves({ rows }) {
    const { shown, query } = this;
    return rows.length !== shown.length || sorted(rows, query.sort).some(({ id }, place) => id !== shown[place].id);
  }

  apply() {
    const { waiting } = this;
    if (waiting) this.found = waiting;
    this.waiting = null;
    this.showNews();
    return waiting ? this.draw() : false;
  }

  async draw() {
    const { query, found } = this;
    if (this.fresh) {
      this.list.clear();
      if (this.searches > 1) say(found.rows.length ? this.words() : "Nothing found");
    }
    this.fresh = false;
    const { length } = found.rows;
    setText(part("count"), length ? this.words() : "");
    part("count").hidden = length === 0;
    setText(part("note"), found.note);
    part("note").hidden = !found.note;
    part("sort-label").hidden = length < 2;
    this.showPaging();
    showEmpty(part("empty"), length ? [] : this.emptyState());
    part("plot").hidden = length === 0;
    setTimeout(() => this.plot.show(this.found?.rows ?? [])); // in a separate task: 1,500 marks take 40 ms
    this.shown = sorted(found.rows, query.sort);
    return this.list.show(this.shown);
  }

  emptyState() {
    const { query, found, actions } = this;
    if (found.none) return (this.firstTraces ??= firstTraces());
    if (query.page > 1) return emptyState("No more traces", [], { "Page before": () => actions.page(-1) });
    return (this.nothing ??= this.nothingFits());
  }

  nothingFits() {
    const { query, actions } = this;
    const [plain, when] = [isPlain(query), timeOf(query)];
    const why = plain ? [] : [[`There are traces, but none${when} fits all of the search.`]];
    const parts = emptyState(plain ? `No traces${when}` : "No trace fits", why, {
      "Search all time": query.lookback !== "all" && actions.widen,
      "Reset the search": !plain && actions.reset,
    });
    if (!plain && query.ids.length === 0) parts.splice(-1, 0, exclusions(query, actions.change));
    return parts;
  }

  /** Start of the oldest trace shown, µs since the epoch; undefined if there is none. */
  get oldest() {
    const starts = this.found?.rows.map((row) => Number(row.startNs / 1000n)) ?? [];
    return starts.length ? starts.reduce((least, one) => Math.min(least, one)) : undefined;
  }

  words() {
    const { query, found } = this;
    const { length } = found.rows;
    const [first, all] = [FIRST[query.sort], totalText(found.total)];
    if (query.page === 1 && !found.more) return count(length, "trace");
    if (query.page === 1) return all ? `${first} ${length} of ${all}` : `${first} ${count(length, "trace")}`;
    const before = (query.page - 1) * query.limit;
    const words = length === 1 ? `Trace ${before + 1}` : `Traces ${before + 1} to ${before + length}`;
    return all ? `${words} of ${all}` : words;
  }

  showPaging() {
    const { query, found } = this;
    const full = found.rows.length >= query.limit;
    part("paging").hidden = embedded ? query.page === 1 && !found.more : !full;
    part("newer").disabled = query.page === 1;
    part("older").disabled = !found.more;
    const [back, on] = query.sort === NEWEST ? ["← Newer", "Older →"] : ["← Before", "Next →"];
    setText(part("newer"), back);
    setText(part("older"), on);
    part("older").title = embedded ? "" : ONLY_EMBEDDED;
    setText(part("page-number"), `Page ${query.page}`);
  }

  pause(paused) {
    this.paused = paused;
    if (!paused) this.apply();
    this.showPause();
  }

  showPause() {
    part("pause").setAttribute("aria-pressed", this.paused);
    setText(part("pause"), this.paused ? ["Resume", ...this.news()].join(" · ") : "Pause");
  }

  showNews() {
    const news = this.paused ? [] : this.news();
    part("news").hidden = news.length === 0;
    setText(part("news"), news.length ? `↑ ${news[0]}` : "");
  }

  news() {
    if (!this.waiting || !this.found) return [];
    const shown = new Map(this.found.rows.map((row) => [row.id, row]));
    const come = this.waiting.rows.filter((row) => !shown.has(row.id)).length;
    const changed = this.waiting.rows.filter((row) => shown.has(row.id) && !sameRow(shown.get(row.id), row)).length;
    const all = come === this.waiting.rows.length && this.waiting.more;
    const news = come ? `${come}${all ? " or more" : ""} new` : null;
    const told = [news, changed ? `${changed} changed` : null].filter(Boolean);
    return told.length || !this.moves(this.waiting) ? told : ["another order"];
  }

  /** The back end rejected the search. Drop earlier results, which belong to another search. */
  refuse(message) {
    this.clear();
    part("fault").hidden = false;
    setText(part("fault"), message);
  }

  /** The back end did not respond, and the page retries. Likewise. */
  fail(message) {
    this.clear();
    this.nothing ??= noAnswer(message, this.actions.again);
    showEmpty(part("empty"), this.nothing);
  }

  clear() {
    Object.assign(this, { found: null, shown: [], waiting: null });
    this.showNews();
    this.list.clear();
    this.plot.show([]);
    for (const id of ["plot", "count", "note", "empty", "paging", "sort-label"]) part(id).hidden = true;
  }
}

function timeOf({ lookback }) {
  if (lookback === "all") return "";
  return lookback === "custom" ? " in this range of time" : ` in the ${lookbackLabel(lookback).toLowerCase()}`;
}

function openTrace(id, apart) {
  if (apart) window.open(traceAddress(id), "_blank", "noopener");
  else location.assign(traceAddress(id));
}
