"""Reads and writes OTLP JSON: OTLP specification, "JSON Protobuf Encoding".

It is protobuf's JSON with two differences: ids are hex, not base64, and enums are numbers. Like the Collector, it omits
empty fields.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from backend.codec import json_text
from backend.codec.json_message import as_list, as_object, fill
from backend.codec.members import place, shown
from backend.codec.otlp import DecodedRequest, MalformedRequestError, Trace, decode_message
from backend.codec.text import json_number

Json = dict[str, Any]

# The last ones of each group date from before OTLP 0.15.
_GROUPS = "resourceSpans", "resource_spans"
_PARTS = "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans"
_SPANS = ("spans",)
_SCOPES = dict.fromkeys(("instrumentationLibrary", "instrumentation_library"), "scope")
_BESIDE_PARTS = frozenset({"resource", "schemaUrl", "schema_url"})
_BESIDE_SPANS = _BESIDE_PARTS | {"scope", *_SCOPES}


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
    """Omit empty fields; keep a message (a dict) even if it is empty."""
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
    """A 64-bit number as text, because JavaScript would round it."""
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
    """Encode any other message in protobuf's JSON."""
    return json_format.MessageToJson(message, indent=None).encode()


def from_json(text: bytes) -> ExportTraceServiceRequest:
    """Parse a request in OTLP JSON. Ignores unknown fields, as the specification requires.

    Raises:
        MalformedRequestError: the text is not such a request, or one of its spans is malformed.
    """
    request, faults = _read(_parsed(text))
    if faults:
        raise _malformed(faults[0])
    return request


def decode_json(text: bytes) -> DecodedRequest:
    """The same for storing: rejects malformed spans and keeps the others.

    Raises:
        MalformedRequestError: the text is not such a request, or no span is left.
    """
    return decode_document(_parsed(text))


def decode_document(document: object) -> DecodedRequest:
    """The same for a parsed document.

    Raises:
        MalformedRequestError: as above.
    """
    request, faults = _read(document)
    decoded = decode_message(request, request.SerializeToString())
    if not faults:
        return decoded
    if not decoded.spans:
        raise _malformed(faults[0])
    reasons = tuple(dict.fromkeys((*faults, *decoded.reasons)))
    return replace(decoded, rejected=decoded.rejected + len(faults), reasons=reasons)


def _parsed(text: bytes) -> object:
    try:
        return json_text.parsed(text)
    except (ValueError, RecursionError) as problem:
        raise _malformed(str(problem)) from problem


def _malformed(reason: str) -> MalformedRequestError:
    return MalformedRequestError(f"not an ExportTraceServiceRequest in OTLP JSON: {reason}")


def _read(document: object) -> tuple[ExportTraceServiceRequest, list[str]]:
    """Return the request, and an error for each span left out."""
    request, faults = ExportTraceServiceRequest(), list[str]()
    try:
        groups = _entries("the document", document, _GROUPS, frozenset())
    except MalformedRequestError as problem:
        raise _malformed(str(problem)) from problem
    for given in groups:
        _add(request.resource_spans, given, _read_group, faults)
    return request, faults


def _add(to: Any, given: object, read: Callable[[Any, Any, list[str]], None], faults: list[str]) -> None:
    """Parse and append a message, or record an error for each span lost with it."""
    try:
        read(to.add(), given, faults)
    except (ValueError, TypeError) as problem:
        del to[-1]
        faults += [str(problem)] * _span_count(given)


def _read_group(group: ResourceSpans, given: Any, faults: list[str]) -> None:
    parts = _entries("resourceSpans", given, _PARTS, _BESIDE_PARTS)
    fill(group, {name: value for name, value in given.items() if name not in _PARTS})
    for part in parts:
        _add(group.scope_spans, part, _read_part, faults)


def _read_part(part: ScopeSpans, given: Any, faults: list[str]) -> None:
    spans = _entries("scopeSpans", given, _SPANS, _BESIDE_SPANS)
    fill(part, {_SCOPES.get(name, name): value for name, value in given.items() if name not in _SPANS})
    for span in spans:
        _add(part.spans, span, _read_span, faults)


def _read_span(span: Span, given: Any, _: list[str]) -> None:
    name = as_object("span", given).get("name")
    with place(f"span {shown(name)}" if name else "a span without a name"):
        fill(span, given)


def _entries(name: str, holder: object, lists: Sequence[str], beside: frozenset[str]) -> list[Any]:
    """The entries of the holder's lists, without nulls. If it has none of these lists, its other keys must be known."""
    found = as_object(name, holder)
    others = found.keys() - beside
    if others and others.isdisjoint(lists):
        raise MalformedRequestError(f"{name} has {shown(min(others))}, not {lists[0]}")
    entries = (as_list(wanted, found[wanted]) for wanted in lists if found.get(wanted) is not None)
    return [entry for inner in entries for entry in inner if entry is not None]


def _span_count(given: object, levels: int = 2) -> int:
    """Count the spans below `levels` levels of lists."""
    if not isinstance(given, dict) or not levels:
        return 1
    inner = [given[name] for name in (*_PARTS, *_SPANS) if isinstance(given.get(name), list)]
    return sum(_span_count(one, levels - 1) for held in inner for one in held if one is not None) or 1
