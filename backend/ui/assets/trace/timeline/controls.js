// The timeline's own tools: levels, errors, critical path, clocks, zoom.

import { colourClass } from "../../common/colour.js";
import { button, element, isolated, setText, signButton } from "../../common/dom.js";
import { count, duration, share } from "../../common/format.js";
import { timeByService } from "./critical_path.js";

const SERVICES = 6; // services whose share of the critical path is shown
const PLAIN = { class: "plain" };
const NAME = 60; // characters of a service's name

/** Create the tools; `does` are the moves of navigation.js. Call the returned `update` after state changes. */
export function makeControls(state, does) {
  const errors = element("span", "number some");
  const errorButtons = [
    signButton("up", "Previous error (E)", PLAIN, () => does.nextError(-1)),
    signButton("down", "Next error (e)", PLAIN, () => does.nextError(1)),
  ];
  const meaning = "What each moment was spent in, waiting for nothing else (c)";
  const critical = button("Critical path", { title: meaning }, does.critical);
  const clocks = button("Adjust clocks", {}, does.clocks);
  const reset = button("Reset", { class: "plain", title: "Show the whole time (0)" }, does.reset);
  const shown = element("span", "number quiet");
  const levels = group(
    "Levels",
    text("«", "Hide all levels but the first (<)", () => does.levels("all")),
    text("‹", "One level less (,)", () => does.levels("less")),
    text("›", "One level more (.)", () => does.levels("more")),
    text("»", "Show all levels (>)", () => does.levels("none")),
  );
  const errorGroup = group("Errors", errorButtons[0], errors, errorButtons[1]);
  const times = element("p", { class: "path-times", hidden: true });
  const tools = element(
    "div",
    "tools-of-view",
    levels,
    errorGroup,
    critical,
    clocks,
    group(
      "Zoom",
      text("−", "Zoom out (-)", () => does.zoom(-1)),
      text("+", "Zoom in (+)", () => does.zoom(1)),
      reset,
    ),
    shown,
  );

  function update(path) {
    const { trace, nodes, skews, adjusted } = state;
    // Hide tools that this trace has no use for.
    levels.hidden = trace.spans.length === nodes.size && trace.spans.every(({ children }) => children.length === 0);
    errorGroup.hidden = trace.errors === 0;
    setText(errors, count(trace.errors, "error"));
    critical.setAttribute("aria-pressed", state.critical);
    clocks.setAttribute("aria-pressed", adjusted);
    const outside = [...skews.values()].filter(({ offset }) => offset).length;
    clocks.hidden = outside === 0;
    clocks.title = clocksTitle(outside, adjusted);
    const { from, to } = state.shown;
    reset.disabled = state.range === null;
    setText(shown, state.range ? `${duration(to - from)} from ${duration(from)} on` : "");
    times.hidden = !state.critical;
    if (state.critical) times.replaceChildren("Critical path: ", ...timesOf(path, state));
  }

  return { elements: [tools, times], update };
}

function clocksTitle(outside, adjusted) {
  const do_ = outside === 1 ? "1 span does" : `${count(outside, "span")} do`;
  return adjusted
    ? "Show the times that the clocks said (a)"
    : `${do_} not lie within the parent; show where they would be if all clocks agreed (a)`;
}

function timesOf(path, { nodes }) {
  const all = timeByService(path, nodes);
  const total = all.reduce((sum, { time }) => sum + time, 0);
  const told = all.slice(0, SERVICES).map(({ service, time }) => {
    const dot = element("span", `dot ${colourClass(service)}`);
    const part = ` ${duration(time)}, ${share(total > 0 ? time / total : 0)}`;
    const named = isolated(service || "(no name)", NAME);
    return element("span", "service", dot, named, element("span", "number quiet", part));
  });
  return all.length > SERVICES ? [...told, ` and ${count(all.length - SERVICES, "more service")}`] : told;
}

function group(label, ...content) {
  return element("div", { class: "group", role: "group", "aria-label": label }, ...content);
}

function text(label, title, run) {
  return button(label, { ...PLAIN, title, "aria-label": title }, run);
}
