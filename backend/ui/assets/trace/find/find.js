// The field that finds spans within the trace.

import { element, plainField, setAttributes, setText, signButton } from "../../common/dom.js";
import { shortcut } from "../../common/keys.js";
import { readTerms } from "../../common/terms.js";
import { reveal } from "../timeline/outline.js";
import { Finder } from "./matching.js";

const PAUSE = 120; // ms without a keystroke before searching

/** Mount the field; matches go into `state.found`, and moving to a match selects it. */
export function mountFind(place, state) {
  const finder = new Finder();
  const field = plainField({
    type: "search",
    placeholder: "Find…",
    "aria-label": "Find in this trace: names, ids, key=value",
    "aria-describedby": "find-fault",
    title: 'As in the search: words, "words in quotes", key=value, key!=value, key>1, key~text, duration>1ms',
  });
  const fault = element("p", { class: "fault", id: "find-fault", role: "alert", hidden: true });
  const told = element("span", { class: "matches number", "aria-live": "polite" });
  const settings = { class: "icon", disabled: true, hidden: true };
  const steps = [
    signButton("up", "Previous match (N)", settings, () => go(-1)),
    signButton("down", "Next match (n)", settings, () => go(1)),
  ];
  let waiting = null;
  let looking = Promise.resolve(); // pending until the search is done
  let first = true; // a search from the address selects its first match

  function look() {
    looking = lookNow();
  }

  async function lookNow() {
    if (!state.trace) return;
    const read = readTerms(state.find);
    tellFault(read.fault);
    const found = await finder.find(state, read.terms);
    if (!found) return;
    const goes = first && state.find && state.selected === null;
    first = false;
    if (!sameOnes(found, state.found)) state.change({ found });
    tell();
    if (goes) step(1);
  }

  function tellFault(text) {
    setText(fault, text ?? "");
    fault.hidden = !text;
    setAttributes(field, { "aria-invalid": text ? "true" : null });
  }

  function take() {
    clearTimeout(waiting);
    const find = field.value.trim();
    if (find !== state.find) state.change({ find });
  }

  function tell() {
    const { found, selected, find } = state;
    const at = found.has(selected) ? [...found].indexOf(selected) + 1 : 0;
    const matches = at ? `${at} of ${found.size}` : `${found.size} found`;
    setText(told, !find || !fault.hidden ? "" : found.size === 0 ? "no match" : matches);
    for (const each of steps) {
      each.hidden = !find;
      each.disabled = found.size === 0;
    }
  }

  async function go(way) {
    take();
    await looking;
    step(way);
  }

  /** Select the next or previous match, starting at the selected row; wraps around. */
  function step(way) {
    const found = [...state.found].filter((id) => state.nodes.has(id));
    if (found.length === 0) return;
    const at = found.indexOf(state.selected);
    const next = at >= 0 ? at + way : way > 0 ? after(found, state) : after(found, state) - 1;
    show(found[(next + found.length) % found.length], state);
  }

  field.addEventListener("input", () => {
    first = false;
    clearTimeout(waiting);
    waiting = setTimeout(take, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      field.value = "";
      take();
      document.getElementById("view").focus();
    }
  });
  state.on(["find"], () => {
    if (document.activeElement !== field || !state.find) field.value = state.find;
    look();
  });
  state.on(["trace"], look);
  state.on(["selected"], tell);
  const focus = () => {
    field.focus();
    field.select();
  };
  shortcut("Find", ["f", "/"], "in this trace", focus);
  shortcut("Find", ["n"], "next match", () => go(1));
  shortcut("Find", ["N"], "previous match", () => go(-1));
  field.value = state.find;
  place.append(element("div", { class: "find", role: "search", "aria-label": "In this trace" }, field, told, ...steps, fault));
}

/** The index of the first match after the selected row. Nodes and matches are both in row order. */
function after(found, { selected, nodes }) {
  const places = new Map([...nodes.keys()].map((id, place) => [id, place]));
  const at = places.get(selected) ?? -1;
  return Math.max(found.findIndex((id) => places.get(id) > at), 0);
}

function show(id, state) {
  const collapsed = reveal(state.collapsed, state.nodes.get(id));
  state.change(collapsed === state.collapsed ? { selected: id } : { collapsed, selected: id });
}

function sameOnes(one, other) {
  return one.size === other.size && [...one].every((id) => other.has(id));
}
