// Shown while there are no traces: where to send your program's traces, and how to get some without one.

import { doors, embedded } from "../common/api.js";
import { copyButton } from "../common/copy.js";
import { button, element, setAttributes } from "../common/dom.js";
import { loadSample } from "./sample.js";

const WAYS = [
  { name: "gRPC", port: doors.grpc, protocol: "grpc" },
  { name: "HTTP", port: doors.http, protocol: "http/protobuf" },
];
const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|(?:.*\.)?localhost)$/;
const HOW = "This page shows every trace as it arrives. To see those of your own program, set in its environment:";

export function firstTraces() {
  const host = hostForPrograms();
  return [
    element("h2", "", "No traces yet"),
    element("p", "", HOW),
    ...WAYS.filter(({ port }) => port).map((way) => variables(host, way)),
    embedded ? element("p", "actions", button("Load a sample trace", { class: "primary" }, loadSample)) : null,
    element("p", "", "Or run the demo pair: ", code("make server"), " and ", code("make client"), ", in two terminals."),
    hint(host),
  ];
}

/** The page's host, but not a name such as `jaeger.localhost`, which browsers resolve and most programs do not. */
function hostForPrograms() {
  const { hostname } = location;
  return !embedded || hostname.endsWith(".localhost") ? "localhost" : hostname;
}

function variables(host, { name, port, protocol }) {
  const text = `OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${port}\nOTEL_EXPORTER_OTLP_PROTOCOL=${protocol}`;
  const copy = copyButton(`the variables for ${name}`, text, "Copy");
  setAttributes(copy, { "aria-label": copy.title }); // there are two such buttons
  return element(
    "figure",
    "variables",
    element("figcaption", "", `OTLP over ${name}`),
    copy,
    element("pre", { tabindex: 0, "aria-label": `Variables for ${name}` }, element("code", "", text)),
  );
}

function hint(host) {
  const elsewhere = `Where Jaeger runs on another machine, write its host in place of ${host}.`;
  if (!embedded) return element("p", "quiet", elsewhere);
  if (!LOOPBACK.test(host)) return null;
  return element(
    "p",
    "quiet",
    "In a container, write ",
    code("host.docker.internal"),
    ` in place of ${host}. On Linux the container has to be run with `,
    code("--add-host=host.docker.internal:host-gateway"),
    ", and this back end with ",
    code("--host 0.0.0.0"),
    ".",
  );
}

function code(text) {
  return element("code", "", text);
}
