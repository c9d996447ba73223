// The panel: the numbers of a service or call, and links to their traces.

import { searchAddress } from "../common/page_addresses.js";
import { colourClass } from "../common/colour.js";
import { button, element, focusedIn, isolated, serviceName, signButton, titleOf } from "../common/dom.js";
import { count, grouped } from "../common/format.js";
import { shortcut } from "../common/keys.js";
import { reconcileEqual } from "../common/reconcile.js";
import { areMessages, total } from "./calls.js";
import { failed, failures, time, when } from "./texts.js";

const NARROW = matchMedia("(max-width: 62rem)"); // same as in style.css

export function mountPanel(place, view) {
  view.on(["selected", "calls"], show);
  view.on(["selected"], () => {
    if (NARROW.matches) place.scrollIntoView({ block: "nearest" }); // it is below the graph
  });
  shortcut("Graph", ["Escape"], "close the panel", close);

  function show() {
    const { service, call } = view.selected ?? {};
    const found = view.calls?.byKey.get(call);
    const content = found ? ofCall(found) : view.calls?.names.includes(service) ? ofService(service) : null;
    place.hidden = !content;
    const settings = { class: "plain close", title: "Close (Esc)" };
    put(content ? [signButton("close", "Close the panel", settings, close), ...content] : []);
  }

  /** Restore the focus to the same element if it still exists, else to the heading. */
  function put(made) {
    const focused = focusedIn(place);
    reconcileEqual(place, made);
    if (!focused || focusedIn(place)) return;
    const again = [...place.querySelectorAll("a, button")].find((one) => one.isEqualNode(focused));
    (again ?? place.querySelector("h2"))?.focus();
  }

  function close() {
    const from = focusedIn(place);
    view.select(null);
    if (from) document.querySelector(".node[tabindex='0']")?.focus();
  }

  function ofService(name) {
    const { incoming, outgoing, own } = view.calls.of(name);
    return [
      heading(name),
      element("p", "quiet", `Calls ${when(view.lookback)}`),
      facts(
        ["Called", times(total(incoming).count, incoming.length, "by")],
        ["… of which failed", failures(total(incoming))],
        ["Calls others", times(total(outgoing).count, outgoing.length, "to")],
        ["… of which failed", failures(total(outgoing))],
        ["Calls within it", own ? times(own.count) : "none"],
      ),
      ways(name),
      ...list("Called by", incoming, ({ from }) => from),
      ...list("Calls", outgoing, ({ to }) => to),
    ];
  }

  function ofCall(call) {
    const { from, to } = call;
    return [
      heading(from, to),
      element("p", "quiet", `Calls ${from === to ? "within the service " : ""}${when(view.lookback)}`),
      facts(
        [areMessages(call) ? "Messages" : "Calls", times(call.count)],
        ...(call.messages && !areMessages(call) ? [["… of which messages", grouped(call.messages)]] : []),
        ["… of which failed", failures(call)],
        ["Half take up to (p50)", time(call.p50)],
        ["99 % take up to (p99)", time(call.p99)],
      ),
      ways(to),
    ];
  }

  function ways(service) {
    const tracesOf = (errors) => searchAddress({ service, lookback: view.lookback, errors: errors ? "true" : "" });
    const link = (label, title, errors) =>
      element("a", { class: "button", href: tracesOf(errors), title: titleOf(title) }, label);
    return element(
      "p",
      "ways",
      link("Traces", `Traces of ${service}`, false),
      link("Traces with errors", `Traces of ${service} with errors`, true),
    );
  }

  function list(title, calls, other) {
    if (calls.length === 0) return [];
    const line = (call) => {
      const settings = { class: "plain", title: titleOf(other(call)) };
      const way = button(serviceName(other(call)), settings, () => view.select({ call: call.key }));
      const times = element("span", "number", areMessages(call) ? count(call.count, "message") : grouped(call.count));
      return element("li", "", way, times, element("span", "number failed", failed(call)));
    };
    return [element("h3", "", title), element("ul", "others", ...calls.map(line))];
  }
}

/** The full names; long ones scroll. */
function heading(...names) {
  const dot = (name) => element("span", `dot ${colourClass(name)}`);
  const parts = names.map((name) => element("span", "panel-name", dot(name), isolated(name || "(no name)")));
  return element("h2", { tabindex: -1 }, parts[0], parts[1] ? element("span", "arrow", "→") : null, parts[1]);
}

function facts(...pairs) {
  return element("dl", "", ...pairs.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
}

function times(number, services = null, way = "") {
  if (number === 0) return "never";
  return services === null ? count(number, "time") : `${count(number, "time")} ${way} ${count(services, "service")}`;
}
