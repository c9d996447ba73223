// The errors of a trace: where they began, what they say, and what the spans that failed were about.

/**
 * The spans that failed, `{span, echo}`: first those where an error began, the deepest first, then the echoes above
 * them, which fail because a span below them did.
 */
export function failuresOf(nodes) {
  const failed = [...nodes.values()].filter(({ error }) => error);
  const above = new Set(); // what lies above an error
  for (const span of failed) {
    for (let at = span.parent; at && !above.has(at); at = at.parent) above.add(at);
  }
  const failures = failed.map((span) => ({ span, echo: above.has(span) }));
  return failures.sort(
    (one, other) => one.echo - other.echo || other.span.depth - one.span.depth || one.span.start - other.span.start,
  );
}

/** Why a span failed, as far as it says; "" where it does not. */
export function causeOf(span) {
  const { attributes } = span;
  const status = textOf(attributes, "http.response.status_code", "http.status_code");
  const grpc = textOf(attributes, "rpc.response.status_code", "rpc.grpc.status_code");
  return (
    span.statusMessage ||
    exceptionIn(span.events) ||
    (status && `HTTP status ${status}`) ||
    (grpc && `gRPC status ${grpc}`) ||
    textOf(attributes, "error.type", "exception.message", "error.message")
  );
}

/** What a span asks for or is asked for: method and address, a query, or where a message goes; "" where unknown. */
export function requestOf({ attributes }) {
  const method = textOf(attributes, "http.request.method", "http.method");
  const target = textOf(attributes, "url.full", "http.url", "url.path", "http.target", "http.route");
  return (
    [method, target].filter(Boolean).join(" ") ||
    textOf(attributes, "db.query.text", "db.statement", "messaging.destination.name", "messaging.destination")
  );
}

/** Type and message of an exception, from the attributes of its event. */
export function exceptionText(attributes) {
  return [textOf(attributes, "exception.type"), textOf(attributes, "exception.message")].filter(Boolean).join(": ");
}

/** Of the last exception: the one that was not caught. */
function exceptionIn(events) {
  const last = events.filter(({ name }) => name === "exception").at(-1);
  return last ? exceptionText(last.attributes) : "";
}

function textOf(attributes, ...keys) {
  for (const wanted of keys) {
    const found = attributes.find(({ key }) => key === wanted)?.text;
    if (found) return found;
  }
  return "";
}
