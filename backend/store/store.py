"""The store: what the receiver writes to and the query API reads from. Safe to use from any number of threads."""

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

# A page of the requests in order of arrival; without their bodies.
REQUESTS_AFTER = "SELECT id, digest, count, spans FROM request WHERE id > ? ORDER BY id LIMIT 256"
DEFAULT_MAX_SPANS = 1_000_000
DEFAULT_MAX_BYTES = 1 << 30


class Store:
    """A file of traces, made if it is missing.

    Args:
        path: the file; it is this store's alone until `close`.
        max_spans: beyond it the oldest traces go (eviction.py).
        max_bytes: likewise, of the file.
        span_bytes: gives the bytes of the span at a position of a request's body, to tell a span that was sent twice
            from two whose rows are equal; without it such are taken for one.

    Raises:
        StoreError: the file cannot be used; it is left as it is.
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
        """Store a request and return when it is committed; the same body again stores nothing.

        Args:
            body: the ExportTraceServiceRequest, read back as it is.
            spans: its spans.

        Raises:
            StoreFull: the disk is full; nothing of the request is stored.
            StoreError: it could not be stored otherwise.
        """
        self.submit(body, spans).result()

    def submit(self, body: bytes, spans: Sequence[SpanRow]) -> Future[None]:
        """The same for those who do not wait here: ends, or fails, when `append` would.

        Raises:
            StoreError: the store is closed.
        """
        if spans:
            return self._writer.submit(body, spans)
        nothing: Future[None] = Future()
        nothing.set_result(None)
        return nothing

    def clear(self) -> None:
        """Remove all that is stored, and give its space back to the disk.

        A request under way at the same time is stored whole or gone whole.

        Raises:
            StoreError: it could not be removed; nothing is.
        """
        self._writer.clear()

    def trace(self, trace_id: bytes) -> list[StoredRequest]:
        """The requests that hold the trace, in order of arrival; none if it is unknown.

        A span that was sent again in another request, byte for byte, is left out.
        """
        return self.reading().trace(trace_id)

    def pieces(self, trace_id: bytes) -> Iterator[StoredRequest]:
        """Likewise, one by one, for a trace that may be large."""
        return self.reading().pieces(trace_id)

    def reading(self) -> Reading:
        """For an answer of several traces, of which some may have come in the same request."""
        return Reading(self._database, self._directory, self._span_bytes)

    def search(self, search: Search, fits: Fits | None = None) -> Iterator[bytes]:
        """The ids of the traces that match, lazily, by their newest matching span, newest first.

        Args:
            search: what is asked for.
            fits: what else a span has to fit: gets a request's body and the positions of those that match, ascending,
                and returns which of these do.
        """
        return Finder(self._database, self._directory, self._labels, search, fits).trace_ids()

    def ranking(self, search: Search, fits: Fits | None, order: str, most: int) -> Ranking:
        """The traces that match in another order, see ranking.py; goes through all spans."""
        finder = Finder(self._database, self._directory, self._labels, search, fits)
        return Ranking(self._database, self._directory, finder, order, most)

    def newest(self, search: Search) -> Iterator[StoredRequest]:
        """The requests with spans that match, lazily, newest first, and where in them these are."""
        return Finder(self._database, self._directory, self._labels, search).requests()

    def services(self) -> list[str]:
        """Their names, sorted."""
        return self._labels.services()

    def services_between(self, start_min: int, start_max: int) -> list[str]:
        """Those with spans that start within the limits, ns since the epoch; as exactly as requests have bounds."""
        with self._database.reader() as connection:
            found = connection.execute(
                "SELECT DISTINCT service FROM block WHERE newest >= ? AND oldest <= ?", (start_min, start_max)
            ).fetchall()
        return sorted(filter(None, (self._labels.name_of_service(label) for (label,) in found)))

    def operations(self, service: str, kind: int | None = None) -> list[tuple[str, int]]:
        """Name and kind of a service's operations, sorted."""
        return sorted(
            (name, own_kind)
            for (own_service, name, own_kind), _ in self._labels.operations()
            if own_service == service and kind in {None, own_kind}
        )

    def calls(self, start_min: int, start_max: int) -> list[Calls]:
        """The calls whose called span starts within the limits, ns since the epoch, by the services of both, sorted.

        Reads all records: about a second for a million spans.
        """
        return gather(self._requests(), self._directory, self._labels, start_min, start_max)

    def metrics(self, asked: Asked) -> Metrics:
        """Rate, errors and durations of services or operations, in all and over time; see metrics.py."""
        return measure(self._database, self._labels, asked)

    def span_count(self) -> int:
        return self._directory.span_count

    def version(self) -> int:
        """Grows with each change: whether anything is new."""
        return self._first_version + self._writer.news.changes

    def trace_version(self, trace_id: bytes) -> str:
        """Another one whenever something came to the trace, or it went."""
        requests = self._directory.requests(trace_id)
        return f"{len(requests)}.{requests[-1] if requests else 0}"

    def wait(self, version: int, seconds: float) -> int:
        """Return the version as soon as it is another one than this, at the latest after that time.

        Raises:
            StoreError: the store is closed, or will be soon.
        """
        return self._first_version + self._writer.news.wait(version - self._first_version, seconds)

    def end_waits(self) -> None:
        """Let all who wait go, as well as those who come yet: the store will be closed."""
        self._writer.news.end()

    def close(self) -> None:
        """Finish what was begun, and close the file."""
        self._writer.close()
        self._database.close()

    def _load(self) -> tuple[Directory, int]:
        """The directory, and the id of the next request."""
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
