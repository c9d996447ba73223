// Notices about the whole trace.

import { button, element, isolated, shortened } from "../common/dom.js";
import { count, orphans } from "../common/format.js";
import { reconcileSame } from "../common/reconcile.js";
import { isInCircle } from "../common/tree.js";
import { askForCallers } from "./missing/caller.js";
import { explain } from "./missing/explain.js";
import { plainWarnings } from "./panel/warnings.js";

const NAMED = 3; // missing spans with their own button
const EVERY = 10_000; // ms; the likely reason changes with time

let missing = new Map(); // the previous missing spans, by id
let arrived = []; // ids of missing spans that have arrived since
let again = null;

export function showNotices(state) {
  clearTimeout(again);
  noteArrivals(state);
  const place = document.getElementById("notices");
  place.setAttribute("aria-live", "polite");
  const notices = [
    arrivedNotice(state),
    missingNotice(state),
    circleNotice(state),
    skewNotice(state),
    twinsNotice(state),
    warningsNotice(state),
  ];
  reconcileSame(place, notices.filter(Boolean));
  askForCallers(state, () => showNotices(state));
  if (missing.size > 0) again = setTimeout(() => showNotices(state), EVERY);
}

function noteArrivals({ roots, nodes }) {
  const now = new Map(roots.filter((root) => root.missing).map((root) => [root.id, root]));
  arrived.push(...[...missing.keys()].filter((id) => !now.has(id) && nodes.has(id)));
  missing = now;
}

/** A notice; reuses an existing one with the same content. */
function notice(kind, text, ...controls) {
  return {
    same: `${kind} ${text}`,
    make: () => element("section", `notice ${kind}`, element("p", "", isolated(text)), ...controls),
  };
}

function arrivedNotice(state) {
  const ids = arrived.filter((id) => state.nodes.has(id));
  if (ids.length === 0) return null;
  const first = state.nodes.get(ids[0]);
  const name = `${shortened(first.service, 60)} ${shortened(first.name, 60)}`;
  const text =
    ids.length === 1
      ? `The parent has arrived: ${name}`
      : `${count(ids.length, "parent")} have arrived, the first is ${name}`;
  const dismiss = () => {
    arrived = [];
    showNotices(state);
  };
  return notice("good", text, selectButton("Show it", first, state), button("Dismiss", {}, dismiss));
}

function missingNotice(state) {
  const those = [...missing.values()];
  if (those.length === 0) return null;
  const waiting = those.reduce((sum, { children }) => sum + children.length, 0);
  if (those.length === 1) {
    return notice(
      "warning",
      `${orphans(waiting)}. ${explain(those[0], state).summary}`,
      selectButton("Why?", those[0], state),
    );
  }
  const text =
    `${orphans(waiting)}: ${count(those.length, "parent")} are missing. A span is sent when it ends, so children ` +
    "arrive before their parents. Each missing one has a row of its own.";
  return notice("warning", text, ...those.slice(0, NAMED).map((each) => selectButton(`Why ${each.id}?`, each, state)));
}

/** Some programs set the wrong parent, which creates cycles; the tree starts at the earliest span of each. */
function circleNotice(state) {
  const tops = state.roots.filter(isInCircle);
  if (tops.length === 0) return null;
  const [top] = tops;
  const parent = shortened(state.nodes.get(top.parentId)?.name ?? top.parentId, 60);
  const name = shortened(top.name, 60);
  const text =
    top.parentId === top.id
      ? `The parents go in a circle: ${name} is its own parent. It is shown as a root.`
      : `The parents go in a circle: ${name} names ${parent}, which is below it, as its parent. The earliest span is shown as the root.`;
  const more = tops.length > 1 ? ` There are ${tops.length} such circles.` : "";
  return notice("warning", text + more, selectButton("Show it", top, state));
}

function selectButton(label, { id }, state) {
  return button(label, {}, () => state.change({ selected: id }));
}

/** Report clock skew once per trace; if a span merely outlasts its parent, its row says so. */
function skewNotice(state) {
  const early = [...state.skews.values()].filter((skew) => skew.offset && skew.early).length;
  if (early === 0) return null;
  if (state.adjusted) {
    return notice(
      "info",
      "Spans are shown where they would be if all clocks agreed.",
      adjustButton("Show as recorded", state),
    );
  }
  const before = early === 1 ? "1 span starts before its parent" : `${count(early, "span")} start before their parents`;
  return notice("info", `${before}: the clocks of their machines differ.`, adjustButton("Adjust", state));
}

function adjustButton(label, state) {
  return button(label, {}, () => state.adjust(!state.adjusted));
}

/** Ids are random, so duplicates mean a bug in the sender. */
function twinsNotice({ trace }) {
  const twins = trace.spans.filter(({ id, raw }) => id !== raw.spanId).length;
  if (twins === 0) return null;
  const came = twins === 1 ? "1 span came with the id" : `${count(twins, "span")} came with the ids`;
  const have = twins === 1 ? "it has" : "they have";
  return notice("warning", `${came} of another span of this trace. On this page ${have} #2 and so on behind it.`);
}

/** Other warnings from the back end; clock skew and duplicates have their own notices. */
function warningsNotice(state) {
  const odd = state.trace.spans.filter((span) => span.id === span.raw.spanId && remarks(span).length > 0);
  if (odd.length === 0) return null;
  const [first] = odd;
  const text =
    odd.length === 1 ? `1 span has a warning. ${remarks(first)[0]}` : `${count(odd.length, "span")} have warnings.`;
  return notice("warning", text, selectButton(odd.length === 1 ? "Show it" : "Show the first", first, state));
}

const NO_SKEWS = { skews: new Map() };

function remarks(span) {
  return plainWarnings(span, NO_SKEWS);
}
