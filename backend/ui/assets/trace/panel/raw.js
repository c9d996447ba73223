// Spans as OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

import { copyButton } from "../../common/copy.js";
import { closeButton, element, openDialog } from "../../common/dom.js";
import { WARNINGS } from "../../common/model.js";
import { isolated } from "../../common/text.js";

/** One span with its resource and scope: a document that can be imported. Without what Jaeger remarked. */
export function otlpJson(span) {
  const { schemaUrl: scopeUrl, raw: scope } = span.scope;
  const scopeSpans = { scope, spans: [withoutWarnings(span.raw)], schemaUrl: scopeUrl || undefined };
  const { raw: resource, schemaUrl } = span.resource;
  const resourceSpans = { resource, scopeSpans: [scopeSpans], schemaUrl: schemaUrl || undefined };
  return JSON.stringify({ resourceSpans: [resourceSpans] }, null, 2);
}

function withoutWarnings(raw) {
  return { ...raw, attributes: raw.attributes?.filter(({ key }) => key !== WARNINGS) };
}

/** Show a span's JSON; Escape or a button closes it. */
export function showRaw(span) {
  const text = otlpJson(span);
  openDialog(
    "raw",
    ["OTLP JSON of ", isolated(span.name, 80)],
    element("pre", { tabindex: "0", role: "region", "aria-label": "JSON" }, text),
    element("div", "buttons", copyButton("the JSON", text, "Copy"), closeButton("Close", { autofocus: true })),
  );
}
