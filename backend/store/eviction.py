"""Eviction: whole traces go, the one that came first goes first, as in Jaeger's memory store.

Requests are the unit. When the oldest request goes, so do all traces that began in it, with their spans in later
requests; those requests keep the bytes but no record of them. Of a trace that still gets spans afterwards only these
are seen, in Jaeger too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from backend.store.database import PAGE_BYTES, Database, transaction
from backend.store.directory import Directory
from backend.store.labels import Labels
from backend.store.record import INSERT_BLOCK, Record, block_rows, bounds, labels_of, pack, unpack

# So that a step, which new requests wait for, takes a few ms.
SPANS_A_STEP = 4_096
REQUESTS_A_STEP = 256

# The newest one stays, however large it is.
OLDEST_REQUEST = "SELECT id, spans FROM request WHERE id < (SELECT max(id) FROM request) ORDER BY id LIMIT 1"
# By the whole key: there is no index on request alone, it would cost each insert a second tree.
DELETE_BLOCK = "DELETE FROM block WHERE service = ? AND newest = ? AND request = ?"
# Freed pages stay in the file and are used again, so they do not count.
USED_BYTES = """
    SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""


@dataclass(slots=True)
class _Step:
    """What a step takes out of what is kept in memory, once it is committed."""

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
    """Run by the writer between two commits.

    Args:
        max_spans: how many spans are kept; the newest request stays even if it has more.
        max_bytes: of the file that are in use, and of its log; likewise.
    """

    def __init__(
        self, database: Database, directory: Directory, labels: Labels, max_spans: int, max_bytes: int
    ) -> None:
        self._database = database
        self._directory = directory
        self._labels = labels
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        # Requests that still hold spans of evicted traces: an endless trace lies in any number of them. After a kill
        # those that are left here are seen again, as a trace's late spans.
        self._remains: dict[int, set[bytes]] = {}
        self._room = 0  # bytes that the file can surely grow by until there is too much

    def grow(self, added: int) -> None:
        """A request of so many bytes was added: with its pages less than twice that, and one that begins."""
        self._room -= 2 * added + PAGE_BYTES

    def step(self) -> bool:
        """Evict a little where there is too much; return whether there is more to do."""
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
        if self._room <= 0:  # to measure after each commit costs a one-span request a tenth of its time
            (used_bytes,) = self._database.writer.execute(USED_BYTES).fetchone()
            # Room for the log is set aside, however long it is: to evict makes it longer.
            self._room = self._max_bytes - self._database.log_limit - used_bytes
        return self._room < 0

    def _remove_oldest(self, step: _Step) -> bool:
        """Remove requests and the traces that began in them; whether there are more to remove."""
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
                if held[:1] == (request,):  # else it began in one that is gone, and came back in a later one
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
