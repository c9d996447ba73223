"""The calls between services: spans with a known parent, grouped by the services of parent and child."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backend.store.directory import Directory
from backend.store.labels import Labels
from backend.store.record import Record, identity, unpack

_NO_PARENT = bytes(8)
_SERVER, _PRODUCER, _CONSUMER = 2, 4, 5  # OTLP span kinds


class Calls(NamedTuple):
    """The calls from one service to another, or to itself."""

    parent: str
    child: str
    errors: int
    """Number of called spans with status ERROR."""
    durations: array[int]
    """Durations of the called spans, ns, unsorted; 8 bytes each, as there may be a million. 1 for a span that ends
    before it starts, the same as displayed."""
    messages: int = 0
    """How many calls are messages, from a PRODUCER span to a CONSUMER span."""
    in_process: int = 0
    """Not counted above: spans below a span of the same service that received neither a request nor a message.
    Jaeger counts these as calls too."""


def gather(
    requests: Iterable[tuple[int, bytes]], directory: Directory, labels: Labels, start_min: int, start_max: int
) -> list[Calls]:
    """Group the calls by parent and child service; sorted.

    Args:
        requests: id and packed records, in order of arrival.
        start_min: ns since the epoch, for the called span's start; both limits are inclusive.
    """
    durations: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
    errors: Counter[tuple[str, str]] = Counter()
    messages: Counter[tuple[str, str]] = Counter()
    in_process: Counter[tuple[str, str]] = Counter()
    for trace in _whole_traces(requests, directory):
        # A dict, not a set, to keep the order: the first span with an id is the parent, as in Jaeger. It also removes
        # spans sent twice.
        spans = dict.fromkeys(identity(record) for record in trace)
        operations: dict[bytes, int] = {}
        for _, span_id, _, _, _, operation, _ in spans:
            operations.setdefault(span_id, operation)
        for _, _, parent_id, start, duration, operation, error in spans:
            if parent_id != _NO_PARENT and parent_id in operations and start_min <= start <= start_max:
                caller, _, caller_kind = labels.name(operations[parent_id])
                called, _, kind = labels.name(operation)
                services = caller, called
                if caller == called and kind not in {_SERVER, _CONSUMER}:
                    in_process[services] += 1
                    continue
                durations[services].append(max(1, duration))
                if error:
                    errors[services] += 1
                if caller_kind == _PRODUCER and kind == _CONSUMER:
                    messages[services] += 1
    return [
        Calls(*services, errors[services], durations[services], messages[services], in_process[services])
        for services in sorted({*durations, *in_process})
        if all(services)
    ]


def _whole_traces(requests: Iterable[tuple[int, bytes]], directory: Directory) -> Iterator[list[Record]]:
    """Yield each trace once its last request is read; only unfinished traces are in memory."""
    begun: defaultdict[bytes, list[Record]] = defaultdict(list)
    for request, spans in requests:
        here = set()
        for record in unpack(spans):
            begun[record[0]].append(record)
            here.add(record[0])
        for trace_id in here:
            if request in directory.requests(trace_id)[-1:]:
                yield begun.pop(trace_id)
    yield from begun.values()  # traces that grew meanwhile
