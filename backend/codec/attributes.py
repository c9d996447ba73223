"""Attributes with a meaning for Jaeger, i.e. service name and span warnings; and signed times."""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec import text

SERVICE_NAME = "service.name"
WARNINGS = "@jaeger@warnings"
"""The attribute in which Jaeger stores its warnings about a span."""


def shown_service_name(resource: Resource) -> str:
    """The resource's service name, or the one that Jaeger displays instead."""
    value = find(resource.attributes, SERVICE_NAME)
    if value is None:
        return "missing-service-name"
    if value.WhichOneof("value") != "string_value":
        return "service-name-wrong-type"
    return value.string_value or "empty-service-name"


def sent_service_name(resource: Resource) -> str:
    """The service name as sent; empty if missing."""
    value = find(resource.attributes, SERVICE_NAME)
    return value.string_value if value is not None else ""


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
    """A time in ns as a signed number, like Go's `time.Time`: times after the year 2262 become negative."""
    return time - 2**64 if time >= 2**63 else time
