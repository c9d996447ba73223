// The differences between two traces in a few numbers.

import { element, serviceName } from "../common/dom.js";
import { duration, exactDuration, grouped, share } from "../common/format.js";
import { changeBadge, signedDuration, signedNumber } from "./change.js";
import { countChanges } from "./tree_diff.js";

const MOST_SERVICES = 8;

export function summary(a, b, roots) {
  const difference = b.duration - a.duration;
  const sign = difference > 0 ? "+" : "−";
  const part = a.duration > 0 && difference !== 0 ? ` (${sign}${share(Math.abs(difference) / a.duration)})` : "";
  const durations = `${duration(a.duration)} → ${duration(b.duration)}`;
  return element(
    "dl",
    "summary",
    entry("Duration", signedDuration(difference) + part, durations, exactDuration(difference)),
    numbers("Spans", a.spans.length, b.spans.length),
    numbers("Errors", a.errors, b.errors),
    services(a, b),
    changes(roots),
  );
}

function numbers(term, a, b) {
  return entry(term, signedNumber(b - a), `${grouped(a)} → ${grouped(b)}`);
}

function entry(term, text, more, title) {
  const said = [element("strong", "", text), " ", element("span", "quiet", more)];
  return element("div", "", element("dt", "", term), element("dd", { title }, ...said));
}

function services(a, b) {
  const parts = [...only("only in A", a.services, b.services), ...only("only in B", b.services, a.services)];
  return element("div", "", element("dt", "", "Services"), element("dd", "", ...(parts.length ? parts : ["the same"])));
}

function only(title, ones, others) {
  const known = new Set(others);
  const found = ones.filter((service) => !known.has(service));
  if (!found.length) return [];
  const names = found.slice(0, MOST_SERVICES).map(serviceName);
  const more = found.length > names.length ? ` and ${found.length - names.length} more` : "";
  return [element("span", "services-only", element("span", "quiet", `${title}: `), ...names, more)];
}

function changes(roots) {
  const counts = countChanges(roots);
  const badges = Object.entries(counts)
    .filter(([, times]) => times > 0)
    .map(([change, times]) => element("span", "", element("span", "number", grouped(times)), " ", changeBadge(change)));
  return element("div", "", element("dt", "", "Calls"), element("dd", "changes", ...badges));
}
