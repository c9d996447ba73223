"""The writer: one thread, and one transaction for all the requests that wait.

While a commit is under way the next requests gather, so many small requests cost few commits (group commit).
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.store.database import transaction
from backend.store.errors import StoreError, store_error
from backend.store.record import block_rows, bounds, labels_of, pack, records
from backend.store.statements import INSERT_BLOCK, INSERT_LABEL, INSERT_REQUEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.store.directory import Directory
    from backend.store.eviction import Eviction
    from backend.store.labels import Labels
    from backend.store.span import SpanRow

logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Waiting:
    """A request whose sender waits for the commit."""

    body: bytes
    spans: Sequence[SpanRow]
    digest: bytes
    stored: Future[None] = field(default_factory=Future)


@dataclass(eq=False, slots=True)
class Addition:
    """What the commit adds to what is kept in memory."""

    request: int
    digest: bytes
    trace_ids: dict[bytes, None]
    labels: list[int]
    spans: int


class Writer:
    """The one thread that writes.

    Args:
        connection: to the file; used by this thread alone until `close` returns.
        next_request: the id of the first request to come.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        directory: Directory,
        labels: Labels,
        eviction: Eviction,
        next_request: int,
    ) -> None:
        self.commits = 0
        self._connection = connection
        self._directory = directory
        self._labels = labels
        self._eviction = eviction
        self._next_request = next_request
        self._waiting: list[Waiting] = []
        self._closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def append(self, body: bytes, spans: Sequence[SpanRow]) -> None:
        """Return when the request is committed, or raise why it is not."""
        waiting = Waiting(body, spans, hashlib.sha256(body).digest()[:16])
        with self._wake:
            if self._closing:
                raise StoreError("the store is closed")
            self._waiting.append(waiting)
            self._wake.notify()
        waiting.stored.result()

    def close(self) -> None:
        """Commit what waits, and end."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        more_to_evict = self._evict()
        while True:
            with self._wake:
                while not (self._waiting or self._closing or more_to_evict):
                    self._wake.wait()
                waiting, self._waiting = self._waiting, []
                if self._closing and not waiting:
                    return
            if waiting:
                self._store(waiting)
            more_to_evict = self._evict()

    def _store(self, waiting: list[Waiting]) -> None:
        try:
            with transaction(self._connection):
                additions = self._insert(waiting)
        except Exception as problem:  # noqa: BLE001 - each sender is told, whatever it is
            self._labels.forget([row[0] for row in self._labels.unsaved])
            self._labels.saved()
            self._tell(waiting, problem)
            return
        self._labels.saved()
        for addition in additions:
            self._labels.use(addition.labels)
            self._directory.add(addition.request, addition.digest, addition.trace_ids, addition.spans)
        self.commits += 1
        for one in waiting:
            one.stored.set_result(None)

    def _insert(self, waiting: list[Waiting]) -> list[Addition]:
        additions: dict[bytes, Addition] = {}
        for one in waiting:
            if one.digest in additions or self._directory.holds(one.digest):
                continue  # a retry of what is stored already
            additions[one.digest] = self._insert_request(one)
        self._connection.executemany(INSERT_LABEL, self._labels.unsaved)
        return list(additions.values())

    def _insert_request(self, one: Waiting) -> Addition:
        request, self._next_request = self._next_request, self._next_request + 1
        made = records(one.spans, self._labels.operation)
        found = bounds(made, self._labels.service_of)
        self._connection.execute(INSERT_REQUEST, (request, one.digest, len(made), pack(made), one.body))
        self._connection.executemany(INSERT_BLOCK, block_rows(request, found))
        return Addition(request, one.digest, dict.fromkeys([record[0] for record in made]), labels_of(found), len(made))

    def _tell(self, waiting: list[Waiting], problem: Exception) -> None:
        if isinstance(problem, sqlite3.Error):
            problem = store_error(problem)
        else:
            logger.error("storing failed", exc_info=problem)
            problem = StoreError(f"storing failed: {problem}")
        for one in waiting:
            one.stored.set_exception(problem)

    def _evict(self) -> bool:
        """One step; whether there is more to do."""
        try:
            return self._eviction.step()
        except sqlite3.Error as problem:  # as on a full disk; the next commit tries again
            logger.warning("old traces cannot be removed: %s", problem)
            return False
