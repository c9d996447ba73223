"""The sanitizer: what Jaeger mends of a span before it stores it (`internal/jptrace/sanitizer`), and its warnings.

Here the store keeps what came in, so the same is done when a trace is read.
"""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec import text

SERVICE_NAME = "service.name"
WARNINGS = "@jaeger@warnings"
"""The attribute in which Jaeger keeps what it has to say about a span."""


def service_name(resource: Resource) -> str:
    """The resource's service name, or what Jaeger shows in its place."""
    value = find(resource.attributes, SERVICE_NAME)
    if value is None:
        return "missing-service-name"
    if value.WhichOneof("value") != "string_value":
        return "service-name-wrong-type"
    return value.string_value or "empty-service-name"


def named_service(resource: Resource) -> str:
    """The service's name as it stands; empty if there is none."""
    value = find(resource.attributes, SERVICE_NAME)
    return value.string_value if value is not None else ""


def name_service(resource: Resource) -> None:
    """Let the resource have the name that it is shown with."""
    name = service_name(resource)
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
    return [text.value_text(kept)]


def find(attributes: Iterable[KeyValue], key: str) -> AnyValue | None:
    for attribute in attributes:
        if attribute.key == key:
            return attribute.value
    return None


def signed(time: int) -> int:
    """A time in ns as Go's `time.Time` takes it: with a sign, so that what is after the year 2262 is long ago."""
    return time - 2**64 if time >= 2**63 else time
