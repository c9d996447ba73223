// The card about the span whose bar is under the pointer, or whose row has the keyboard focus.

import { rememberedSelfTime } from "../self_time.js";
import { describe, Tip } from "../tip.js";

/** Put `element` into the stage; call `hide` when the content under the pointer moves. */
export function makePointing(stage, rows, state) {
  const tip = new Tip(stage);
  let shown = null; // the id of the described span
  let [trace, selfTime] = [null, null];

  function show(row) {
    const node = state.nodes.get(row?.dataset.id);
    const bar = row?.querySelector(".bar");
    if (!node || node.missing || !bar) return hide();
    if (node.id === shown) return;
    shown = node.id;
    if (trace !== state.trace) [trace, selfTime] = [state.trace, rememberedSelfTime()];
    const corner = stage.getBoundingClientRect();
    const { left } = bar.getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    const box = { left: left - corner.left, top: top - corner.top, bottom: bottom - corner.top };
    tip.show(describe(node, trace.duration, selfTime), box);
  }

  function hide() {
    shown = null;
    tip.hide();
  }

  const tree = rows.body;
  tree.addEventListener("pointermove", ({ target, pointerType, buttons }) => {
    if (pointerType === "touch" || buttons !== 0) hide();
    else show(target.closest(".bar, .took, .tick, .path")?.closest(".row"));
  });
  tree.addEventListener("pointerleave", hide);
  tree.addEventListener("focusin", ({ target }) => {
    // Not for pointer focus, nor for the span that the panel already describes.
    if (target.matches(".row:focus-visible") && target.dataset.id !== state.selected) show(target);
  });
  tree.addEventListener("focusout", hide);
  rows.scroller.addEventListener("scroll", hide, { passive: true });
  return { element: tip.element, hide };
}
