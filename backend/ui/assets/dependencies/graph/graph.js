// The graph of calls. The table below has the same content, and is more accessible to screen readers.

import { element, setText } from "../../common/dom.js";
import { count, grouped } from "../../common/format.js";
import { shortcut } from "../../common/keys.js";
import { keyOf } from "../calls.js";
import { layout } from "../layout/layout.js";
import { Lines } from "./lines.js";
import { Nodes, sizeFor } from "./nodes.js";
import { Viewport } from "./viewport.js";

const MOST = { services: 120, calls: 300 }; // takes less than 100 ms to lay out
const LABELLED = 30; // most calls with space reserved for labels

export function mountGraph(place, view) {
  const lines = new Lines();
  const nodes = new Nodes((service) => view.select({ service }));
  const canvas = element("div", "graph-canvas", nodes.element, lines.element);
  const viewport = new Viewport(canvas);
  const told = element("p", "quiet");
  const signs = ["↻ calls within a service", "✗ failed", "┄ messages"].map((text) => element("span", "", text));
  const legend = element("p", "legend quiet", ...signs);
  place.append(element("div", "graph-head", told, legend, viewport.buttons), viewport.scroller);
  let shape = ""; // the drawn calls, as text
  let asked = ""; // the view it was drawn for, likewise

  view.on(["calls", "wanted"], draw);
  view.on(["selected"], () => {
    mark();
    // The panel narrows the graph.
    nodes.made.get(view.selected?.service)?.button.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  canvas.addEventListener("click", (event) => {
    const key = event.target.closest(".call")?.dataset.key;
    if (key) view.select({ call: key });
  });
  for (const kind of ["pointerover", "focusin"]) canvas.addEventListener(kind, (event) => lookAt(event.target));
  canvas.addEventListener("pointerleave", () => lookAt(null));
  canvas.addEventListener("focusout", (event) => lookAt(event.relatedTarget));
  shortcut("Graph", ["Arrow keys"], "from service to service, once one has the focus", () => {});

  function draw() {
    const all = view.shown;
    const calls = all.busiest(MOST.services, MOST.calls);
    place.hidden = calls.names.length === 0;
    if (place.hidden) return;
    const keys = JSON.stringify([calls.list.map(({ key }) => key).sort(), calls.lone]);
    if (keys !== shape) {
      shape = keys;
      const roomy = calls.list.filter(({ from, to }) => from !== to).length <= LABELLED;
      const weighed = calls.list.map((call) => ({ ...call, weight: call.count }));
      const size = sizeFor(calls.names);
      const wanted = { labels: roomy, node: size, room: viewport.room };
      const { nodes: places, edges, width, height } = layout(calls.names, weighed, wanted);
      lines.draw(edges, { width, height }, keyOf, roomy);
      nodes.draw(places, size);
      viewport.resize({ width, height }, nodes.first.y + size.height);
      // A graph that the user asked for is fitted; automatic updates keep the zoom.
      const asking = JSON.stringify([view.lookback, view.wanted]);
      if (asking !== asked) viewport.fit();
      asked = asking;
      mark();
      lookAt(null);
    }
    lines.update(calls.list);
    nodes.update(view.calls);
    const lone = all.lone.length ? `, ${grouped(all.lone.length)} without calls` : "";
    const services = count(all.names.length, "service") + lone;
    const busiest = `The ${calls.names.length} busiest of ${count(all.names.length, "service")}; look for one to see all its calls`;
    setText(told, calls === all ? services : busiest);
  }

  function mark() {
    const { service, call } = view.selected ?? {};
    for (const [name, node] of nodes.made) node.button.setAttribute("aria-pressed", name === service);
    for (const [key, line] of lines.made) line.element.classList.toggle("selected", key === call);
  }

  /** Highlight the connections of a node or line; by default, of the focused one. */
  function lookAt(target) {
    const key = target?.closest?.(".call")?.dataset.key;
    const name = nodes.nameOf(target) ?? (key ? null : nodes.nameOf(document.activeElement));
    canvas.classList.toggle("looking", name !== null || key !== undefined);
    const near = new Set(name === null ? [] : [name]);
    for (const [one, { element: drawn, ends }] of lines.made) {
      const lit = one === key || ends.includes(name);
      drawn.classList.toggle("near", lit);
      if (lit) ends.forEach((end) => near.add(end));
    }
    for (const [one, node] of nodes.made) node.button.classList.toggle("near", near.has(one));
  }
}
