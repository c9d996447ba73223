"""Reading traces: decodes a trace's spans from its stored requests.

A large trace is processed in parts, each dropped after use, so that its response needs no extra memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from backend.codec.otlp import Trace, select
from backend.query.jaeger.sanitizer import sanitize
from backend.store.span import StoredRequest

LARGE_SPANS = 20_000
LARGE_BYTES = 64 << 20
"""Total size of its requests. A trace beyond either limit is large."""
PART_SPANS = 500
"""About 5 ms of work each, which holds the GIL."""


class TraceReader:
    """Decodes stored requests; use one per response, because traces that arrived together share requests.

    Args:
        sanitize: apply Jaeger's repairs; off for an export, which returns spans as received.
    """

    def __init__(self, *, sanitize: bool = True) -> None:
        self._sanitize = sanitize
        self._decode = lru_cache(maxsize=16)(ExportTraceServiceRequest.FromString)

    def read(self, requests: Iterable[StoredRequest]) -> Trace:
        return [group for stored in requests for group in self._part(self._decode(stored.body), stored.positions)]

    def parts(self, requests: Iterable[StoredRequest]) -> Iterator[Trace]:
        """The trace in parts of at most 500 spans, without keeping them."""
        for stored in requests:
            request = ExportTraceServiceRequest.FromString(stored.body)
            for begin in range(0, len(stored.positions), PART_SPANS):
                yield self._part(request, stored.positions[begin : begin + PART_SPANS])

    def whole_or_parts(self, requests: Iterable[StoredRequest]) -> Trace | Iterator[Trace]:
        """The whole trace, or an iterator over the parts of a large one."""
        waiting, kept, spans, size = iter(requests), [], 0, 0
        for stored in waiting:
            kept.append(stored)
            spans += len(stored.positions)
            size += len(stored.body)
            if spans > LARGE_SPANS or size > LARGE_BYTES:
                return self.parts(chain(kept, waiting))
        return self.read(kept)

    def _part(self, request: ExportTraceServiceRequest, positions: Sequence[int]) -> Trace:
        trace = list(select(request, positions))
        for group in trace:
            shared, group.resource = group.resource, Resource()
            group.resource.CopyFrom(shared)  # adjusters modify it, and other traces share the request
            if self._sanitize:
                sanitize(group)
        return trace
