"""OTLP JSON, both ways: OTLP specification, "JSON Protobuf Encoding".

That is protobuf's JSON with two differences: ids are hex digits, not base64, and enums are numbers. Fields that are
empty are left out, as the Collector does.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.otlp import MalformedRequestError, Trace
from backend.codec.text import json_number

Json = dict[str, Any]

_IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")


def trace_json(trace: Trace) -> list[Json]:
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


def message_json(message: Message) -> bytes:
    """Any other message, in protobuf's JSON."""
    return json_format.MessageToJson(message, indent=None).encode()


def from_json(text: bytes) -> ExportTraceServiceRequest:
    """A request in OTLP JSON. Unknown fields are ignored, as the specification asks.

    Raises:
        MalformedRequestError: the text is not such a request.
    """
    try:
        request = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise _malformed(problem) from problem
    return from_document(request)


def from_document(request: Any) -> ExportTraceServiceRequest:
    """The same for a text that is parsed already; the document is changed.

    Raises:
        MalformedRequestError: the document is not such a request.
    """
    try:
        for span in _spans(request):
            _ids_to_base64(span)
            for link in _objects(span, "links"):
                _ids_to_base64(link)
        return json_format.ParseDict(request, ExportTraceServiceRequest(), ignore_unknown_fields=True)
    except (json_format.Error, ValueError, TypeError, AttributeError, RecursionError) as problem:
        raise _malformed(problem) from problem


def _malformed(problem: Exception) -> MalformedRequestError:
    reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    return MalformedRequestError(f"not an ExportTraceServiceRequest in OTLP JSON: {reason}")


def _spans(request: Any) -> list[Any]:
    return [
        span
        for resource_spans in _objects(request, "resourceSpans", "resource_spans")
        for scope_spans in _objects(resource_spans, "scopeSpans", "scope_spans")
        for span in _objects(scope_spans, "spans")
    ]


def _objects(holder: Any, *names: str) -> list[Any]:
    """The objects in the holder's list. Protobuf's parser takes some other values for empty objects."""
    if not isinstance(holder, dict):
        raise MalformedRequestError(f"{json.dumps(holder)[:20]} is not an object with {names[0]}")
    return [one for name in names for one in holder.get(name) or []]


def _ids_to_base64(holder: Any) -> None:
    if not isinstance(holder, dict):
        raise MalformedRequestError(f"{json.dumps(holder)[:20]} is not an object with ids")
    for name in _IDS:
        value = holder.get(name)
        if isinstance(value, str):
            try:
                holder[name] = base64.urlsafe_b64encode(binascii.unhexlify(value)).decode()
            except ValueError:
                raise MalformedRequestError(f"{name} is not hexadecimal") from None
