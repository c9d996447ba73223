"""The directory: maps each trace to its requests, in memory; built from the file when it is opened.

About 110 bytes per trace. On disk it would be an index on random keys, the one slow part of writing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import repeat

# Retries come within seconds; a repeated body is detected up to this many requests back.
RECENT_REQUESTS = 65_536


class Directory:
    """Only the writer's thread writes; other threads read."""

    def __init__(self) -> None:
        self.span_count = 0
        self._traces: dict[bytes, Sequence[int]] = {}
        self._recent: OrderedDict[bytes, int] = OrderedDict()
        self._evicted = 0  # requests up to this id are gone

    def __contains__(self, trace_id: bytes) -> bool:
        return trace_id in self._traces

    def requests(self, trace_id: bytes) -> tuple[int, ...]:
        """The requests with spans of the trace, ascending; empty if it is unknown."""
        return tuple(self._traces.get(trace_id, ()))

    def first(self, trace_id: bytes) -> int | None:
        """The first request with spans of the trace; None if it is unknown."""
        held = self._traces.get(trace_id)
        return held[0] if held else None

    def holds(self, digest: bytes) -> bool:
        """Whether a request with this digest was stored recently and still exists."""
        return self._recent.get(digest, 0) > self._evicted

    def add(self, request: int, digest: bytes, trace_ids: Iterable[bytes], spans: int) -> None:
        """Add a stored request."""
        only = (request,)  # shared by its traces: most lie in a single request
        traces = self._traces
        for trace_id, known in zip(trace_ids, repeat(only)):
            held = traces.setdefault(trace_id, known)
            if held is only:
                continue
            if isinstance(held, list):
                held.append(request)
            else:
                traces[trace_id] = [*held, request]
        self.span_count += spans
        self._recent[digest] = request
        self._recent.move_to_end(digest)
        if len(self._recent) > RECENT_REQUESTS:
            self._recent.popitem(last=False)

    def clear(self) -> None:
        self.span_count = 0
        self._traces.clear()
        self._recent.clear()

    def remove(self, trace_ids: Iterable[bytes], spans: int, last_request: int) -> None:
        """Remove evicted traces, their span count, and all requests up to `last_request`."""
        self._evicted = max(self._evicted, last_request)
        for trace_id in trace_ids:
            del self._traces[trace_id]
        self.span_count -= spans
