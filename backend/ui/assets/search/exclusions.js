// Why nothing matches: the conditions of a search, each with the number of matches without it, and a button to drop it.

import { embedded, storedKeys } from "../common/api.js";
import { button, element } from "../common/dom.js";
import { grouped } from "../common/format.js";
import { readTerms, writeTerm, writeTerms } from "../common/terms.js";
import { nearKeys } from "./near.js";
import { lookbackLabel } from "./query.js";
import { brief } from "./row.js";
import { countTraces, totalText } from "./summaries.js";

const MOST = 10; // conditions to count; each one takes a search

/** The list of conditions; `change` is called with the new query. Only the embedded back end counts matches. */
export function exclusions(query, change) {
  const list = element("ul", { class: "conditions", "aria-label": "Conditions" });
  const conditions = conditionsOf(query).slice(0, MOST);
  list.append(...conditions.map((condition) => conditionElement(condition, query, change)));
  if (embedded) tellCounts(conditions, list);
  return list;
}

/** A list of `{label, without, term}`: `without` is the query without the condition, `term` is set if it is a term. */
export function conditionsOf(query) {
  const { service, operation, tags, minDuration, maxDuration, errors, lookback } = query;
  const { terms } = readTerms(tags);
  const given = [
    service && { label: `Service ${service}`, without: { service: "", operation: "" } },
    operation && { label: `Operation ${operation}`, without: { operation: "" } },
    ...terms.map((term) => ({
      label: writeTerm(term),
      without: { tags: writeTerms(terms.filter((other) => other !== term)) },
      term,
    })),
    minDuration && { label: `Min duration ${minDuration}`, without: { minDuration: "" } },
    maxDuration && { label: `Max duration ${maxDuration}`, without: { maxDuration: "" } },
    errors && { label: "Errors only", without: { errors: false } },
    lookback !== "all" && {
      label: lookback === "custom" ? "This range of time" : lookbackLabel(lookback),
      without: { lookback: "all", start: null, end: null },
    },
  ];
  return given.filter(Boolean).map((one) => ({ ...one, without: { ...query, ...one.without } }));
}

function conditionElement({ label, without, term }, query, change) {
  const shown = brief(label);
  const drop = button("Drop", { "aria-label": `Drop ${shown}` }, () => change(without));
  const item = element("li", "", element("code", "", element("bdi", "", shown)), element("span", "quiet"), drop);
  if (embedded && term?.key) offerNear(term, query, item, change);
  return item;
}

/** Count in sequence, because each count may scan the whole store; stops when the list is removed. */
async function tellCounts(conditions, list) {
  for (const [number, { without }] of conditions.entries()) {
    const total = await countTraces(without).catch(() => null); // the search reports the error
    if (!total || !list.isConnected) return;
    const fits = total.complete && total.traces === 1 ? "1 trace fits" : `${totalText(total)} fit`;
    const told = total.traces > 0 ? `without it, ${fits}` : "without it, none fits either";
    list.children[number].querySelector(".quiet").textContent = told;
  }
}

async function offerNear(term, query, item, change) {
  const told = await storedKeys({ match: term.key }).catch(() => null);
  if (!told || told.found.some(({ text }) => text === term.key)) return;
  const all = await storedKeys({}).catch(() => null);
  const near = all ? nearKeys(term.key, all.found.map(({ text }) => text)) : [];
  if (near.length === 0) return;
  const { terms } = readTerms(query.tags);
  const written = writeTerm(term);
  const changed = (key) => terms.map((one) => (writeTerm(one) === written ? { ...one, key } : one));
  const buttons = near.map((key) => button(brief(key), {}, () => change({ ...query, tags: writeTerms(changed(key)) })));
  const which = told.complete ? "" : `of the newest ${grouped(told.spans)} `;
  item.append(element("p", "near", `No span ${which}has this key. Did you mean:`, ...buttons));
}
