// The tree of a trace's spans, with a placeholder for each missing parent.

/** A placeholder for a span that others reference as their parent but that is not in the trace. */
export class MissingSpan {
  constructor(id) {
    this.id = id;
    this.parent = null;
    this.parentId = null;
    this.children = [];
    this.depth = 0;
    this.start = Infinity;
    this.end = 0;
  }

  get missing() {
    return true;
  }

  /** From the first start to the last end of its children, µs: the span's own duration is unknown. */
  get duration() {
    return this.end - this.start;
  }
}

/**
 * Set parent, children and depth of the spans of readTrace, replacing earlier ones; returns the roots, ordered by
 * start: spans, and MissingSpans with their children. In a cycle of parents, the earliest span becomes a root.
 */
export function buildTree({ spans }) {
  const known = new Map(spans.map((span) => [span.id, span]));
  const missing = new Map();
  const roots = [];
  for (const span of spans) [span.parent, span.children] = [null, []];
  const tops = topsOfCircles(spans, known);
  for (const span of spans) {
    if (span.parentId === null || tops.has(span)) {
      roots.push(span);
    } else if (known.has(span.parentId)) {
      hang(span, known.get(span.parentId));
    } else {
      if (!missing.has(span.parentId)) {
        missing.set(span.parentId, new MissingSpan(span.parentId));
        roots.push(missing.get(span.parentId));
      }
      hang(span, missing.get(span.parentId));
    }
  }
  for (const place of missing.values()) {
    for (const child of place.children) {
      place.start = Math.min(place.start, child.start);
      place.end = Math.max(place.end, child.end);
    }
  }
  roots.sort((one, other) => one.start - other.start);
  for (const { node, depth } of walk(roots)) node.depth = depth;
  return roots;
}

/** Whether a root's parent is itself or one of its descendants. */
export function isInCircle(root) {
  return !root.missing && root.parentId !== null;
}

function hang(child, parent) {
  child.parent = parent;
  parent.children.push(child);
}

/** The earliest span of each cycle of parents. Visits each span at most twice. */
function topsOfCircles(spans, known) {
  const passed = new Map(); // span: where the walk up to it started
  const tops = new Set();
  for (const begin of spans) {
    let at = begin;
    while (at && !passed.has(at)) {
      passed.set(at, begin);
      at = known.get(at.parentId);
    }
    if (!at || passed.get(at) !== begin) continue;
    let top = at;
    for (let next = known.get(at.parentId); next !== at; next = known.get(next.parentId)) {
      if (next.start < top.start) top = next;
    }
    tops.add(top);
  }
  return tops;
}

/**
 * The given nodes and their descendants, parents first: `{node, depth}`. Skips the children of `collapsed` ids, and
 * subtrees of nodes that are not `wanted`.
 */
export function* walk(roots, collapsed = new Set(), wanted = () => true) {
  const waiting = [...roots].reverse().map((node) => ({ node, depth: 0 }));
  while (waiting.length > 0) {
    const row = waiting.pop();
    if (!wanted(row.node)) continue;
    yield row;
    if (collapsed.has(row.node.id)) continue;
    for (let place = row.node.children.length - 1; place >= 0; place -= 1) {
      waiting.push({ node: row.node.children[place], depth: row.depth + 1 });
    }
  }
}
