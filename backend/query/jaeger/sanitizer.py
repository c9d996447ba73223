"""The sanitizer: repairs that Jaeger makes before it stores a span (`internal/jptrace/sanitizer`).

Our store keeps spans as received, so the repairs run when a trace is read. Searches and service calls apply them too: a
span that does not end after its start lasts 1 ns (query/search.py, store/calls.py).
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
    """Set the resource's service name to the displayed one."""
    name = shown_service_name(resource)
    value = find(resource.attributes, SERVICE_NAME)
    if value is None:
        value = resource.attributes.add(key=SERVICE_NAME).value
    value.string_value = name


def order_times(span: Span) -> None:
    """Make the span end 1 ns after its start if it does not end later."""
    start, end = signed(span.start_time_unix_nano), signed(span.end_time_unix_nano)
    if start < end:
        return
    span.end_time_unix_nano = (start + 1) % 2**64
    warn(
        span,
        "Negative duration detected, sanitizing end timestamp. "
        f"Original end timestamp: {text.moment(end)}, adjusted to: {text.moment(start + 1)}",
    )
