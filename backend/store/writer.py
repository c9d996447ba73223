"""The writer: one thread that commits all waiting requests in one transaction.

Requests that arrive during a commit share the next one, so many small requests cost few commits (group commit).
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from backend.store.database import Database, shrink, transaction
from backend.store.directory import Directory
from backend.store.errors import StoreError, StoreFull, store_error
from backend.store.eviction import Eviction
from backend.store.labels import Labels
from backend.store.news import News
from backend.store.record import INSERT_BLOCK, block_rows, bounds, labels_of, pack, records
from backend.store.span import SpanRow

INSERT_REQUEST = "INSERT INTO request (id, digest, count, spans, body) VALUES (?, ?, ?, ?, ?)"
ROWS_A_STATEMENT = 64
BYTES_A_STATEMENT = 1 << 20  # bytes of bodies, which SQLite copies
INSERT_LABEL = "INSERT INTO label (id, service, operation, kind) VALUES (?, ?, ?, ?)"
# Without WHERE, SQLite clears a table page by page instead of row by row: 0.08 s for 500 MB.
CLEAR = "DELETE FROM request", "DELETE FROM block", "DELETE FROM label"

logger = logging.getLogger(__name__)
Job = TypeVar("Job")
Row = tuple[int | bytes, ...]


@dataclass(eq=False, slots=True)
class Waiting:
    """A request whose sender is waiting for the commit."""

    body: bytes
    spans: Sequence[SpanRow]
    digest: bytes
    stored: Future[None] = field(default_factory=Future)


@dataclass(eq=False, slots=True)
class Addition:
    """What the commit adds to the file and to memory."""

    row: Row
    blocks: list[Row]
    request: int
    digest: bytes
    trace_ids: dict[bytes, None]
    labels: list[int]
    spans: int

    @property
    def bytes(self) -> int:
        return sum(map(_bytes_of, (self.row, *self.blocks)))


class Writer:
    """The only thread that writes.

    Args:
        database: this thread has exclusive use of its write connection until `close` returns.
        next_request: the id for the next request.
    """

    def __init__(
        self,
        database: Database,
        directory: Directory,
        labels: Labels,
        eviction: Eviction,
        next_request: int,
    ) -> None:
        self.news = News()
        self._database = database
        self._directory = directory
        self._labels = labels
        self._eviction = eviction
        self._next_request = next_request
        self._waiting: list[Waiting] = []
        self._clearing: list[Future[None]] = []
        self._closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, body: bytes, spans: Sequence[SpanRow]) -> Future[None]:
        """Queue a request; the future completes when it is committed, or fails with the reason."""
        waiting = Waiting(body, spans, hashlib.sha256(body).digest()[:16])
        self._add(self._waiting, waiting)
        return waiting.stored

    def clear(self) -> None:
        """Delete everything; raises if that fails."""
        cleared: Future[None] = Future()
        self._add(self._clearing, cleared)
        cleared.result()

    def close(self) -> None:
        """Commit the waiting requests and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self.news.end()

    def _add(self, jobs: list[Job], job: Job) -> None:
        with self._wake:
            if self._closing:
                raise StoreError("the store is closed")
            jobs.append(job)
            self._wake.notify()

    def _run(self) -> None:
        more_to_evict = self._evict()
        while True:
            with self._wake:
                while not (self._waiting or self._clearing or self._closing or more_to_evict):
                    self._wake.wait()
                waiting, clearing = self._waiting.copy(), self._clearing.copy()
                self._waiting.clear()
                self._clearing.clear()
                if self._closing and not (waiting or clearing):
                    return
            if clearing:  # first, so that no waiting request is lost
                self._clear(clearing)
            if waiting:
                self._store(waiting)
            more_to_evict = self._evict()

    def _store(self, waiting: list[Waiting]) -> None:
        try:
            self._database.reopen()
            self._database.shorten_log()
            with transaction(self._database.writer):
                additions = self._insert(waiting)
                self._database.check_place()
        except Exception as problem:  # noqa: BLE001 - every sender gets the error
            self._labels.forget([row[0] for row in self._labels.unsaved])
            self._labels.saved()
            self._tell([one.stored for one in waiting], problem)
            return
        self._labels.saved()
        for addition in additions:
            self._labels.use(addition.labels)
            self._directory.add(addition.request, addition.digest, addition.trace_ids, addition.spans)
            self._eviction.grow(addition.bytes)
        if additions:
            self.news.announce()
        for one in waiting:
            one.stored.set_result(None)

    def _clear(self, clearing: list[Future[None]]) -> None:
        try:
            self._database.check_place()
            self._database.reopen()
            self._remove_all()
        except Exception as problem:  # noqa: BLE001 - the caller gets the error
            self._tell(clearing, problem)
            return
        self._labels.clear()
        self._directory.clear()
        self.news.announce()
        try:
            shrink(self._database.writer)
        except sqlite3.Error as problem:  # then later requests reuse the space
            logger.warning("the file cannot be made smaller: %s", problem)
        for one in clearing:
            one.set_result(None)

    def _remove_all(self) -> None:
        try:
            with transaction(self._database.writer):
                for statement in CLEAR:
                    self._database.writer.execute(statement)
        except sqlite3.Error as problem:
            if not isinstance(store_error(problem), StoreFull):
                raise
            self._database.renew()

    def _insert(self, waiting: list[Waiting]) -> list[Addition]:
        additions: dict[bytes, Addition] = {}
        for one in waiting:
            if one.digest in additions or self._directory.holds(one.digest):
                continue  # a retry, already stored
            additions[one.digest] = self._addition(one)
        added = list(additions.values())
        self._insert_rows(INSERT_REQUEST, [one.row for one in added])
        self._insert_rows(INSERT_BLOCK, [row for one in added for row in one.blocks])
        self._database.writer.executemany(INSERT_LABEL, self._labels.unsaved)
        return added

    def _insert_rows(self, insert: str, rows: list[Row]) -> None:
        """Insert many rows per statement: after each, it waits for the GIL, up to 5 ms while other threads decode."""
        head, of_one_row = insert.split(" VALUES ")
        while rows:
            size = count = 0
            while count < min(len(rows), ROWS_A_STATEMENT) and size < BYTES_A_STATEMENT:
                size += _bytes_of(rows[count])
                count += 1
            some, rows = rows[:count], rows[count:]
            statement = f"{head} VALUES {', '.join([of_one_row] * count)}"
            self._database.writer.execute(statement, [value for row in some for value in row])

    def _addition(self, one: Waiting) -> Addition:
        request, self._next_request = self._next_request, self._next_request + 1
        made = records(one.spans, self._labels.operation)
        found = bounds(made, self._labels.service_of)
        row = (request, one.digest, len(made), pack(made), one.body)
        trace_ids = dict.fromkeys([record[0] for record in made])
        return Addition(row, block_rows(request, found), request, one.digest, trace_ids, labels_of(found), len(made))

    def _tell(self, jobs: Iterable[Future[None]], problem: Exception) -> None:
        if isinstance(problem, sqlite3.Error):
            problem = store_error(problem)
        elif not isinstance(problem, StoreError):
            logger.error("storing failed", exc_info=problem)
            problem = StoreError(f"storing failed: {problem}")
        for one in jobs:
            one.set_exception(problem)

    def _evict(self) -> bool:
        """Run one step; return whether there is more to do."""
        spans = self._directory.span_count
        try:
            more = self._eviction.step()
        except sqlite3.Error as problem:  # e.g. a full disk; the next commit tries again
            logger.warning("old traces cannot be removed: %s", problem)
            return False
        if self._directory.span_count != spans:
            self.news.announce()
        return more


def _bytes_of(row: Row) -> int:
    return sum(len(value) for value in row if isinstance(value, bytes))
