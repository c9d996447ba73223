// The form: parses a query as typed, and reports errors at the field.

import { embedded, operations, services } from "../common/api.js";
import { element, setAttributes, setText } from "../common/dom.js";
import { microseconds } from "../common/format.js";
import { reconcile } from "../common/reconcile.js";
import { jaegerTags, readTerms, writeTerm } from "../common/terms.js";
import { LIMITS, lookbackLabel, LOOKBACKS } from "./query.js";
import { brief } from "./row.js";
import { mountSuggestions } from "./suggestions.js";

const ALL_SERVICES = ["", "All services"];
const ALL_OPERATIONS = ["", "All operations"];
const CUSTOM = ["custom", "Custom time range…"];
const PLAIN = "This Jaeger finds only key=value, and each key once. It cannot look for ";
const SAMPLE = "Write a number and a unit: 100ms, 1.2s, 2m";

const form = document.getElementById("form");
// Collapsed on a phone, so that the results are visible first; always open if beside the results.
const fold = document.getElementById("fold");
const wide = window.matchMedia("(min-width: 62rem)");
const field = (name) => form.elements.namedItem(name);

/** `search` is called with the query if it is valid; `preset` returns an initial time range. */
export function mountForm(search, preset) {
  offer(field("service"), [ALL_SERVICES]);
  offer(field("operation"), [ALL_OPERATIONS]);
  offer(field("lookback"), [...Object.entries(LOOKBACKS), CUSTOM]);
  offer(field("limit"), LIMITS.map((limit) => [limit, limit]));
  if (embedded) mountSuggestions(field("tags"), () => field("service").value);
  else greyOut();
  const submit = () => {
    const query = readForm();
    if (query) search(query);
    return query !== null;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit()) fold.open = wide.matches;
  });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "service") field("operation").value = "";
    if (target.name === "lookback") showRange(preset);
    if (target.type !== "datetime-local") submit(); // fires on each digit
  });
  field("operation").addEventListener("focus", () => offerOperations(field("service").value, field("operation").value));
  wide.addEventListener("change", () => (fold.open = wide.matches));
  fold.open = wide.matches;
}

export function fillForm(query) {
  for (const name of ["tags", "minDuration", "maxDuration"]) field(name).value = query[name];
  field("errors").checked = query.errors;
  choose(field("service"), query.service, brief(query.service));
  choose(field("lookback"), query.lookback, lookbackLabel(query.lookback));
  choose(field("limit"), String(query.limit), query.limit);
  showTime(field("from"), query.lookback === "custom" ? query.start : null);
  showTime(field("to"), query.lookback === "custom" ? query.end : null);
  showRange(() => ({ start: query.start, end: query.end }));
  offerOperations(query.service, query.operation);
  const { service, operation, tags, minDuration, maxDuration, errors } = query;
  const between = [minDuration && `≥ ${minDuration}`, maxDuration && `≤ ${maxDuration}`];
  const words = [service, operation, tags, ...between, errors && "errors"].filter(Boolean);
  document.getElementById("fold-words").textContent = brief(words.join(" · "));
}

/** The query as typed; null after reporting an error. */
export function readForm() {
  const custom = field("lookback").value === "custom";
  const query = {
    service: field("service").value,
    operation: field("operation").value,
    tags: field("tags").value.trim(),
    minDuration: field("minDuration").value.replaceAll(/\s/g, ""),
    maxDuration: field("maxDuration").value.replaceAll(/\s/g, ""),
    lookback: field("lookback").value,
    start: custom ? readTime(field("from")) : null,
    end: custom ? readTime(field("to")) : null,
    errors: field("errors").checked,
    limit: Number(field("limit").value),
    ids: [],
  };
  const faults = faultsOf(query);
  for (const place of form.querySelectorAll(".fault")) {
    const name = place.id.replace("-fault", "");
    const text = faults[name] ?? "";
    place.hidden = !text;
    setText(place, text);
    setAttributes(field(name), { "aria-invalid": text ? "true" : null });
  }
  if (Object.keys(faults).length === 0) return query;
  fold.open = true;
  return null;
}

function faultsOf({ tags, minDuration, maxDuration, lookback, start, end }) {
  const faults = {};
  const { terms, fault } = readTerms(tags);
  const [tooMuch] = embedded ? [] : jaegerTags(terms).others;
  if (fault) faults.tags = fault;
  else if (tooMuch) faults.tags = PLAIN + brief(writeTerm(tooMuch));
  const [least, most] = [minDuration, maxDuration].map((text) => (text ? microseconds(text) : undefined));
  if (least === null) faults.minDuration = SAMPLE;
  if (most === null) faults.maxDuration = SAMPLE;
  if (least && most && most < least) faults.maxDuration = "This is less than the minimum";
  if (lookback === "custom" && start === null && end === null) faults.from = "When does the range begin, or end?";
  if (start !== null && end !== null && end <= start) faults.to = "This is before the begin";
  return faults;
}

const offered = new Map(); // select: its options, without a selected one that is not offered
const known = new Set();
let demanded = false; // whether the back end requires a service

/** Fetch the services and offer them. @returns {Promise<string[]>} */
export async function offerServices() {
  const names = await services();
  known.clear();
  addServices(names);
  return names;
}

export function addServices(names) {
  const before = known.size;
  for (const name of names) if (name) known.add(name);
  if (known.size === before && before > 0) return;
  const sorted = [...known].sort();
  offer(field("service"), [ALL_SERVICES, ...sorted.map((name) => [name, brief(name)])]);
  if (!demanded) return;
  const all = field("service").options[0];
  all.disabled = true;
  all.textContent = "Choose a service";
}

/** Require a service, as this Jaeger does. @returns {Promise<string | undefined>} an initial one. */
export async function demandService() {
  demanded = true;
  field("service").title = "This Jaeger searches one service at a time";
  return (await offerServices()).sort()[0];
}

async function offerOperations(service, chosen) {
  const select = field("operation");
  select.disabled = !service && !chosen;
  select.title = service ? "" : "Operations belong to a service: choose one first";
  choose(select, chosen, brief(chosen));
  if (!service) return offer(select, [ALL_OPERATIONS]);
  const found = await operations(service).catch(() => []); // the search reports the error
  if (field("service").value !== service) return;
  const names = [...new Set(found.map(({ name }) => name))].filter(Boolean);
  offer(select, [ALL_OPERATIONS, ...names.map((name) => [name, brief(name)])]);
}

/** Set a select's options; keeps the selected one even if it is not among them. The select may be open. */
function offer(select, options) {
  if (!offered.has(select)) select.replaceChildren(); // the template's options
  const { value, selectedOptions } = select;
  const label = selectedOptions[0]?.textContent;
  offered.set(select, options);
  choose(select, value, label);
}

function choose(select, value, label) {
  const options = offered.get(select);
  const there = options.some(([key]) => String(key) === value);
  reconcile(select, there || !value ? options : [...options, [value, label]], {
    key: ([key]) => String(key),
    make: ([key, text]) => Object.assign(element("option", { dir: "auto" }, String(text)), { value: key }),
  });
  const chosen = value || String(options[0][0]);
  if (select.value !== chosen) select.value = chosen;
}

function showRange(preset) {
  const custom = field("lookback").value === "custom";
  document.getElementById("range").hidden = !custom;
  if (!custom || field("from").value || field("to").value) return;
  const { start, end } = preset();
  showTime(field("from"), start);
  showTime(field("to"), end);
}

function greyOut() {
  for (const line of form.querySelectorAll(".syntax .extra")) line.classList.add("greyed");
  const plainly = form.querySelector(".plainly");
  plainly.hidden = false;
  plainly.textContent = "The greyed ones need the embedded back end; this Jaeger does not know them.";
}

/** Time fields show local seconds, but keep the microseconds until edited. */
function showTime(input, microseconds) {
  input.value = microseconds === null ? "" : local(microseconds);
  input.dataset.shown = input.value;
  input.dataset.exact = microseconds ?? "";
}

/** @returns {number | null} µs since the epoch; null if empty. */
function readTime(input) {
  if (input.value === input.dataset.shown) return input.dataset.exact ? Number(input.dataset.exact) : null;
  const milliseconds = new Date(input.value).getTime();
  return Number.isNaN(milliseconds) || milliseconds < 0 ? null : milliseconds * 1000;
}

function local(microseconds) {
  const date = new Date(Math.floor(microseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
