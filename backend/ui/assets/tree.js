// The tree of a trace's spans, as the rows of a waterfall.

/**
 * Rows in the order they are shown: { span, depth, missing }, a parent before its children, siblings by their start.
 * `missing` is the id of a parent that is not there, else null.
 */
export function rows(spans) {
  const ids = new Set(spans.map((span) => span.spanID));
  const children = new Map();
  const roots = [];
  for (const span of [...spans].sort((one, other) => one.startTime - other.startTime)) {
    const parent = parentOf(span);
    if (parent === null || !ids.has(parent)) {
      roots.push({ span, depth: 0, missing: parent });
    } else if (children.has(parent)) {
      children.get(parent).push(span);
    } else {
      children.set(parent, [span]);
    }
  }
  const shown = [];
  const seen = new Set();
  walk(roots.reverse(), children, seen, shown);
  // What is left hangs in a circle, each below another.
  for (const span of spans) {
    if (!seen.has(span)) walk([{ span, depth: 0, missing: null }], children, seen, shown);
  }
  return shown;
}

function walk(waiting, children, seen, shown) {
  while (waiting.length > 0) {
    const row = waiting.pop();
    if (seen.has(row.span)) continue;
    seen.add(row.span);
    shown.push(row);
    // Below the first of several spans with one id, not below each.
    const below = children.get(row.span.spanID) ?? [];
    children.delete(row.span.spanID);
    for (let place = below.length - 1; place >= 0; place -= 1) {
      waiting.push({ span: below[place], depth: row.depth + 1, missing: null });
    }
  }
}

/** The id of a span's parent: what it is a child of in its own trace, else what it follows there. */
export function parentOf(span) {
  const own = (span.references ?? []).filter((reference) => reference.traceID === span.traceID);
  const parent = own.find((reference) => reference.refType === "CHILD_OF") ?? own[0];
  return parent ? parent.spanID : null;
}
