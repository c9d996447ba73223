"""Eviction: removes whole traces, oldest first, as Jaeger's memory store does.

It works by request. Removing the oldest request also removes all traces that began in it, including their spans in
later requests; those requests keep the bytes but no records of them. If an evicted trace gets more spans, only those
are visible, as in Jaeger.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from backend.store.database import PAGE_BYTES, Database, transaction
from backend.store.directory import Directory
from backend.store.labels import Labels
from backend.store.record import INSERT_BLOCK, Record, block_rows, bounds, labels_of, pack, unpack

# New requests wait for a step, so keep it to a few ms.
SPANS_A_STEP = 4_096
REQUESTS_A_STEP = 256

# Never evict the newest request, however large.
OLDEST_REQUEST = "SELECT id, spans FROM request WHERE id < (SELECT max(id) FROM request) ORDER BY id LIMIT 1"
# Delete by the full key: an index on request alone would add a second B-tree to each insert.
DELETE_BLOCK = "DELETE FROM block WHERE service = ? AND newest = ? AND request = ?"
# Freed pages stay in the file for reuse, so exclude them.
USED_BYTES = """
    SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""


@dataclass(slots=True)
class _Step:
    """What to remove from memory once the step is committed."""

    requests: int = 0
    last_request: int = 0
    spans: int = 0
    trace_ids: set[bytes] = field(default_factory=set)
    labels: Counter[int] = field(default_factory=Counter)
    remains: dict[int, set[bytes]] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        return self.requests >= REQUESTS_A_STEP or self.spans >= SPANS_A_STEP


class Eviction:
    """The writer runs its steps between two commits.

    Args:
        max_spans: spans to keep; the newest request stays even if it has more.
        max_bytes: likewise, for the used part of the file plus its log.
    """

    def __init__(
        self, database: Database, directory: Directory, labels: Labels, max_spans: int, max_bytes: int
    ) -> None:
        self._database = database
        self._directory = directory
        self._labels = labels
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        # Requests that still hold spans of evicted traces; an endless trace may span any number of them. If the
        # process is killed, spans still listed here reappear, as late spans of their trace.
        self._remains: dict[int, set[bytes]] = {}
        self._room = 0  # bytes that the file can safely grow by before it must be measured

    def grow(self, added: int) -> None:
        """Account for a new request: it takes less than twice its bytes, plus one page just begun."""
        self._room -= 2 * added + PAGE_BYTES

    def step(self) -> bool:
        """Evict a little if over the limit; return whether there is more to do."""
        if not self._remains and not self._too_much(self._directory.span_count):
            return False
        step = _Step(remains=self._remains.copy())
        with transaction(self._database.writer):
            more = self._remove_oldest(step)
            self._remove_remains(step)
            gone = self._labels.unused(step.labels)
            self._database.writer.executemany("DELETE FROM label WHERE id = ?", [(label,) for label in gone])
        self._remains = step.remains
        self._directory.remove(step.trace_ids, step.spans, step.last_request)
        self._labels.release(step.labels)
        self._labels.forget(gone)
        return more or bool(self._remains)

    def _too_much(self, spans: int) -> bool:
        if spans > self._max_spans:
            return True
        if self._room <= 0:  # measuring after each commit would cost a one-span request a tenth of its time
            (used_bytes,) = self._database.writer.execute(USED_BYTES).fetchone()
            # Reserve the log's maximum, whatever its size: eviction makes it grow.
            self._room = self._max_bytes - self._database.log_limit - used_bytes
        return self._room < 0

    def _remove_oldest(self, step: _Step) -> bool:
        """Remove requests and the traces that began in them; return whether there are more to remove."""
        while self._too_much(self._directory.span_count - step.spans):
            oldest = self._database.writer.execute(OLDEST_REQUEST).fetchone()
            if step.is_long or not oldest:
                return bool(oldest)
            request, spans = oldest
            made = list(unpack(spans))
            self._remove_request(request, made, step)
            step.last_request = request
            for trace_id in {record[0] for record in made}:
                held = self._directory.requests(trace_id)
                if held[:1] == (request,):  # else it began in an evicted request and got late spans
                    step.trace_ids.add(trace_id)
                    for other in held[1:]:
                        step.remains.setdefault(other, set()).add(trace_id)
        return False

    def _remove_remains(self, step: _Step) -> None:
        for request in sorted(step.remains):
            if step.is_long:
                return
            trace_ids = step.remains.pop(request)
            row = self._database.writer.execute("SELECT spans FROM request WHERE id = ?", (request,)).fetchone()
            if row:
                made = list(unpack(row[0]))
                self._keep_in_request(request, made, [record for record in made if record[0] not in trace_ids], step)

    def _keep_in_request(self, request: int, made: list[Record], kept: list[Record], step: _Step) -> None:
        self._remove_request(request, made, step, delete=not kept)
        if kept:
            found = bounds(kept, self._labels.service_of)
            self._database.writer.execute(
                "UPDATE request SET count = ?, spans = ? WHERE id = ?", (len(kept), pack(kept), request)
            )
            self._database.writer.executemany(INSERT_BLOCK, block_rows(request, found))
            step.labels.subtract(labels_of(found))
            step.spans -= len(kept)

    def _remove_request(self, request: int, made: list[Record], step: _Step, *, delete: bool = True) -> None:
        found = bounds(made, self._labels.service_of)
        self._database.writer.executemany(
            DELETE_BLOCK, [(service, own.newest, request) for service, own in found.items()]
        )
        if delete:
            self._database.writer.execute("DELETE FROM request WHERE id = ?", (request,))
        step.labels.update(labels_of(found))
        step.requests += 1
        step.spans += len(made)
