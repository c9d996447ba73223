"""The sanitizer: what Jaeger mends of a span before it stores it (`internal/jptrace/sanitizer`).

Here the store keeps what came in, so the same is done when a trace is read. Searches and the calls of services know
that too: a span that does not end after its start lasts 1 ns (query/search.py, store/calls.py).
"""

from __future__ import annotations

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec import text
from backend.codec.attributes import SERVICE_NAME, find, shown_service_name, signed, warn
from backend.codec.otlp import ResourceSpans


def sanitize(group: ResourceSpans) -> None:
    set_shown_name(group.resource)
    for part in group.scopes:
        for span in part.spans:
            order_times(span)


def set_shown_name(resource: Resource) -> None:
    """Let the resource have the name that it is shown with."""
    name = shown_service_name(resource)
    value = find(resource.attributes, SERVICE_NAME)
    if value is None:
        value = resource.attributes.add(key=SERVICE_NAME).value
    value.string_value = name


def order_times(span: Span) -> None:
    """Let the span end after its start, by 1 ns."""
    start, end = signed(span.start_time_unix_nano), signed(span.end_time_unix_nano)
    if start < end:
        return
    span.end_time_unix_nano = (start + 1) % 2**64
    warn(
        span,
        "Negative duration detected, sanitizing end timestamp. "
        f"Original end timestamp: {text.moment(end)}, adjusted to: {text.moment(start + 1)}",
    )
