"""A reading: traces read for one answer. Those that came together share their requests, and each is read once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from backend.store.database import Database
from backend.store.directory import Directory
from backend.store.record import Record, identity, of_trace, position
from backend.store.span import StoredRequest

REQUESTS_KEPT = 16
"""At most; traces that began at about the same time lie in a few."""


class Reading:
    """Used by one thread, and dropped when the answer is there."""

    def __init__(self, database: Database, directory: Directory, span_bytes: Callable[[bytes, int], bytes]) -> None:
        self._directory = directory
        self._span_bytes = span_bytes
        # Of a function and no method: an object that refers to itself would keep the requests for a while.
        self._request = lru_cache(maxsize=REQUESTS_KEPT)(partial(_request, database))

    def trace(self, trace_id: bytes) -> list[StoredRequest]:
        """The requests that hold the trace, in order of arrival; none if it is unknown.

        A span that was sent again in another request, byte for byte, is left out.
        """
        found = []
        once = _Once(self._span_bytes)
        for request in self._directory.requests(trace_id):
            row = self._request(request)
            if row:  # else evicted meanwhile
                spans, body = row
                made = of_trace(spans, trace_id)
                positions = tuple(position(record) for record in made if once.is_new(record, body))
                if positions:
                    found.append(StoredRequest(body, positions))
        return found


def _request(database: Database, request: int) -> tuple[bytes, bytes] | None:
    """Its records and its body."""
    with database.reader() as connection:
        cursor = connection.execute("SELECT spans, body FROM request WHERE id = ?", (request,))
        row: tuple[bytes, bytes] | None = cursor.fetchone()
    return row


class _Once:
    """Tells spans that were sent again."""

    def __init__(self, span_bytes: Callable[[bytes, int], bytes]) -> None:
        self._span_bytes = span_bytes
        self._seen: dict[tuple[object, ...], list[tuple[bytes, int]]] = {}

    def is_new(self, record: Record, body: bytes) -> bool:
        alike = self._seen.setdefault(identity(record), [])
        here = body, position(record)
        if alike and self._span_bytes(*here) in [self._span_bytes(*other) for other in alike]:
            return False
        alike.append(here)
        return True
