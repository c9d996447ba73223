"""OTLP JSON: traces as the protocol's JSON encoding has them.

That is protobuf's JSON with two differences, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids are
hex digits, not base64, and enums are numbers. Fields that are empty are left out, as the Collector does.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from backend.query.number import json_number
from backend.query.trace import ResourceSpans, ScopeSpans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
    from opentelemetry.proto.resource.v1.resource_pb2 import Resource
    from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

    from backend.query.trace import Trace

Json = dict[str, Any]

_ID_SIZES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
"""In bytes."""


class OtlpError(ValueError):
    """The text is no OTLP JSON; the message says where."""


def to_json(trace: Trace) -> list[Json]:
    """The value of `resourceSpans`."""
    return [
        _filled(
            resource=_resource(group.resource),
            scopeSpans=[
                _filled(scope=_scope(part.scope), spans=[_span(span) for span in part.spans], schemaUrl=part.schema_url)
                for part in group.scopes
            ],
            schemaUrl=group.schema_url,
        )
        for group in trace
    ]


def _filled(**fields: object) -> Json:
    """Without what is empty; a message (a dict) counts even when nothing is in it."""
    return {name: value for name, value in fields.items() if value or isinstance(value, dict)}


def _resource(resource: Resource) -> Json:
    return _filled(
        attributes=_attributes(resource.attributes),
        droppedAttributesCount=resource.dropped_attributes_count,
        entityRefs=[json_format.MessageToDict(entity) for entity in resource.entity_refs],
    )


def _scope(scope: InstrumentationScope) -> Json:
    return _filled(
        name=scope.name,
        version=scope.version,
        attributes=_attributes(scope.attributes),
        droppedAttributesCount=scope.dropped_attributes_count,
    )


def _span(span: Span) -> Json:
    return _filled(
        traceId=span.trace_id.hex(),
        spanId=span.span_id.hex(),
        traceState=span.trace_state,
        parentSpanId=span.parent_span_id.hex() if any(span.parent_span_id) else "",
        flags=span.flags,
        name=span.name,
        kind=span.kind,
        startTimeUnixNano=_decimal(span.start_time_unix_nano),
        endTimeUnixNano=_decimal(span.end_time_unix_nano),
        attributes=_attributes(span.attributes),
        droppedAttributesCount=span.dropped_attributes_count,
        events=[_event(event) for event in span.events],
        droppedEventsCount=span.dropped_events_count,
        links=[_link(link) for link in span.links],
        droppedLinksCount=span.dropped_links_count,
        status=_status(span.status),
    )


def _event(event: Span.Event) -> Json:
    return _filled(
        timeUnixNano=_decimal(event.time_unix_nano),
        name=event.name,
        attributes=_attributes(event.attributes),
        droppedAttributesCount=event.dropped_attributes_count,
    )


def _link(link: Span.Link) -> Json:
    return _filled(
        traceId=link.trace_id.hex() if any(link.trace_id) else "",
        spanId=link.span_id.hex() if any(link.span_id) else "",
        traceState=link.trace_state,
        attributes=_attributes(link.attributes),
        droppedAttributesCount=link.dropped_attributes_count,
        flags=link.flags,
    )


def _status(status: Status) -> Json:
    return _filled(message=status.message, code=status.code)


def _decimal(number: int) -> str:
    """64 bits are written as text, because JavaScript would round the number."""
    return str(number) if number else ""


def _attributes(attributes: Iterable[KeyValue]) -> list[Json]:
    return [_filled(key=attribute.key, value=_value(attribute.value)) for attribute in attributes]


def _value(value: AnyValue) -> Json:
    kind = value.WhichOneof("value")
    return _VALUES[kind](value) if kind else {}


_VALUES: dict[str, Callable[[AnyValue], Json]] = {
    "string_value": lambda value: {"stringValue": value.string_value},
    "int_value": lambda value: {"intValue": str(value.int_value)},
    "bool_value": lambda value: {"boolValue": value.bool_value},
    "double_value": lambda value: {"doubleValue": json_number(value.double_value)},
    "bytes_value": lambda value: {"bytesValue": base64.b64encode(value.bytes_value).decode()},
    "array_value": lambda value: {"arrayValue": _filled(values=[_value(item) for item in value.array_value.values])},
    "kvlist_value": lambda value: {"kvlistValue": _filled(values=_attributes(value.kvlist_value.values))},
}


def from_json(text: bytes) -> Trace:
    """The spans of `{"resourceSpans": […]}`, of one trace or many; unknown fields are ignored.

    Raises:
        OtlpError: the text is not that.
    """
    try:
        document = json.loads(text)
        document = {} if document is None else document
        _turn_ids_to_base64(document)
        message = json_format.ParseDict(document, TracesData(), ignore_unknown_fields=True)
    # What the walk meets in a document of another shape, and what json and protobuf say of it.
    except (ValueError, TypeError, AttributeError, RecursionError, json_format.ParseError) as error:
        raise OtlpError(str(error)) from error
    return [
        ResourceSpans(
            group.resource,
            group.schema_url,
            [ScopeSpans(part.scope, part.schema_url, list(part.spans)) for part in group.scope_spans],
        )
        for group in message.resource_spans
    ]


def _turn_ids_to_base64(document: Any) -> None:
    for group in document.get("resourceSpans") or ():
        for part in group.get("scopeSpans") or ():
            for span in part.get("spans") or ():
                for holder in (span, *(span.get("links") or ())):
                    for name in _ID_SIZES:
                        holder[name] = _base64_id(name, holder.get(name) or "")


def _base64_id(name: str, digits: str) -> str:
    """An id that is missing is all zeros."""
    if digits and len(digits) != 2 * _ID_SIZES[name]:
        raise OtlpError(f"{name}: {digits!r} is not {2 * _ID_SIZES[name]} hex digits")
    return base64.b64encode(bytes.fromhex(digits) or bytes(_ID_SIZES[name])).decode()
