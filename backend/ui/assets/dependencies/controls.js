// The controls: how far to look back, and for which service.

import { element, plainField } from "../common/dom.js";
import { shortcut } from "../common/keys.js";
import { reconcile } from "../common/reconcile.js";
import { LOOKBACKS } from "./view.js";

const LONGEST = 200; // characters of a name that is offered

/** Put the fields that change a View into a place. */
export function mountControls(place, view) {
  const names = element("datalist", { id: "names" });
  const wanted = plainField({ type: "search", id: "wanted", list: "names", placeholder: "All services" });
  const choices = Object.entries(LOOKBACKS).map(([value, { title }]) => element("option", { value }, title));
  const lookback = element("select", { id: "lookback" }, ...choices);
  place.append(field("Look-back", lookback), field("Service and its neighbours", wanted), names);

  lookback.addEventListener("change", () => view.go({ lookback: lookback.value }));
  // Each letter narrows what is shown; the back button goes to what was looked for before.
  wanted.addEventListener("input", () => view.change({ wanted: wanted.value }));
  wanted.addEventListener("change", () => view.go({ wanted: wanted.value }));
  view.on(["lookback", "wanted"], () => {
    lookback.value = view.lookback;
    if (wanted.value !== view.wanted) wanted.value = view.wanted;
  });
  view.on(["calls"], () => {
    const offered = view.calls.names.filter((name) => name.length <= LONGEST);
    reconcile(names, offered, { key: (value) => value, make: (value) => element("option", { value }) });
  });
  shortcut("Services", ["/"], "look for a service", () => wanted.focus());
}

function field(title, control) {
  return element("div", "field", element("label", { for: control.id }, title), control);
}
