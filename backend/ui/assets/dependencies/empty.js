// What there is to say where there is no graph, or one that might surprise.

import { button, element } from "../common/dom.js";
import { name } from "../common/text.js";
import { when } from "./texts.js";

const MOST = 20; // services that are named

/** Say in a place what a View has too little for; it is hidden where there is nothing to say. */
export function mountEmpty(place, view) {
  view.on(["calls", "services", "wanted"], () => {
    const content = view.calls ? said() : [];
    place.hidden = content.length === 0;
    place.replaceChildren(...content.filter(Boolean));
  });

  function said() {
    const { calls, services, shown } = view;
    if (calls.list.length === 0) return services.length === 0 ? start() : noCalls(services);
    if (shown.list.length === 0) return notFound();
    const apart = calls.list.every(({ from, to }) => from === to);
    return apart ? [element("p", "quiet", `No service has called another one ${when(view.lookback)}. ${WHAT}`)] : [];
  }

  function noCalls(services) {
    const one = services.length === 1;
    return [
      element("h2", "", `No calls ${when(view.lookback)}`),
      element("p", "", one ? "The back end knows one service only: " : "The back end knows these services: ", ...list(services), "."),
      element("p", "", WHAT),
      view.lookback === "all" ? null : element("p", "", button("Look at all times", {}, () => view.go({ lookback: "all" }))),
    ];
  }

  function notFound() {
    return [
      element("h2", "", "No such service"),
      element("p", "", "None with ", name(view.wanted), ` in its name calls another or is called ${when(view.lookback)}.`),
      element("p", "", button("Show all services", {}, () => view.go({ wanted: "" }))),
    ];
  }
}

const WHAT = "A call is a span whose parent is there too: it counts from the parent's service to the span's own.";

function list(services) {
  const names = services.slice(0, MOST).flatMap((service) => [", ", element("b", "", name(service))]);
  return [...names.slice(1), services.length > MOST ? ` and ${services.length - MOST} more` : ""];
}

function start() {
  const command = (text) => element("pre", { tabindex: 0 }, element("code", "", text));
  return [
    element("h2", "", "No services yet"),
    element("p", "", "This page draws which service calls which. To make two of them, run each of these in a terminal of its own:"),
    command("make server"),
    command("make client"),
    element("p", "quiet", "Or drop a file of traces here."),
  ];
}
