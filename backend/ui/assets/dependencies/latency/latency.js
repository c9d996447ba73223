// Latency by operation, Jaeger's Monitor: rate, errors and durations from the stored spans.

import { embedded, metrics } from "../../common/api.js";
import { button, checkbox, element, field, name, serviceName, titleOf } from "../../common/dom.js";
import { count, duration, grouped, share } from "../../common/format.js";
import { searchAddress } from "../../common/page_addresses.js";
import { reconcile } from "../../common/reconcile.js";
import { durationColumn, Table } from "../../common/table.js";
import { durationLabel, durationScale } from "../../common/scale.js";
import { when } from "../texts.js";
import { windowOf } from "../view.js";
import { Chart } from "./chart.js";
import { rate, rateUnit, roundTicks } from "./scale.js";

const RECEIVED = ["server", "consumer"];
const PERCENTILES = ["p50", "p95", "p99"];
const ONLY_EMBEDDED = "Only the embedded back end measures latency, rate and errors from the stored spans.";
const ALL = "All services";
const SLOW = 0.99; // of a p95, which is accurate to 0.8 %

export function mountLatency(place, view) {
  const service = element("select", { id: "latency-of" });
  const kinds = checkbox("All kinds of spans", false, (all) => measure({ all }));
  const all = kinds.querySelector("input");
  const head = element("div", "latency-head", element("h2", "", "Latency by operation"), field("Service", service), kinds);
  const told = element("p", "quiet latency-told");
  place.append(head, told);
  view.on(["calls"], () => {
    place.hidden = view.calls.names.length === 0;
  });
  if (!embedded) {
    for (const control of [service, all]) Object.assign(control, { disabled: true, title: ONLY_EMBEDDED });
    service.append(new Option(ALL, ""));
    told.textContent = ONLY_EMBEDDED;
    return;
  }
  let answer = null;
  let asking = null;
  const charts = KINDS.map((kind) => new Chart(kind, tracesBetween));
  const drawn = element("div", "charts", ...charts.map((chart) => chart.element));
  const table = new Table({
    label: "Latency by operation",
    columns: columnsOf(view, rateOf),
    key: (row) => JSON.stringify([row.service, row.operation, row.spanKind]),
    activate: (row) => choose(row),
    attributes: (row) => ({ "aria-selected": Boolean(view.measured.operation) && isChosen(row) }),
    sort: { id: "p95", descending: true },
  });
  place.append(drawn, table.element);
  service.addEventListener("change", () => measure({ service: service.value, operation: "" }));
  view.on(["measured", "calls"], controls);
  view.on(["measured", "calls"], ask);
  view.on(["selected"], () => {
    const chosen = view.selected?.service;
    if (chosen !== undefined && chosen !== view.measured.service) measure({ service: chosen, operation: "" });
  });

  function measure(properties) {
    view.go({ measured: { ...view.measured, ...properties } });
  }

  function choose({ service: of, operation }) {
    if (!view.measured.service) measure({ service: of });
    else measure({ operation: operation === view.measured.operation ? "" : operation });
  }

  function isChosen({ operation }) {
    return operation === view.measured.operation;
  }

  function controls() {
    if (!view.calls) return;
    const { service: of, all: every } = view.measured;
    const names = ["", ...new Set([...view.calls.names, of].filter(Boolean))];
    reconcile(service, names, {
      key: (value) => value,
      make: (value) => new Option(value ? titleOf(value) : ALL, value),
    });
    service.value = of;
    all.checked = every;
  }

  async function ask() {
    if (!view.calls) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const { service: of, operation, all: every } = view.measured;
    const { end, lookback } = windowOf(view.lookback);
    const asked = [["endTs", end], ["lookback", lookback]];
    if (!every) asked.push(...RECEIVED.map((kind) => ["spanKind", kind]));
    if (of) asked.push(["service", of]);
    try {
      const [whole, one] = await Promise.all([
        metrics(asked, signal),
        operation ? metrics([...asked, ["operation", operation]], signal) : null,
      ]);
      answer = whole;
      show(one ?? whole);
    } catch (problem) {
      // Otherwise the page reports it, and retries.
      if (problem.name !== "AbortError") told.textContent = `${problem.message}.`;
    }
  }

  function show(charted) {
    const { service: of, operation, all: every } = view.measured;
    const none = answer.groups.length === 0;
    drawn.hidden = charted.points.length === 0 || none;
    table.element.hidden = none;
    const spans = answer.groups.reduce((sum, group) => sum + group.count, 0);
    const kind = every ? "spans" : "requests and messages received";
    const left = answer.leftOut ? `; ${grouped(answer.leftOut)} with fewer are left out` : "";
    const time = when(view.lookback);
    const about = [none ? `No ${kind} ${time}. ` : `${grouped(spans)} ${kind} ${time}${left}`];
    if (none && !every) about.push(button("Show all kinds of spans", {}, () => measure({ all: true })));
    if (operation && !none) {
      const whole = button("Show all operations", {}, () => measure({ operation: "" }));
      about.push(". The charts show ", name(operation), " ", whole);
    }
    told.replaceChildren(...about);
    if (!drawn.hidden) charts.forEach((chart) => chart.show(charted));
    const columns = columnsOf(view, rateOf);
    if (columns.map(({ id }) => id).join() !== table.columns.map(({ id }) => id).join()) table.setColumns(columns);
    table.element.classList.toggle("of-one", Boolean(of));
    table.setRows(answer.groups);
  }

  function rateOf(row) {
    return rate(row.count, answer.points.length * answer.step);
  }

  function tracesBetween(from, to, more) {
    const { service: of, operation } = view.measured;
    const times = { lookback: "custom", start: String(from * 1000), end: String(to * 1000 - 1) };
    return searchAddress({ service: of, operation, ...times, ...more });
  }
}

/** The charts. @type {import("./chart.js").Kind[]} */
const KINDS = [
  {
    title: "Latency",
    series: PERCENTILES,
    values: (point) => PERCENTILES.map((one) => point[one]),
    scaleOf: (most) => ({ ...durationScale([most], false), label: durationLabel }),
    told: (point) => (point.count ? PERCENTILES.map((one) => duration(point[one])).join(" · ") : "nothing"),
    more: ({ p95 }) => ({ minDuration: p95 > 1 ? `${Math.floor(p95 * SLOW)}us` : "" }), // the slow ones
  },
  {
    title: "Rate",
    series: ["rate"],
    bars: true,
    values: (point) => [point.count],
    scaleOf: (most, { step }) => {
      const unit = rateUnit(most, step);
      const ticks = roundTicks((most / step) * unit.length);
      const part = (spans) => ((spans / step) * unit.length) / ticks.at(-1);
      const counts = ticks.map((tick) => (tick * step) / unit.length);
      return { ticks: counts, part, label: (spans) => rate(spans, step, unit) };
    },
    told: (point, { step }) => `${rate(point.count, step)}, ${count(point.count, "span")}`,
    more: () => ({}),
  },
  {
    title: "Errors",
    series: ["errors"],
    bars: true,
    values: (point) => [point.count ? point.errors / point.count : 0],
    scaleOf: (most) => {
      const ticks = most > 0.6 ? [0, 0.5, 1] : roundTicks(most || 0.1);
      return { ticks, part: (one) => one / ticks.at(-1), label: (one) => `${Number((one * 100).toPrecision(3))} %` };
    },
    told: ({ count: all, errors }) => (errors ? `${share(errors / all)}, ${count(errors, "error")}` : "no errors"),
    more: ({ errors }) => ({ errors: errors ? "true" : "" }),
  },
];

function columnsOf(view, rateOf) {
  const of = (id) => (row) => row[id];
  const what = view.measured.service
    ? [
        { id: "operation", title: "Operation", value: of("operation"), cell: link, full },
        { id: "kind", title: "Kind", width: "5.5rem", value: of("spanKind"), cell: of("spanKind") },
      ]
    : [{ id: "service", title: "Service", value: of("service"), cell: (row) => serviceName(row.service) }];
  return [
    ...what,
    number("rate", "Rate", "How many spans in a time", (row) => row.count, rateOf),
    number("errors", "Errors", "The share of the spans that failed", (row) => row.errors / row.count, errors),
    ...PERCENTILES.map((one) =>
      durationColumn(one, one, of(one), { width: "5.5rem", hint: `${one.slice(1)} of 100 take no longer` }),
    ),
  ];

  function full({ operation }) {
    return titleOf(operation);
  }

  function link(row) {
    const href = searchAddress({ service: row.service, operation: row.operation, lookback: view.lookback });
    return element("a", { href }, name(row.operation));
  }
}

function number(id, title, hint, value, cell) {
  return { id, title, hint, number: true, width: "6rem", value, cell };
}

function errors({ count: all, errors: some }) {
  return some ? element("span", "failed", `✗ ${share(some / all)}`) : "0";
}
