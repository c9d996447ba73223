// The model of calls between services. No DOM in here.

/**
 * A call is `{key, from, to, count, messages, errors, p50, p99}`; `from` and `to` may be the same service, and the key
 * combines them. `messages`, the number of messages, `errors`, the number of failures, and p50 and p99, µs, are null if
 * the back end does not provide them.
 */
export class Calls {
  /** @param {string[]} services names of all services, including those without calls */
  constructor(list, services = []) {
    this.list = list;
    this.byKey = new Map(list.map((call) => [call.key, call]));
    const connected = new Set(list.flatMap(({ from, to }) => [from, to]));
    this.names = [...new Set([...connected, ...services])].sort();
    this.lone = this.names.filter((name) => !connected.has(name));
  }

  get known() {
    return this.list.every(({ errors }) => errors !== null);
  }

  /** The calls of a service, most frequent first: `{incoming, outgoing, own}`; `own` is null or a Call. */
  of(name) {
    const incoming = this.list.filter(({ from, to }) => to === name && from !== name).sort(more);
    const outgoing = this.list.filter(({ from, to }) => from === name && to !== name).sort(more);
    return { incoming, outgoing, own: this.byKey.get(keyOf(name, name)) ?? null };
  }

  /** The calls to and from matching services: the one with that exact name, else all whose names contain the text. */
  near(text) {
    if (!text) return this;
    const wanted = text.toLowerCase();
    const exact = this.names.includes(text);
    const meant = new Set(this.names.filter((name) => (exact ? name === text : name.toLowerCase().includes(wanted))));
    const list = this.list.filter(({ from, to }) => meant.has(from) || meant.has(to));
    return new Calls(list, [...meant]);
  }

  /** The most frequent calls, limited to that many services and calls. */
  busiest(services, calls) {
    if (this.names.length <= services && this.list.length <= calls) return this;
    const names = new Set();
    const kept = [];
    for (const call of [...this.list].sort(more)) {
      const fresh = [call.from, call.to].filter((name) => !names.has(name));
      if (kept.length >= calls || names.size + new Set(fresh).size > services) continue;
      fresh.forEach((name) => names.add(name));
      kept.push(call);
    }
    return new Calls(kept, this.lone.slice(0, services - names.size));
  }
}

/**
 * Build Calls from the response of `GET /api/dependencies`; some of Jaeger's storages return a pair twice. If the
 * response has no services, use the `known` ones.
 */
export function readCalls({ data, services }, known) {
  const calls = new Map();
  for (const entry of data ?? []) {
    const { parent, child, callCount, inProcessCount = 0 } = entry;
    const key = keyOf(parent, child);
    const count = (calls.get(key)?.count ?? 0) + callCount - inProcessCount;
    if (count === 0) continue;
    calls.set(key, {
      key,
      from: parent,
      to: child,
      count,
      messages: entry.messageCount ?? null,
      errors: entry.errorCount ?? null,
      p50: entry.durationP50 ?? null,
      p99: entry.durationP99 ?? null,
    });
  }
  return new Calls([...calls.values()], services ?? known);
}

/** Whether all calls are messages. */
export function areMessages({ count, messages }) {
  return messages === count;
}

export function keyOf(from, to) {
  return JSON.stringify([from, to]);
}

/** Sum up several calls: `{count, errors}`; errors is null if any is unknown. */
export function total(calls) {
  const known = calls.every(({ errors }) => errors !== null);
  return {
    count: calls.reduce((sum, { count }) => sum + count, 0),
    errors: known ? calls.reduce((sum, { errors }) => sum + errors, 0) : null,
  };
}

function more(one, other) {
  return other.count - one.count || (one.key < other.key ? -1 : 1);
}
