"""Reading traces: the spans of a trace, decoded from the requests that brought them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from backend.codec.otlp import Trace, select
from backend.query.jaeger.sanitizer import sanitize
from backend.store.span import StoredRequest


class TraceReader:
    """Decodes stored requests; one per answer, because traces that came together share their requests.

    Args:
        sanitize: mend what Jaeger mends; not for an export, which has to give back what came in.
    """

    def __init__(self, *, sanitize: bool = True) -> None:
        self._sanitize = sanitize
        self._decode = lru_cache(maxsize=16)(ExportTraceServiceRequest.FromString)

    def read(self, requests: Iterable[StoredRequest]) -> Trace:
        trace = [group for stored in requests for group in select(self._decode(stored.body), stored.positions)]
        for group in trace:
            shared, group.resource = group.resource, Resource()
            group.resource.CopyFrom(shared)  # adjusters write to it, and other traces share the request
            if self._sanitize:
                sanitize(group)
        return trace
