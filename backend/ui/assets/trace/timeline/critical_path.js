// The critical path: which span each moment of a trace was spent in, waiting for nothing else.  As Jaeger has it: from
// a span's end backwards to the end of the child that finished last, then within that child, then from its start on to
// the next child that had finished before. Children are cut to their parents, and left out where they lie outside;
// nobody waits for the consumer of a message.

/**
 * The path's parts, the last one first: `{id, from, to}` each, µs from the trace's begin. Each root has a path of its
 * own, as has each child of a missing span. Jaeger skips a child that ends in the very moment the next one starts, and
 * counts its time for the parent; here it is on the path.
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

/** A span between two moments, with the children that it may have waited for, the last to end at the list's end. */
function step(span, from, to) {
  const children = [];
  for (const child of span.children) {
    if (child.start >= to || child.end <= from) continue;
    if (span.kind === "producer" && child.kind === "consumer") continue;
    children.push({ span: child, from: Math.max(child.start, from), to: Math.min(child.end, to) });
  }
  // Of those that end together the first to start comes first, as in Jaeger.
  children.reverse().sort((one, other) => one.to - other.to);
  return { span, from, children };
}

/** How much of the path each service has: `{service, time}` in µs, the longest first. */
export function timeByService(path, nodes) {
  const times = new Map();
  for (const { id, from, to } of path) {
    const { service } = nodes.get(id);
    times.set(service, (times.get(service) ?? 0) + to - from);
  }
  return [...times].map(([service, time]) => ({ service, time })).sort((one, other) => other.time - one.time);
}
