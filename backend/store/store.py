"""The store: the receiver writes to it and the query API reads from it. Thread-safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from backend.store.calls import Calls, gather
from backend.store.database import Database
from backend.store.directory import Directory
from backend.store.errors import StoreError
from backend.store.eviction import Eviction
from backend.store.labels import Labels
from backend.store.metrics import Asked, Metrics, measure
from backend.store.ranking import Ranking
from backend.store.reading import Reading
from backend.store.record import unpack
from backend.store.search import Finder, Fits
from backend.store.span import Search, SpanRow, StoredRequest
from backend.store.writer import Writer

# One page of requests in order of arrival, without their bodies.
REQUESTS_AFTER = "SELECT id, digest, count, spans FROM request WHERE id > ? ORDER BY id LIMIT 256"
DEFAULT_MAX_SPANS = 1_000_000
DEFAULT_MAX_BYTES = 1 << 30


class Store:
    """A file of traces, created if missing.

    Args:
        path: the file; locked by this store until `close`.
        max_spans: beyond it, the oldest traces are evicted (eviction.py).
        max_bytes: likewise, for the file size.
        span_bytes: returns the bytes of the span at a position in a request's body, to distinguish a span sent twice
            from two with equal rows; without it, such spans count as one.

    Raises:
        StoreError: the file is unusable; it is left unchanged.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_spans: int = DEFAULT_MAX_SPANS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        span_bytes: Callable[[bytes, int], bytes] = lambda _, __: b"",
    ) -> None:
        self._database = Database(path, max_bytes)
        try:
            self._labels = Labels(self._database.writer.execute("SELECT id, service, operation, kind FROM label"))
            self._directory, next_request = self._load()
        except sqlite3.Error as problem:
            self._database.close()
            raise StoreError(f"{path}: {problem}") from problem
        self._span_bytes = span_bytes
        eviction = Eviction(self._database, self._directory, self._labels, max_spans, max_bytes)
        self._writer = Writer(self._database, self._directory, self._labels, eviction, next_request)
        self._first_version = next_request

    def append(self, body: bytes, spans: Sequence[SpanRow]) -> None:
        """Store a request and return once it is committed; storing the same body again is a no-op.

        Args:
            body: the ExportTraceServiceRequest; reads return it unchanged.
            spans: its spans.

        Raises:
            StoreFull: the disk is full; nothing of the request was stored.
            StoreError: storing failed for another reason.
        """
        self.submit(body, spans).result()

    def submit(self, body: bytes, spans: Sequence[SpanRow]) -> Future[None]:
        """Like `append`, but without blocking: the future completes or fails when `append` would.

        Raises:
            StoreError: the store is closed.
        """
        if spans:
            return self._writer.submit(body, spans)
        nothing: Future[None] = Future()
        nothing.set_result(None)
        return nothing

    def clear(self) -> None:
        """Delete everything and return the space to the disk.

        A concurrent request is either stored or deleted as a whole.

        Raises:
            StoreError: deleting failed; nothing was deleted.
        """
        self._writer.clear()

    def trace(self, trace_id: bytes) -> list[StoredRequest]:
        """The requests with spans of the trace, in order of arrival; empty if it is unknown.

        Skips spans that were sent again, byte for byte, in another request.
        """
        return self.reading().trace(trace_id)

    def pieces(self, trace_id: bytes) -> Iterator[StoredRequest]:
        """Likewise, one by one, for traces that may be large."""
        return self.reading().pieces(trace_id)

    def reading(self) -> Reading:
        """For a response with several traces, some of which may share requests."""
        return Reading(self._database, self._directory, self._span_bytes)

    def search(self, search: Search, fits: Fits | None = None) -> Iterator[bytes]:
        """The ids of matching traces, lazily, ordered by newest matching span, newest first.

        Args:
            search: the criteria.
            fits: further criteria: takes a request's body and the positions of matching spans, ascending, and returns
                the positions that fit.
        """
        return Finder(self._database, self._directory, self._labels, search, fits).trace_ids()

    def ranking(self, search: Search, fits: Fits | None, order: str, most: int) -> Ranking:
        """The matching traces in another order, see ranking.py; scans all spans."""
        finder = Finder(self._database, self._directory, self._labels, search, fits)
        return Ranking(self._database, self._directory, finder, order, most)

    def newest(self, search: Search) -> Iterator[StoredRequest]:
        """The requests with matching spans, lazily, newest first, with the positions of these spans."""
        return Finder(self._database, self._directory, self._labels, search).requests()

    def services(self) -> list[str]:
        """Service names, sorted."""
        return self._labels.services()

    def services_between(self, start_min: int, start_max: int) -> list[str]:
        """Services with spans that start within the limits, ns since the epoch; only as exact as the request bounds."""
        with self._database.reader() as connection:
            found = connection.execute(
                "SELECT DISTINCT service FROM block WHERE newest >= ? AND oldest <= ?", (start_min, start_max)
            ).fetchall()
        return sorted(filter(None, (self._labels.name_of_service(label) for (label,) in found)))

    def operations(self, service: str, kind: int | None = None) -> list[tuple[str, int]]:
        """Names and kinds of a service's operations, sorted."""
        return sorted(
            (name, own_kind)
            for (own_service, name, own_kind), _ in self._labels.operations()
            if own_service == service and kind in {None, own_kind}
        )

    def calls(self, start_min: int, start_max: int) -> list[Calls]:
        """The calls whose called span starts within the limits, ns since the epoch, grouped by service pair, sorted.

        Reads all records: about a second for a million spans.
        """
        return gather(self._requests(), self._directory, self._labels, start_min, start_max)

    def metrics(self, asked: Asked) -> Metrics:
        """Rate, errors and durations of services or operations, in total and over time; see metrics.py."""
        return measure(self._database, self._labels, asked)

    def span_count(self) -> int:
        return self._directory.span_count

    def version(self) -> int:
        """Grows with each change to the store."""
        return self._first_version + self._writer.news.changes

    def trace_version(self, trace_id: bytes) -> str:
        """Changes whenever the trace gets spans or is removed."""
        requests = self._directory.requests(trace_id)
        return f"{len(requests)}.{requests[-1] if requests else 0}"

    def wait(self, version: int, seconds: float) -> int:
        """Return the version once it differs from `version`, or after that many seconds.

        Raises:
            StoreError: the store is closed or closing.
        """
        return self._first_version + self._writer.news.wait(version - self._first_version, seconds)

    def end_waits(self) -> None:
        """End all current and future calls of `wait`, before closing the store."""
        self._writer.news.end()

    def close(self) -> None:
        """Finish pending writes and close the file."""
        self._writer.close()
        self._database.close()

    def _load(self) -> tuple[Directory, int]:
        """Load the directory; return it and the id of the next request."""
        directory, last = Directory(), 0
        connection = self._database.writer
        while page := connection.execute(REQUESTS_AFTER, (last,)).fetchall():
            for request, digest, count, spans in page:
                made = list(unpack(spans))
                directory.add(request, digest, dict.fromkeys([record[0] for record in made]), count)
                operations = {record[5] for record in made}
                self._labels.use(operations)
                self._labels.use({self._labels.service_of(operation) for operation in operations})
            last = page[-1][0]
        return directory, last + 1

    def _requests(self) -> Iterator[tuple[int, bytes]]:
        last = 0
        while True:
            with self._database.reader() as connection:
                page = connection.execute(REQUESTS_AFTER, (last,)).fetchall()
            if not page:
                return
            yield from ((request, spans) for request, _, _, spans in page)
            last = page[-1][0]
