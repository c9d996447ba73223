"""The ranking: the longest, shortest, largest or smallest (by spans) of all matching traces.

Scans the records of all requests, newest first: about 2 s for a million spans. A trace is complete once the scan
reaches its first request, and only the best are kept, so memory holds just these and the incomplete traces.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backend.store.database import Database
from backend.store.directory import Directory
from backend.store.record import Record, unpack
from backend.store.search import Finder

SECONDS = 5
"""Time limit; beyond it, the result is partial, and `complete` is false."""
PAGE = 64
BEFORE = "SELECT id, spans FROM request WHERE id < ? ORDER BY id DESC LIMIT ?"
_MAX = (1 << 63) - 1


@dataclass(slots=True)
class _Trace:
    begin: int
    end: int
    spans: set[int]
    """By hash, because a span may have been sent twice."""
    matches: bool = False


_VALUES: dict[str, Callable[[_Trace], int]] = {
    "longest": lambda trace: trace.end - trace.begin,
    "shortest": lambda trace: trace.begin - trace.end,
    "most": lambda trace: len(trace.spans),
    "least": lambda trace: -len(trace.spans),
}
ORDERS = tuple(_VALUES)


class Ranking:
    """Scans the store on construction.

    Args:
        finder: matches spans.
        order: one of ORDERS; among equals, newer traces come first.
        most: how many traces to keep.
    """

    def __init__(self, database: Database, directory: Directory, finder: Finder, order: str, most: int) -> None:
        self.total = 0
        """Number of matching traces among those scanned."""
        self.spans = 0
        """Number of spans scanned."""
        self.complete = False
        """Whether the scan covered everything."""
        self._database = database
        self._directory = directory
        self._finder = finder
        self._value = _VALUES[order]
        self._most = most
        self._best: list[tuple[int, int, bytes]] = []
        self._under_way: dict[bytes, _Trace] = {}
        self._go_through()

    def trace_ids(self) -> list[bytes]:
        return [trace_id for _, _, trace_id in sorted(self._best, reverse=True)]

    def _go_through(self) -> None:
        until = time.monotonic() + SECONDS
        for request, packed in self._requests():
            if time.monotonic() > until:
                break
            records = list(unpack(packed))
            self.spans += len(records)
            self._add(records)
            for trace_id in self._finder.matching_traces(request, packed):
                self._under_way[trace_id].matches = True
            for trace_id in {record[0] for record in records}:
                if self._directory.first(trace_id) in {request, None}:
                    self._finish(trace_id)
        else:
            self.complete = True
        for trace_id in list(self._under_way):
            self._finish(trace_id)

    def _requests(self) -> Iterator[tuple[int, bytes]]:
        before = _MAX
        while True:
            with self._database.reader() as connection:
                page = connection.execute(BEFORE, (before, PAGE)).fetchall()
            if not page:
                return
            yield from page
            before = page[-1][0]

    def _add(self, records: list[Record]) -> None:
        under_way = self._under_way
        for record in records:
            start, duration = record[3], record[4]
            end = start + (duration if duration > 0 else 1)  # same as displayed
            span = hash(record[:7])
            trace = under_way.get(record[0])
            if trace is None:
                under_way[record[0]] = _Trace(start, end, {span})
                continue
            trace.spans.add(span)
            trace.begin = min(trace.begin, start)
            trace.end = max(trace.end, end)

    def _finish(self, trace_id: bytes) -> None:
        trace = self._under_way.pop(trace_id)
        if not trace.matches or trace_id not in self._directory:
            return
        self.total += 1
        entry = self._value(trace), trace.begin, trace_id
        if len(self._best) < self._most:
            heapq.heappush(self._best, entry)
        elif self._best and entry > self._best[0]:
            heapq.heapreplace(self._best, entry)
