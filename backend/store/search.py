"""The search: finds traces with a span that matches (service, operation, time, duration), newest matching span first.

Blocks are ordered by their newest span, newest first. A span is next once no unopened block can hold a newer one, so a
heap of the matching spans from opened blocks is enough, in whatever order the spans arrived.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from backend.store.database import Database
from backend.store.directory import Directory
from backend.store.labels import Labels
from backend.store.record import pack_label, unpack
from backend.store.span import Search, StoredRequest

Fits = Callable[[bytes, Sequence[int]], Collection[int]]

_MIN, _MAX = -(1 << 63), (1 << 63) - 1
BLOCKS = (Path(__file__).parent / "blocks.sql").read_text("utf-8")
# Each page scans the whole table, so the pages grow.
BLOCKS_OF_ALL = BLOCKS.replace("service = :service", "TRUE")
PAGE = 64
MAX_PAGE = 16_384
MAX_WALKS = 8
"""Operations to walk side by side; for more, walk all blocks of their services."""
MAX_SERVICES = 1_000
"""Services to walk side by side, each with its own query; for more, walk all blocks in one."""


class Finder:
    """One running search.

    Args:
        search: the criteria.
        fits: further criteria, checked on a request's spans at given positions.
    """

    def __init__(
        self, database: Database, directory: Directory, labels: Labels, search: Search, fits: Fits | None = None
    ) -> None:
        self._database = database
        self._directory = directory
        self._fits = fits
        self._error = search.error
        self._start = _limits(search.start_min, search.start_max)
        self._duration = _limits(search.duration_min, search.duration_max)
        wanted = [
            (operation, label)
            for operation, label in labels.operations()
            if search.service in {None, operation[0]}
            and search.operation in {None, operation[1]}
            and (search.label is None or search.label(operation))
        ]
        self._operations = {label for _, label in wanted}
        # The blocks to walk side by side: one walk per service, or per kind of an operation in one service.
        few = search.operation is not None or (search.label is not None and len(wanted) <= MAX_WALKS)
        self._walks: set[tuple[int | None, bytes | None]] = {
            (labels.service_of(label), pack_label(label) if few else None) for _, label in wanted
        }
        if len(self._walks) > MAX_SERVICES:
            self._walks = {(None, None)}

    def trace_ids(self) -> Iterator[bytes]:
        found: set[bytes] = set()
        for trace_id in self._newest_first():
            if trace_id not in found and trace_id in self._directory:
                found.add(trace_id)
                yield trace_id

    def requests(self) -> Iterator[StoredRequest]:
        """The requests with matching spans, each once, newest span first."""
        opened: set[int] = set()
        for _, request in heapq.merge(*(self._blocks(*walk) for walk in self._walks), reverse=True):
            if request in opened:
                continue
            opened.add(request)
            with self._database.reader() as connection:
                row = connection.execute("SELECT spans, body FROM request WHERE id = ?", (request,)).fetchone()
            if row and (positions := tuple(span[2] for span in self._of(row[0]))):
                yield StoredRequest(row[1], positions)

    def matching_traces(self, request: int, packed: bytes) -> set[bytes]:
        """The traces with a matching span among a request's records."""
        matching = self._of(packed)
        if self._fits and matching:
            with self._database.reader() as connection:
                row = connection.execute("SELECT body FROM request WHERE id = ?", (request,)).fetchone()
            matching = self._fitting(row[0], matching) if row else []
        return {trace_id for _, trace_id, _ in matching}

    def _newest_first(self) -> Iterator[bytes]:
        """The trace id of each matching span, newest first."""
        heap: list[tuple[int, int, bytes]] = []
        opened: set[int] = set()
        for newest, request in heapq.merge(*(self._blocks(*walk) for walk in self._walks), reverse=True):
            while heap and -heap[0][0] >= newest:
                yield heapq.heappop(heap)[2]
            if request not in opened:  # else another walk already added all its matches
                opened.add(request)
                for start, trace_id, _ in self._matching(request):
                    heapq.heappush(heap, (-start, -request, trace_id))
        while heap:
            yield heapq.heappop(heap)[2]

    def _blocks(self, service: int | None, operation: bytes | None) -> Iterator[tuple[int, int]]:
        """Newest start and request of each block that may hold a match; None stands for all services."""
        newest, request = _MAX, _MAX
        statement, growth = (BLOCKS_OF_ALL, 4) if service is None else (BLOCKS, 1)
        length = PAGE
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
                "page": length,
            }
            with self._database.reader() as connection:
                page = connection.execute(statement, values).fetchall()
            yield from page
            if len(page) < length:
                return
            newest, request = page[-1]
            length = min(growth * length, MAX_PAGE)

    def _matching(self, request: int) -> list[tuple[int, bytes, int]]:
        """Start, trace id and position of each matching span."""
        with self._database.reader() as connection:
            columns = "spans, body" if self._fits else "spans"
            row = connection.execute(f"SELECT {columns} FROM request WHERE id = ?", (request,)).fetchone()  # noqa: S608
        if not row:  # evicted meanwhile
            return []
        return self._fitting(row[-1], self._of(row[0]))

    def _fitting(self, body: bytes, matching: list[tuple[int, bytes, int]]) -> list[tuple[int, bytes, int]]:
        """The spans that also meet `fits`."""
        if self._fits is None or not matching:
            return matching
        fitting = self._fits(body, [position for _, _, position in matching])
        return [span for span in matching if span[2] in fitting]

    def _of(self, packed: bytes) -> list[tuple[int, bytes, int]]:
        """Likewise, for a request's records, without checking `fits`."""
        (start_min, start_max), (duration_min, duration_max) = self._start, self._duration
        operations, error = self._operations, self._error
        return [
            (start, trace_id, position)
            for trace_id, _, _, start, duration, operation, has_error, position in unpack(packed)
            if operation in operations
            and start_min <= start <= start_max
            and duration_min <= duration <= duration_max
            and (error is None or error == bool(has_error))
        ]


def _limits(minimum: int | None, maximum: int | None) -> tuple[int, int]:
    """Both limits, clamped to SQLite's integers."""
    low = _MIN if minimum is None else max(_MIN, min(_MAX, minimum))
    high = _MAX if maximum is None else max(_MIN, min(_MAX, maximum))
    return low, high
