// Spans as OTLP JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

import { copyButton } from "../../common/copy.js";
import { button, element } from "../../common/dom.js";
import { WARNINGS } from "../../common/model.js";
import { isolated } from "../../common/text.js";

/** One span with its resource and scope: a document that can be imported. Without what Jaeger remarked. */
export function otlpJson(span) {
  const { schemaUrl: scopeUrl, raw: scope } = span.scope;
  const document = {
    resourceSpans: [
      {
        resource: span.resource.raw,
        scopeSpans: [{ scope, spans: [withoutWarnings(span.raw)], schemaUrl: scopeUrl || undefined }],
        schemaUrl: span.resource.schemaUrl || undefined,
      },
    ],
  };
  return JSON.stringify(document, null, 2);
}

function withoutWarnings(raw) {
  return { ...raw, attributes: raw.attributes?.filter(({ key }) => key !== WARNINGS) };
}

/** Show a span's JSON; Escape or a button closes it. */
export function showRaw(span) {
  const text = otlpJson(span);
  const dialog = element("dialog", { class: "raw", "aria-labelledby": "raw-title" });
  dialog.append(
    element("h2", { id: "raw-title" }, "OTLP JSON of ", isolated(span.name, 80)),
    element("pre", { tabindex: "0", role: "region", "aria-label": "JSON" }, text),
    element(
      "div",
      "buttons",
      copyButton("the JSON", text, "Copy"),
      button("Close", { autofocus: true }, () => dialog.close()),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
