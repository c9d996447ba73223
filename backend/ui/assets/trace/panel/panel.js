// The panel of the selected span. The focus stays in the rows until the user moves to the panel.

import { element, focusedIn, isolated, signButton } from "../../common/dom.js";
import { shortcut } from "../../common/keys.js";
import { missingPanel } from "../missing/panel.js";
import { makeSplitter } from "../splitter.js";
import { spanPanel } from "./span_panel.js";

const NAME = 300; // characters of a span's name
const WIDTH = { least: 20, most: 70, usual: 31 }; // per cent of the page
const WIDE = "(min-width: 62rem)"; // as in the style sheets: the panel is beside the rows, not on top

export function mountPanel(aside, state) {
  let shown = null; // { node, refresh, ended }
  let cameFrom = null; // what had the focus before the panel
  let lastId = ""; // of the current or last shown node

  function update() {
    const node = state.selectedNode;
    if (!node) return close();
    if (!shown || !sameNode(shown.node, node)) return show(node);
    shown.node = node;
    shown.refresh(node);
  }

  function show(node) {
    const within = focusedIn(aside);
    shown?.ended.abort();
    const ended = new AbortController();
    const { content, refresh } = (node.missing ? missingPanel : spanPanel)(node, state, ended.signal);
    const title = element("h2", { tabindex: "-1" }, node.missing ? "Missing span" : isolated(node.name, NAME));
    const closing = signButton("close", "Close the panel", { class: "icon", title: "Close (Esc)" }, () => state.close());
    aside.setAttribute("aria-label", node.missing ? "Missing span" : "Span");
    aside.replaceChildren(element("header", "", title, closing), ...content);
    aside.hidden = false;
    lastId = node.id;
    shown = { node, refresh, ended };
    aside.scrollTop = 0;
    if (within) title.focus({ preventScroll: true });
  }

  function close() {
    if (!shown) return;
    const within = focusedIn(aside);
    shown.ended.abort();
    shown = null;
    aside.hidden = true;
    aside.replaceChildren();
    if (within) goBack();
  }

  /** Return the focus to where it was; its row may have been recreated. */
  function goBack() {
    const row = document.querySelector(`#view [data-id="${CSS.escape(lastId)}"]`);
    [cameFrom, row].find((each) => each?.isConnected)?.focus({ preventScroll: true });
    if (document.activeElement === document.body) document.getElementById("view").focus({ preventScroll: true });
  }

  /** For a small trace, show the root at first, if there is room beside the rows. */
  function openRoot() {
    const { isSmall, selected, find, closed, roots } = state;
    if (selected !== null || find || closed || !isSmall || !matchMedia(WIDE).matches) return;
    const root = roots.find(({ missing }) => !missing);
    if (root) state.change({ selected: root.id, openedByItself: true });
  }

  document.addEventListener("focusin", ({ target }) => {
    if (!aside.contains(target)) cameFrom = target;
  });
  const once = state.on(["trace"], () => {
    once();
    openRoot();
  });
  state.on(["selected", "trace"], update);
  aside.before(
    makeSplitter({
      label: "Width of the panel",
      key: "panel.width",
      whole: () => aside.parentElement,
      ...WIDTH,
      right: true,
      moved: (share) => aside.parentElement.style.setProperty("--panel", `${share}%`),
    }),
  );
  shortcut("Span", ["p"], "to its panel, and back", () => {
    if (!shown) return;
    if (focusedIn(aside)) goBack();
    else aside.querySelector("h2").focus();
  });
  shortcut("Span", ["Escape"], "close its panel; then forget what is found, then show the whole time", () => {
    if (state.selected !== null) state.close();
    else if (state.find) state.change({ find: "", found: new Set() });
    else if (state.range) state.change({ range: null });
  });
}

/** Whether two nodes are versions of the same one, so that the panel can stay. */
function sameNode(one, other) {
  if (one === other) return true;
  if (one.id !== other.id || one.missing !== other.missing) return false;
  return one.missing || JSON.stringify([one.raw, one.resource.raw]) === JSON.stringify([other.raw, other.resource.raw]);
}
