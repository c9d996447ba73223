// The panel content for a span.

import { traceAddress } from "../../common/page_addresses.js";
import { copyButton } from "../../common/copy.js";
import { button, closeButton, element, isolated, openDialog, serviceLabel } from "../../common/dom.js";
import { count, grouped } from "../../common/format.js";
import { WARNINGS } from "../../common/model.js";
import { reconcileFacts } from "../../common/reconcile.js";
import { keep, recall } from "../../common/storage.js";
import { attributeList, attributesJson } from "./attributes.js";
import { eventList } from "./events.js";
import { backlinkList, linkers, linkList } from "./links.js";
import { factsOf } from "./span_facts.js";
import { valueElements } from "./value.js";
import { plainWarnings } from "./warnings.js";

const STORED = "panelSections";

/**
 * The panel content for a span: `{content, refresh}`. Call `refresh` after the trace was reloaded: the span is the
 * same, but its surroundings may have changed. The signal aborts requests when another span is shown.
 */
export function spanPanel(span, state, signal) {
  const facts = element("dl", "facts-of-span");
  const refresh = (now) => reconcileFacts(facts, factsOf(now, state));
  refresh(span);
  const address = traceAddress(span.raw.traceId, { span: span.id });
  const content = [
    head(span),
    element(
      "div",
      "buttons",
      copyButton("a link to this span", () => location.origin + address, "Copy link"),
      copyButton("the span as OTLP JSON", () => otlpJson(span), "Copy JSON"),
      button("Raw JSON", { "aria-haspopup": "dialog" }, () => showRaw(span)),
    ),
    ...plainWarnings(span, state).map((text) => element("p", "notice warning", isolated(text, 2000))),
    facts,
    ...sections(span, state, signal),
  ];
  return { content: content.filter(Boolean), refresh };
}

function head(span) {
  return element(
    "p",
    "what",
    serviceLabel(span.service),
    span.kind ? element("span", "badge kind", span.kind) : null,
    span.error ? element("span", "badge error", "error") : null,
  );
}

function sections(span, state, signal) {
  const { attributes, resource, scope } = span;
  const { events, links } = span.raw;
  const rawSection = (name, raw, list) => {
    if (!raw?.length) return null;
    const tools = [copyButton(`the ${name.toLowerCase()} as JSON`, () => JSON.stringify(raw, null, 2))];
    return section(name, { count: raw.length, tools }, ...list());
  };
  const findResource = (key) => (key === "service.name" ? key : `resource.${key}`);
  return [
    attributeSection("Attributes", attributes, { find: (key) => key }),
    rawSection("Events", events, () => eventList(span)),
    rawSection("Links", links, () => linkList(span, state, signal)),
    linkedFrom(span, state, signal),
    attributeSection("Resource", resource.attributes, { find: findResource }, about(resource)),
    attributeSection("Scope", scopeAttributes(scope), {}, about(scope)),
  ];
}

function attributeSection(name, attributes, settings, ...more) {
  const tools =
    attributes.length > 0 ? [copyButton(`the ${name.toLowerCase()} as JSON`, () => attributesJson(attributes))] : [];
  const list = attributes.length > 0 ? attributeList(attributes, settings) : element("p", "quiet", "none");
  return section(name, { count: attributes.length, open: name !== "Scope", tools }, list, ...more);
}

function about({ schemaUrl, raw }) {
  const dropped = raw?.droppedAttributesCount ?? 0;
  const told = `${count(dropped, "attribute")} of it ${dropped === 1 ? "was" : "were"} dropped.`;
  return element(
    "div",
    "about",
    schemaUrl ? element("p", "quiet", "Schema: ", ...valueElements(schemaUrl)) : null,
    dropped > 0 ? element("p", "quiet", told) : null,
  );
}

function scopeAttributes({ name, version, attributes }) {
  const own = Object.entries({ name, version }).filter(([, text]) => text);
  return [...own.map(([key, text]) => ({ key, type: "string", text })), ...attributes];
}

/** Searches other traces only when opened. */
function linkedFrom(span, state, signal) {
  const own = linkers(state.trace, span.raw.spanId).length;
  const made = section("Linked from", { count: own || undefined, open: own > 0 });
  const details = made.querySelector("details");
  const fill = () => {
    if (!details.open || details.dataset.filled) return;
    details.dataset.filled = "yes";
    details.querySelector(".folded").append(...backlinkList(span, state, signal));
  };
  details.addEventListener("toggle", fill);
  fill();
  return made;
}

/**
 * A collapsible section; its state is remembered across spans and visits. `open` is the default; `tools` are buttons
 * beside its title.
 */
function section(name, { count, open = true, tools = [] }, ...content) {
  const number = count === undefined ? null : element("span", "quiet number", ` ${grouped(count)}`);
  const title = element("summary", "", element("h3", "", name), number);
  const folded = element("div", "folded", ...content);
  const details = element("details", { open: recall(STORED)?.[name] ?? open }, title, folded);
  // Not the `toggle` event, which also fires on creation.
  title.addEventListener("click", () => keep(STORED, { ...recall(STORED), [name]: !details.open }));
  return element("section", "part", details, tools.length ? element("div", "tools-of-part", ...tools) : null);
}

/** One span with its resource and scope, as an importable document, without Jaeger's warnings. */
function otlpJson(span) {
  const { schemaUrl: scopeUrl, raw: scope } = span.scope;
  const attributes = span.raw.attributes?.filter(({ key }) => key !== WARNINGS);
  const raw = { ...span.raw, attributes, endTimeUnixNano: String(span.endNs) };
  const scopeSpans = { scope, spans: [raw], schemaUrl: scopeUrl || undefined };
  const { schemaUrl } = span.resource;
  const resourceSpans = { resource: span.resource.raw, scopeSpans: [scopeSpans], schemaUrl: schemaUrl || undefined };
  return JSON.stringify({ resourceSpans: [resourceSpans] }, null, 2);
}

function showRaw(span) {
  const text = otlpJson(span);
  openDialog(
    "raw",
    ["OTLP JSON of ", isolated(span.name, 80)],
    element("pre", { tabindex: "0", role: "region", "aria-label": "JSON" }, text),
    element("div", "buttons", copyButton("the JSON", text, "Copy"), closeButton("Close", { autofocus: true })),
  );
}
