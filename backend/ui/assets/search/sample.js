// A sample trace, for users without any: an order in a small shop, whose payment fails.

import { importFile } from "../common/api.js";
import { note } from "../common/messages.js";
import { traceAddress } from "../common/page_addresses.js";

const KIND = { internal: 1, server: 2, client: 3 };
const FAILED = { code: 2 };
const AGO = 1000; // ms since the trace ended
const LASTS = 96; // ms
const REFUSED = "402 Payment Required";

// Service, name, kind, index of the parent, start and end in ms, attributes, and error message.
const SPANS = [
  ["shop", "POST /orders", "server", null, 0, LASTS, asked("POST", "/orders", 500), "payment declined"],
  ["shop", "GET", "client", 0, 3, 21, { "server.address": "cart", ...asked("GET", "/cart", 200) }],
  ["cart", "GET /cart", "server", 1, 5, 19, asked("GET", "/cart", 200)],
  ["cart", "SELECT carts", "client", 2, 7, 17, { "db.system.name": "postgresql", "db.collection.name": "carts" }],
  ["shop", "price the articles", "internal", 0, 23, 34, { articles: 3 }],
  ["shop", "POST", "client", 0, 36, 92, { "server.address": "payment", ...asked("POST", "/payments", 402) }, REFUSED],
  ["payment", "POST /payments", "server", 5, 39, 89, asked("POST", "/payments", 402), "the bank said no"],
  ["payment", "POST", "client", 6, 44, 84, { "server.address": "bank.example", ...asked("POST", "/charges", 402) }, REFUSED],
];

function asked(method, path, status) {
  return { "http.request.method": method, "url.path": path, "http.response.status_code": status };
}

/** Import it like any file, and open it. */
export async function loadSample() {
  const traceId = random(16);
  const begin = BigInt(Date.now() - AGO - LASTS) * 1_000_000n;
  const file = new File([JSON.stringify(sample(traceId, begin))], "sample.json", { type: "application/json" });
  try {
    await importFile(file);
    location.assign(traceAddress(traceId));
  } catch (problem) {
    note(`✗ ${problem.message}`);
  }
}

/** The trace in OTLP JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
function sample(traceId, begin) {
  const ids = SPANS.map(() => random(8));
  const at = (milliseconds) => String(begin + BigInt(milliseconds) * 1_000_000n);
  const spans = SPANS.map(([service, name, kind, parent, start, end, attributes, failed], place) => ({
    service,
    span: {
      traceId,
      spanId: ids[place],
      parentSpanId: parent === null ? undefined : ids[parent],
      name,
      kind: KIND[kind],
      startTimeUnixNano: at(start),
      endTimeUnixNano: at(end),
      attributes: pairs(attributes),
      status: failed ? { ...FAILED, message: failed } : undefined,
    },
  }));
  const resourceSpans = [...new Set(SPANS.map(([service]) => service))].map((service) => ({
    resource: { attributes: pairs({ "service.name": service }) },
    scopeSpans: [{ spans: spans.filter((one) => one.service === service).map((one) => one.span) }],
  }));
  return { resourceSpans };
}

function pairs(attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}

function random(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
