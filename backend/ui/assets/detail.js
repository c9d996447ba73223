// What there is to know of one span.

import { element } from "./dom.js";
import { clock, duration } from "./format.js";
import { parentOf } from "./tree.js";

/** The panel below a span's row. `begin` is the trace's start, µs. */
export function detail({ span, missing }, process, begin) {
  const panel = element("div", "detail");
  panel.append(...warnings(span, missing).map((text) => element("p", "notice warning", text)));
  panel.append(
    table("Span", [
      ["service", process.serviceName],
      ["starts", `${duration(span.startTime - begin)} into the trace, at ${clock(span.startTime / 1000)}`],
      ["takes", duration(span.duration)],
      ["span id", span.spanID],
      ["parent", parentOf(span) ?? "none"],
    ]),
  );
  panel.append(...section("Attributes", span.tags), ...section("Resource", process.tags));
  for (const log of span.logs ?? []) {
    const name = log.fields.find((field) => field.key === "event")?.value ?? "Event";
    const fields = log.fields.filter((field) => field.key !== "event");
    panel.append(table(`${name} at ${duration(log.timestamp - begin)}`, fields.map(entry)));
  }
  const links = (span.references ?? []).filter((reference) => !isParent(reference, span));
  if (links.length > 0) panel.append(table("Links", links.map((link) => [link.refType, linkTo(link)])));
  return panel;
}

function isParent(reference, span) {
  return reference.traceID === span.traceID && reference.spanID === parentOf(span);
}

function linkTo(link) {
  const anchor = element("a", "", `span ${link.spanID} of trace ${link.traceID}`);
  anchor.href = `/trace/${encodeURIComponent(link.traceID)}`;
  return anchor;
}

function section(title, tags) {
  return tags?.length ? [table(title, tags.map(entry))] : [];
}

function entry(tag) {
  return [tag.key, tag.value === null ? "" : String(tag.value)];
}

function table(title, entries) {
  const list = element("dl", "attributes");
  for (const [key, value] of entries) list.append(element("dt", "", key), element("dd", "", value));
  return element("section", "", element("h3", "", title), list);
}

/** Jaeger's warnings in plain words; those not known here as they are. */
function warnings(span, missing) {
  const said = [];
  for (const text of span.warnings ?? []) {
    const delta = /^clock skew adjustment disabled; not applying calculated delta of (.+)$/.exec(text);
    if (text.startsWith("invalid parent span IDs=")) continue; // told below
    if (delta) {
      said.push(
        "This span does not lie within its parent. Either it went on by itself after its parent was done, or the clocks " +
          `of their two machines differ (moving it by ${delta[1]} would make it fit).`,
      );
    } else {
      said.push(text);
    }
  }
  if (missing) said.push(`The parent of this span, ${missing}, is not in the trace.`);
  return said;
}
