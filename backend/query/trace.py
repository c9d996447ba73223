"""Trace: the spans of one trace, decoded from the requests that brought them.

Jaeger's exporter cleans what it stores (`internal/jptrace/sanitizer`); here the store keeps what came in, so the same
is done when reading, unless the trace is read for an export, which has to give back what came in.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from backend.query import gotext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from backend.store.span import StoredRequest

SERVICE_NAME = "service.name"
WARNINGS = "@jaeger@warnings"
"""The attribute in which Jaeger keeps what it has to say about a span."""
LIBRARY_KEYS = frozenset(
    {
        "telemetry.sdk.language",
        "telemetry.sdk.name",
        "telemetry.sdk.version",
        "telemetry.distro.name",
        "telemetry.distro.version",
    }
)
"""Attributes that tell of the resource, also where a span has them."""


@dataclass(slots=True)
class ScopeSpans:
    scope: InstrumentationScope
    schema_url: str
    spans: list[Span]


@dataclass(slots=True)
class ResourceSpans:
    """Spans of one resource that came in one request."""

    resource: Resource
    schema_url: str
    scopes: list[ScopeSpans]


Trace = list[ResourceSpans]


class Reader:
    """Decodes stored requests; one per answer, because traces that came together share their requests."""

    def __init__(self, *, sanitize: bool = True) -> None:
        self._sanitize = sanitize
        self._decode = lru_cache(maxsize=16)(ExportTraceServiceRequest.FromString)

    def read(self, requests: Iterable[StoredRequest]) -> Trace:
        return [part for stored in requests for part in self._parts(stored.body, stored.positions)]

    def _parts(self, body: bytes, wanted: Sequence[int]) -> Iterator[ResourceSpans]:
        """The spans at these positions, ascending. The others are not touched: each would cost a Python object."""
        position = 0
        for group in self._decode(body).resource_spans:
            scopes = []
            for part in group.scope_spans:
                end = position + len(part.spans)
                here = wanted[bisect_left(wanted, position) : bisect_left(wanted, end)]
                spans = [part.spans[at - position] for at in here]
                position = end
                if spans:
                    scopes.append(ScopeSpans(part.scope, part.schema_url, spans))
            if scopes:
                resource = Resource()
                resource.CopyFrom(group.resource)  # adjusters write to it, and other traces share the request
                found = ResourceSpans(resource, group.schema_url, scopes)
                if self._sanitize:
                    sanitize(found)
                yield found


def spans(trace: Trace) -> Iterator[tuple[ResourceSpans, ScopeSpans, Span]]:
    for group in trace:
        for part in group.scopes:
            for span in part.spans:
                yield group, part, span


def service(resource: Resource) -> str:
    """The service's name; empty if there is none, as in Jaeger."""
    value = find(resource.attributes, SERVICE_NAME)
    return value.string_value if value is not None else ""


def find(attributes: Iterable[KeyValue], key: str) -> AnyValue | None:
    for attribute in attributes:
        if attribute.key == key:
            return attribute.value
    return None


def signed(time: int) -> int:
    """A time in ns as Go's `time.Time` takes it: with a sign, so that what is after the year 2262 is long ago."""
    return time - 2**64 if time >= 2**63 else time


def sanitize(group: ResourceSpans) -> None:
    _name_service(group.resource)
    for part in group.scopes:
        for span in part.spans:
            _order_times(span)


def _name_service(resource: Resource) -> None:
    value = find(resource.attributes, SERVICE_NAME)
    if value is None:
        resource.attributes.add(key=SERVICE_NAME).value.string_value = "missing-service-name"
    elif value.WhichOneof("value") != "string_value":
        value.string_value = "service-name-wrong-type"
    elif not value.string_value:
        value.string_value = "empty-service-name"


def _order_times(span: Span) -> None:
    start, end = signed(span.start_time_unix_nano), signed(span.end_time_unix_nano)
    if start < end:
        return
    span.end_time_unix_nano = (start + 1) % 2**64
    warn(
        span,
        "Negative duration detected, sanitizing end timestamp. "
        f"Original end timestamp: {gotext.moment(end)}, adjusted to: {gotext.moment(start + 1)}",
    )


def warn(span: Span, *warnings: str) -> None:
    kept = find(span.attributes, WARNINGS)
    if kept is None:
        kept = span.attributes.add(key=WARNINGS).value
    for warning in warnings:
        kept.array_value.values.add(string_value=warning)


def warnings(span: Span) -> list[str]:
    kept = find(span.attributes, WARNINGS)
    if kept is None:
        return []
    if kept.WhichOneof("value") == "array_value":
        return [value.string_value for value in kept.array_value.values]
    return [gotext.attribute(kept)]
