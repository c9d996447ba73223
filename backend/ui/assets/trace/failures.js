// The errors of a trace: where they originated, their messages, and what the failed spans were doing.

/**
 * The failed spans, `{span, echo}`: first the origins of errors, deepest first, then the echoes above them, which
 * failed because a descendant did.
 */
export function failuresOf(nodes) {
  const failed = [...nodes.values()].filter(({ error }) => error);
  const above = new Set(); // ancestors of errors
  for (const span of failed) {
    for (let at = span.parent; at && !above.has(at); at = at.parent) above.add(at);
  }
  const failures = failed.map((span) => ({ span, echo: above.has(span) }));
  return failures.sort(
    (one, other) => one.echo - other.echo || other.span.depth - one.span.depth || one.span.start - other.span.start,
  );
}

/** The error message of a span; "" if it has none. */
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

/** The request of a span: method and URL, a query, or a message's destination; "" if unknown. */
export function requestOf({ attributes }) {
  const method = textOf(attributes, "http.request.method", "http.method");
  const target = textOf(attributes, "url.full", "http.url", "url.path", "http.target", "http.route");
  return (
    [method, target].filter(Boolean).join(" ") ||
    textOf(attributes, "db.query.text", "db.statement", "messaging.destination.name", "messaging.destination")
  );
}

/** Type and message of an exception, from its event's attributes. */
export function exceptionText(attributes) {
  return [textOf(attributes, "exception.type"), textOf(attributes, "exception.message")].filter(Boolean).join(": ");
}

/** The last exception, which is the uncaught one. */
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
