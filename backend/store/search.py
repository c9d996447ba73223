"""The search: traces with a span that matches, the newest such span first, found one after the other.

Blocks come newest first by their newest span. A span is next when no block to come can hold a newer one, so a heap of
the matching spans of the blocks opened so far is enough, in whatever order the spans arrived.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from backend.store.record import pack_label, unpack
from backend.store.statements import BLOCKS, SPANS_OF_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.database import Database
    from backend.store.directory import Directory
    from backend.store.labels import Labels
    from backend.store.span import Search

_MIN, _MAX = -(1 << 63), (1 << 63) - 1
PAGE = 64


class Finder:
    """One search on its way.

    Args:
        search: what is asked for.
    """

    def __init__(self, database: Database, directory: Directory, labels: Labels, search: Search) -> None:
        self._database = database
        self._directory = directory
        self._error = search.error
        self._start = _limits(search.start_min, search.start_max)
        self._duration = _limits(search.duration_min, search.duration_max)
        wanted = [
            (operation, label)
            for operation, label in labels.operations()
            if search.service in {None, operation[0]}
            and search.operation in {None, operation[1]}
            and search.kind in {None, operation[2]}
        ]
        self._operations = {label for _, label in wanted}
        # The blocks to walk side by side: of services, or of an operation in one, which may have several kinds.
        self._walks = {
            (labels.service_of(label), None if search.operation is None else pack_label(label)) for _, label in wanted
        }

    def trace_ids(self) -> Iterator[bytes]:
        found: set[bytes] = set()
        for trace_id in self._newest_first():
            if trace_id not in found and trace_id in self._directory:
                found.add(trace_id)
                yield trace_id

    def _newest_first(self) -> Iterator[bytes]:
        """The trace id of each matching span."""
        heap: list[tuple[int, int, bytes]] = []
        opened: set[int] = set()
        for newest, request in heapq.merge(*(self._blocks(*walk) for walk in self._walks), reverse=True):
            while heap and -heap[0][0] >= newest:
                yield heapq.heappop(heap)[2]
            if request not in opened:  # else it came on another walk, with all its matches
                opened.add(request)
                for start, trace_id in self._matching(request):
                    heapq.heappush(heap, (-start, -request, trace_id))
        while heap:
            yield heapq.heappop(heap)[2]

    def _blocks(self, service: int, operation: bytes | None) -> Iterator[tuple[int, int]]:
        """Newest start and request of the blocks that may hold a match."""
        newest, request = _MAX, _MAX
        while True:
            values = {
                "service": service,
                "operation": operation,
                "newest": newest,
                "request": request,
                "start_min": self._start[0],
                "start_max": self._start[1],
                "duration_min": self._duration[0],
                "duration_max": self._duration[1],
                "error": int(self._error is True),
                "page": PAGE,
            }
            with self._database.reader() as connection:
                page = connection.execute(BLOCKS, values).fetchall()
            yield from page
            if len(page) < PAGE:
                return
            newest, request = page[-1]

    def _matching(self, request: int) -> list[tuple[int, bytes]]:
        with self._database.reader() as connection:
            row = connection.execute(SPANS_OF_REQUEST, (request,)).fetchone()
        if not row:  # evicted meanwhile
            return []
        (start_min, start_max), (duration_min, duration_max) = self._start, self._duration
        operations, error = self._operations, self._error
        return [
            (start, trace_id)
            for trace_id, _, _, start, duration, operation, has_error, _ in unpack(row[0])
            if operation in operations
            and start_min <= start <= start_max
            and duration_min <= duration <= duration_max
            and (error is None or error == bool(has_error))
        ]


def _limits(minimum: int | None, maximum: int | None) -> tuple[int, int]:
    """Both, as far as SQLite's integers go."""
    low = _MIN if minimum is None else max(_MIN, min(_MAX, minimum))
    high = _MAX if maximum is None else max(_MIN, min(_MAX, maximum))
    return low, high
