// One trace in the list.

import { colourClass } from "../common/colour.js";
import { element, isolated, name, serviceName, shortened, svg, titleOf } from "../common/dom.js";
import { ago, count, duration, exact, orphans as orphansText } from "../common/format.js";

const LONGEST = 200; // characters of a name in a tooltip or a choice
const SERVICES = 12; // services that a row shows
const [WIDTH, HEIGHT] = [1000, 24]; // of the small waterfall; bar times are in thousandths of the trace
const [SHORTEST, THICKEST] = [8, 6]; // of a bar

export function brief(text) {
  return shortened(text, LONGEST);
}

export function traceName({ service, operation }) {
  if (!service && !operation) return "Root span missing";
  return `${brief(service) || "(no name)"}: ${brief(operation) || "(no name)"}`;
}

export function rowContent(row) {
  const start = exact(row.startNs);
  return [
    element("span", { class: "name", title: titleOf(traceName(row)) }, ...rootOf(row), ...targetOf(row)),
    element("span", "badges", ...badges(row)),
    element("span", "services", failure(row), ...row.services.slice(0, SERVICES).map(serviceWithCount), others(row)),
    element("span", "spans quiet", count(row.spans, "span")),
    element("span", "length number", duration(row.duration)),
    element("span", { class: "shape", "aria-hidden": "true" }, waterfall(row), element("span", "bar", element("span"))),
    element("time", { class: "quiet", datetime: start, title: start }, ago(row.startNs, Date.now())),
  ];
}

function rootOf({ service, operation }) {
  if (!service && !operation) return [element("i", "", "Root span missing")];
  return [serviceName(service), " ", element("span", "operation", name(operation))];
}

/** The target of the root's request, unless the root's name already has it. */
function targetOf({ operation, request }) {
  const told = operation.split(" ");
  const parts = [request?.method, request?.target].filter((part) => part && !told.includes(part));
  return parts.length > 0 ? [" ", element("span", "quiet", isolated(parts.join(" "), LONGEST))] : [];
}

function badges({ errors, orphans, request }) {
  return [
    request?.status ? element("span", `badge${statusKind(request.status)}`, isolated(request.status, 40)) : null,
    errors ? element("span", "badge error", count(errors, "error")) : null,
    orphans ? element("span", "badge warning", orphansText(orphans)) : null,
  ];
}

/** HTTP's status classes; for gRPC, everything but 0 is a failure. */
function statusKind(status) {
  if (!/^\d+$/.test(status) || status === "0") return "";
  return Number(status) < 100 || Number(status) >= 500 ? " error" : Number(status) >= 400 ? " warning" : "";
}

/** Where the trace first failed, and why. */
function failure({ error }) {
  if (!error) return null;
  const { service, operation, message } = error;
  const words = [service || "(no name)", message || operation].map((text) => isolated(text, LONGEST));
  const title = titleOf([service, operation, message].filter(Boolean).join(": "));
  return element("span", { class: "failure", title }, "✗ ", words[0], ": ", words[1]);
}

function serviceWithCount({ name: service, spans, errors }) {
  const label = serviceName(service);
  label.append(element("span", "quiet", ` ${spans}`));
  const failed = errors ? `, ${count(errors, "error")}` : "";
  label.title = `${brief(service) || "(no name)"}: ${count(spans, "span")}${failed}`;
  return label;
}

function others({ services }) {
  return services.length > SERVICES ? element("span", "quiet", `and ${services.length - SERVICES} more`) : null;
}

/** The longest spans as lines from start to end; one path per service. */
function waterfall({ bars, services }) {
  if (!bars?.length) return null;
  const step = HEIGHT / bars.length;
  const paths = new Map();
  bars.forEach(([place, start, length], line) => {
    const [from, long] = [Math.min(start, WIDTH - SHORTEST), Math.max(length, SHORTEST)];
    paths.set(place, `${paths.get(place) ?? ""}M${from} ${((line + 0.5) * step).toFixed(2)}h${long}`);
  });
  const thick = Math.min(step * 0.8, THICKEST);
  const drawn = [...paths].map(([place, d]) =>
    svg("path", { class: colourClass(services[place]?.name ?? ""), d, "stroke-width": thick }),
  );
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" }, ...drawn);
}
