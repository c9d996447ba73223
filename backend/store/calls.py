"""The calls between services: spans whose parent is known, counted by the services of both."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from backend.store.record import identity, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.store.directory import Directory
    from backend.store.labels import Labels
    from backend.store.record import Record

_NO_PARENT = bytes(8)


def count_calls(
    requests: Iterable[tuple[int, bytes]], directory: Directory, labels: Labels, start_min: int, start_max: int
) -> list[tuple[str, str, int]]:
    """Parent service, child service and number of calls, sorted.

    Args:
        requests: id and packed records, in order of arrival.
        start_min: ns since the epoch, of the called span's start; inclusive, as is the maximum.
    """
    calls: Counter[tuple[str, str]] = Counter()
    for trace in _whole_traces(requests, directory):
        # A dict and no set: the first span with an id is the parent, as in Jaeger. A span sent twice is one.
        spans = dict.fromkeys(identity(record) for record in trace)
        operations: dict[bytes, int] = {}
        for _, span_id, _, _, _, operation, _ in spans:
            operations.setdefault(span_id, operation)
        for _, _, parent_id, start, _, operation, _ in spans:
            if parent_id != _NO_PARENT and parent_id in operations and start_min <= start <= start_max:
                calls[labels.service_name(operations[parent_id]), labels.service_name(operation)] += 1
    return sorted((parent, child, count) for (parent, child), count in calls.items() if parent and child)


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
