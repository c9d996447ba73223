"""Short constructors for OTLP messages, to keep the corpus readable."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Value = None | str | bool | int | float | bytes | list["Value"] | dict[str, "Value"]
Attributes = dict[str, Value]

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
SCOPE = InstrumentationScope(name="contract", version="1.2.3")


def trace_id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:16]


def span_id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[-8:]


def value(raw: Value) -> AnyValue:  # noqa: PLR0911 - one for each type
    match raw:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=raw)
        case str():
            return AnyValue(string_value=raw)
        case int():
            return AnyValue(int_value=raw)
        case float():
            return AnyValue(double_value=raw)
        case bytes():
            return AnyValue(bytes_value=raw)
        case list():
            return AnyValue(array_value=ArrayValue(values=[value(entry) for entry in raw]))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=pairs(raw)))


def pairs(raw: Mapping[str, Value]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value(entry)) for key, entry in raw.items()]


def event(name: str, time: int, attributes: Attributes | None = None, dropped: int = 0) -> Span.Event:
    return Span.Event(
        name=name, time_unix_nano=time, attributes=pairs(attributes or {}), dropped_attributes_count=dropped
    )


def link(trace: bytes, span: bytes, attributes: Attributes | None = None, **rest: object) -> Span.Link:
    return Span.Link(trace_id=trace, span_id=span, attributes=pairs(attributes or {}), **rest)  # type: ignore[arg-type]


def error(message: str = "") -> Status:
    return Status(code=Status.STATUS_CODE_ERROR, message=message)


def scope(spans: Iterable[Span], of: InstrumentationScope | None = SCOPE, schema_url: str = "") -> ScopeSpans:
    return ScopeSpans(scope=of, spans=spans, schema_url=schema_url)


def resource(attributes: Attributes, *scopes: ScopeSpans, schema_url: str = "", dropped: int = 0) -> ResourceSpans:
    about = Resource(attributes=pairs(attributes), dropped_attributes_count=dropped)
    return ResourceSpans(resource=about, scope_spans=scopes, schema_url=schema_url)


def service(name: str, *spans: Span) -> ResourceSpans:
    return resource({"service.name": name}, scope(spans))


def request(*resources: ResourceSpans) -> bytes:
    return ExportTraceServiceRequest(resource_spans=resources).SerializeToString()


def field(number: int, *parts: bytes) -> bytes:
    """A length-delimited protobuf field, for data that the Python library cannot write: bad UTF-8 and deep nesting."""
    payload = b"".join(parts)
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def with_raw_attributes(service_name: str, span: Span, attributes: Sequence[bytes]) -> bytes:
    """A request of one span with additional attributes, each given as the bytes of a KeyValue."""
    raw_span = span.SerializeToString() + b"".join(field(9, attribute) for attribute in attributes)
    about = Resource(attributes=pairs({"service.name": service_name})).SerializeToString()
    return field(1, field(1, about), field(2, field(2, raw_span)))
