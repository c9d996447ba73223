"""A reading: the traces for one response. Traces that arrived together share requests; each request is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from backend.store.database import Database
from backend.store.directory import Directory
from backend.store.record import Record, identity, of_trace, position
from backend.store.span import StoredRequest

_POSITION_BITS = 32
REQUESTS_KEPT = 16
"""At most; traces that began at about the same time share a few requests."""


class Reading:
    """For one thread and one response."""

    def __init__(self, database: Database, directory: Directory, span_bytes: Callable[[bytes, int], bytes]) -> None:
        self._directory = directory
        self._span_bytes = span_bytes
        # Cache a function, not a method: a reference cycle would keep the requests in memory for a while.
        self._request = lru_cache(maxsize=REQUESTS_KEPT)(partial(_request, database))

    def trace(self, trace_id: bytes) -> list[StoredRequest]:
        """The requests with spans of the trace, in order of arrival; empty if it is unknown.

        Skips spans that were sent again, byte for byte, in another request.
        """
        return list(self.pieces(trace_id))

    def pieces(self, trace_id: bytes) -> Iterator[StoredRequest]:
        """The same, one by one; keeps nothing of earlier requests except the position of each span."""
        once = _Once(self._span)
        for request in self._directory.requests(trace_id):
            row = self._request(request)
            if row:  # else evicted meanwhile
                spans, body = row
                made = of_trace(spans, trace_id)
                positions = tuple(position(record) for record in made if once.is_new(record, request))
                if positions:
                    yield StoredRequest(body, positions)

    def _span(self, request: int, at: int) -> bytes:
        """The bytes of the span at a position in a request; empty if it was evicted meanwhile."""
        row = self._request(request)
        return self._span_bytes(row[1], at) if row else b""


def _request(database: Database, request: int) -> tuple[bytes, bytes] | None:
    """The request's records and body."""
    with database.reader() as connection:
        cursor = connection.execute("SELECT spans, body FROM request WHERE id = ?", (request,))
        row: tuple[bytes, bytes] | None = cursor.fetchone()
    return row


class _Once:
    """Detects spans that were sent again.

    Args:
        span_bytes: returns a span's bytes, given its request and its position there.
    """

    def __init__(self, span_bytes: Callable[[int, int], bytes]) -> None:
        self._span_bytes = span_bytes
        # Keyed by hash, with each span's location packed into one int: half a million spans take 70 MB.
        self._first: dict[int, int] = {}
        self._more: dict[int, list[int]] = {}

    def is_new(self, record: Record, request: int) -> bool:
        key, here = hash(identity(record)), request << _POSITION_BITS | position(record)
        first = self._first.setdefault(key, here)
        if first == here:
            return True
        alike = self._more.setdefault(key, [])
        if self._bytes(here) in map(self._bytes, [first, *alike]):
            return False
        alike.append(here)
        return True

    def _bytes(self, place: int) -> bytes:
        return self._span_bytes(place >> _POSITION_BITS, place & (1 << _POSITION_BITS) - 1)
