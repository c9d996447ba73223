// The controls: how far to look back, and for which service.

import { element } from "../common/dom.js";
import { shortcut } from "../common/keys.js";
import { LOOKBACKS } from "./view.js";

const LONGEST = 200; // characters of a name that is offered

/** Put the fields that change a View into a place. */
export function mountControls(place, view) {
  const names = element("datalist", { id: "names" });
  const wanted = element("input", {
    type: "search",
    id: "wanted",
    list: "names",
    placeholder: "All services",
    autocomplete: "off",
    spellcheck: "false",
  });
  const lookback = element(
    "select",
    { id: "lookback" },
    ...Object.entries(LOOKBACKS).map(([value, { title }]) => element("option", { value }, title)),
  );
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
    if (offered.join("\n") === [...names.children].map(({ value }) => value).join("\n")) return;
    names.replaceChildren(...offered.map((value) => element("option", { value })));
  });
  shortcut("Services", ["/"], "look for a service", () => wanted.focus());
}

function field(title, control) {
  return element("div", "field", element("label", { for: control.id }, title), control);
}
