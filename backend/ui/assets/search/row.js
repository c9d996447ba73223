// One trace in the list.

import { element, name, serviceName, shortened, titleOf } from "../common/dom.js";
import { clockOf, count, duration, exact, orphans as orphansText } from "../common/format.js";

const LONGEST = 200; // characters of a name in a title or a choice
const SERVICES = 12; // that a row shows

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
    element("span", { class: "name", title: titleOf(traceName(row)) }, ...rootOf(row)),
    element("span", "badges", ...badges(row)),
    element("span", "services", ...row.services.slice(0, SERVICES).map(serviceWithCount), others(row)),
    element("span", "spans quiet", count(row.spans, "span")),
    element("span", "length number", duration(row.duration)),
    element("span", { class: "bar", "aria-hidden": "true" }, element("span", "")),
    element("time", { class: "quiet", datetime: start, title: start }, clockOf(row.startNs)),
  ];
}

function rootOf({ service, operation }) {
  if (!service && !operation) return [element("i", "", "Root span missing")];
  return [serviceName(service), " ", element("span", "operation", name(operation))];
}

function badges({ errors, orphans }) {
  return [
    errors ? element("span", "badge error", count(errors, "error")) : null,
    orphans ? element("span", "badge warning", orphansText(orphans)) : null,
  ];
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
