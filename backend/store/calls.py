"""The calls between services: spans whose parent is known, gathered by the services of both."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backend.store.directory import Directory
from backend.store.labels import Labels
from backend.store.record import Record, identity, unpack

_NO_PARENT = bytes(8)
_SERVER, _PRODUCER, _CONSUMER = 2, 4, 5  # kinds of OTLP


class Calls(NamedTuple):
    """Those of one service by another, or by itself."""

    parent: str
    child: str
    errors: int
    """How many of the called spans have the status ERROR."""
    durations: array[int]
    """Of the called spans, ns, in no order; 8 bytes each, for there may be a million. Of what ends before it began: 1,
    as it is shown."""
    messages: int = 0
    """How many are messages: from a PRODUCER span to a CONSUMER span."""
    in_process: int = 0
    """Besides: spans of a service below another one of the same that received nothing, neither request nor message.
    To Jaeger these are calls too."""


def gather(
    requests: Iterable[tuple[int, bytes]], directory: Directory, labels: Labels, start_min: int, start_max: int
) -> list[Calls]:
    """The calls by parent service and child service, sorted.

    Args:
        requests: id and packed records, in order of arrival.
        start_min: ns since the epoch, of the called span's start; inclusive, as is the maximum.
    """
    durations: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
    errors: Counter[tuple[str, str]] = Counter()
    messages: Counter[tuple[str, str]] = Counter()
    in_process: Counter[tuple[str, str]] = Counter()
    for trace in _whole_traces(requests, directory):
        # A dict and no set: the first span with an id is the parent, as in Jaeger. A span sent twice is one.
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
    """Each trace as soon as the last request that holds it is read: only those in between are in memory."""
    begun: defaultdict[bytes, list[Record]] = defaultdict(list)
    for request, spans in requests:
        here = set()
        for record in unpack(spans):
            begun[record[0]].append(record)
            here.add(record[0])
        for trace_id in here:
            if request in directory.requests(trace_id)[-1:]:
                yield begun.pop(trace_id)
    yield from begun.values()  # those that grew meanwhile
