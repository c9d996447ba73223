// The critical path: the span that accounts for each moment of a trace, waiting for nothing else. The same algorithm as
// Jaeger's: go back from a span's end to the end of the child that finished last, then through that child, then from
// its start to the next child that had finished before. Children are clipped to their parents, and skipped if outside;
// nobody waits for the consumer of a message.

/**
 * The parts of the path, last one first: a list of `{id, from, to}`, µs from the start of the trace. Each root has its
 * own path, as does each child of a missing span. Jaeger skips a child that ends exactly when the next one starts, and
 * attributes its time to the parent; here it is on the path.
 */
export function criticalPath(roots) {
  const path = [];
  for (const root of roots) for (const top of root.missing ? root.children : [root]) follow(top, path);
  return path;
}

function follow(top, path) {
  let now = top.end;
  const spent = (step, from) => {
    if (from < now) path.push({ id: step.span.id, from, to: now });
    now = from;
  };
  const steps = [step(top, top.start, top.end)];
  while (steps.length > 0) {
    const last = steps.at(-1);
    let child = last.children.pop();
    while (child && child.to > now) child = last.children.pop();
    if (child) {
      spent(last, child.to);
      steps.push(step(child.span, child.from, child.to));
    } else {
      spent(last, last.from);
      steps.pop();
    }
  }
}

/** A span between two times, with the children it may have waited for, ordered by end. */
function step(span, from, to) {
  const children = [];
  for (const child of span.children) {
    if (child.start >= to || child.end <= from) continue;
    if (span.kind === "producer" && child.kind === "consumer") continue;
    children.push({ span: child, from: Math.max(child.start, from), to: Math.min(child.end, to) });
  }
  // Among children that end together, the earliest start comes first, as in Jaeger.
  children.reverse().sort((one, other) => one.to - other.to);
  return { span, from, children };
}

/** Each service's time on the path: `{service, time}` in µs, longest first. */
export function timeByService(path, nodes) {
  const times = new Map();
  for (const { id, from, to } of path) {
    const { service } = nodes.get(id);
    times.set(service, (times.get(service) ?? 0) + to - from);
  }
  return [...times].map(([service, time]) => ({ service, time })).sort((one, other) => other.time - one.time);
}
