"""Jaeger's JSON: traces as v1 of its query API and its UI's downloads have them, into OTLP.

The way back of query/jaeger.py and query/jaeger_json.py; follows `pkg/translator/jaeger` of the Collector. What that
JSON does not hold stays lost: times below a µs, attributes of links, counts of what was dropped, schema URLs; lists and
maps stay texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.receiver.jaeger_tags import attributes, take
from backend.receiver.member import member, objects, objects_if_any, place, shown
from backend.receiver.request import MalformedRequestError

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import KeyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

    from backend.receiver.member import Object

KINDS = {
    "internal": Span.SPAN_KIND_INTERNAL,
    "server": Span.SPAN_KIND_SERVER,
    "client": Span.SPAN_KIND_CLIENT,
    "producer": Span.SPAN_KIND_PRODUCER,
    "consumer": Span.SPAN_KIND_CONSUMER,
}
CODES = {"OK": Status.STATUS_CODE_OK, "ERROR": Status.STATUS_CODE_ERROR}
CHILD_OF, FOLLOWS_FROM = "CHILD_OF", "FOLLOWS_FROM"
# Of an answer, of a trace; OTLP has none of them there.
_KEYS = {"data", "traceID", "spans", "processes"}
_WARNINGS = "@jaeger@warnings"
# In remarks on how a span fits to others: whoever reads the trace makes them anew, and a parent may come yet.
_ON_OTHERS = "clock skew adjustment"
_HEX = re.compile(r"[0-9a-fA-F]+")
_SIGNED, _UNSIGNED = 1 << 63, 1 << 64


def is_jaeger(document: object) -> bool:
    """Whether it is meant as Jaeger's JSON, be it right or wrong."""
    return isinstance(document, list) or (isinstance(document, dict) and not _KEYS.isdisjoint(document))


def to_protobuf(document: object) -> list[bytes]:
    """An ExportTraceServiceRequest for each trace.

    Args:
        document: an answer with traces, a list of traces, or a trace.

    Raises:
        MalformedRequestError: it is something else; the message names the place.
    """
    if not (isinstance(document, dict) and "data" in document):
        document = {"data": document if isinstance(document, list) else [document]}
    bodies = []
    with place("not Jaeger's JSON"):
        for number, trace in enumerate(objects(document, "data"), 1):
            with place(f"trace {number}"):
                bodies.append(_request(trace).SerializeToString())
    return bodies


def _request(trace: Object) -> ExportTraceServiceRequest:
    """The spans by their processes and scopes: a process is written once, however often its spans alternate."""
    request = ExportTraceServiceRequest()
    processes = member(trace, "processes", dict)
    groups: dict[str, ResourceSpans] = {}
    parts: dict[tuple[str, str, str], ScopeSpans] = {}
    for number, found in enumerate(objects(trace, "spans"), 1):
        with place(f"span {number}"):
            process = member(found, "processID", str)
            if process not in groups:
                groups[process] = request.resource_spans.add()
                _describe(groups[process], processes, process)
            tags = attributes(found, "tags")
            name, version = (_text(tags, f"otel.scope.{field}", first=True) for field in ("name", "version"))
            part = parts.get((process, name, version))
            if part is None:
                part = parts[process, name, version] = groups[process].scope_spans.add()
                part.scope.name, part.scope.version = name, version
            _fill(part.spans.add(), found, tags)
    return request


def _describe(group: ResourceSpans, processes: Object, name: str) -> None:
    process = processes.get(name)
    if not isinstance(process, dict):
        raise MalformedRequestError(f"processID is {shown(name)}, none of the processes")
    with place(f"process {shown(name)}"):
        group.resource.attributes.add(key="service.name").value.string_value = member(process, "serviceName", str)
        group.resource.attributes.extend(attributes(process, "tags"))


def _fill(span: Span, found: Object, tags: list[KeyValue]) -> None:
    """
    Args:
        tags: the span's; those that are fields in OTLP are taken out. Jaeger appends them, so the last one is meant.
    """
    span.trace_id, span.span_id = _trace_id(found), _span_id(found)
    span.name = member(found, "operationName", str)
    start, duration = _nanoseconds(found, "startTime"), _nanoseconds(found, "duration", _UNSIGNED)
    span.start_time_unix_nano = start % _UNSIGNED
    # What took less than a µs has 0 here; without any length it would be a fault for whoever reads it.
    span.end_time_unix_nano = max(-_SIGNED, min(start + (duration or 1), _SIGNED - 1)) % _UNSIGNED
    _refer(span, objects_if_any(found, "references"))
    kind = take(tags, "span.kind", lambda value: value.string_value in KINDS)
    span.kind = KINDS.get(kind.string_value, Span.SPAN_KIND_UNSPECIFIED)
    _judge(span.status, tags)
    span.trace_state = _text(tags, "w3c.tracestate")
    span.attributes.extend(tags)
    _warn(span, found)
    for log in objects_if_any(found, "logs"):
        _happen(span.events.add(), log)


def _judge(status: Status, tags: list[KeyValue]) -> None:
    code = take(tags, "otel.status_code", lambda value: value.string_value in CODES)
    status.code = CODES.get(code.string_value, Status.STATUS_CODE_UNSET)
    if take(tags, "error", lambda value: value.bool_value).bool_value:  # alone in what is older than OpenTelemetry
        status.code = Status.STATUS_CODE_ERROR
    status.message = _text(tags, "otel.status_description")


def _refer(span: Span, references: list[Object]) -> None:
    """The parent is the first CHILD_OF of the same trace, all others are links."""
    found = []
    for reference in references:
        kind = member(reference, "refType", str)
        if kind not in {CHILD_OF, FOLLOWS_FROM}:
            raise MalformedRequestError(f"refType is {shown(kind)}, neither {CHILD_OF} nor {FOLLOWS_FROM}")
        found.append((kind, _trace_id(reference), _span_id(reference)))
    own = (span_id for kind, trace_id, span_id in found if (kind, trace_id) == (CHILD_OF, span.trace_id))
    span.parent_span_id = next(filter(any, own), b"")
    for kind, trace_id, span_id in found:
        if span.parent_span_id and (trace_id, span_id) == (span.trace_id, span.parent_span_id):
            continue
        link = span.links.add(trace_id=trace_id, span_id=span_id)
        if kind == CHILD_OF:
            link.attributes.add(key="opentracing.ref_type").value.string_value = "child_of"


def _warn(span: Span, found: Object) -> None:
    said = [] if found.get("warnings") is None else member(found, "warnings", list)
    if not all(isinstance(text, str) for text in said):
        raise MalformedRequestError("warnings are not texts")
    kept = [AnyValue(string_value=text) for text in said if _ON_OTHERS not in text]
    if kept:
        span.attributes.add(key=_WARNINGS).value.array_value.values.extend(kept)


def _happen(event: Span.Event, log: Object) -> None:
    """The field `event` is the event's name, and a field no longer where it is the only one of that key."""
    fields = attributes(log, "fields")
    names = [field.value.string_value for field in fields if field.key == "event"]
    event.name = next(iter(names), "")
    if event.name and len(names) == 1:
        take(fields, "event", _has_text)
    event.time_unix_nano = _nanoseconds(log, "timestamp") % _UNSIGNED
    event.attributes.extend(fields)


def _text(tags: list[KeyValue], key: str, *, first: bool = False) -> str:
    return take(tags, key, _has_text, first=first).string_value


def _has_text(value: AnyValue) -> bool:
    return bool(value.string_value)


def _trace_id(holder: Object) -> bytes:
    return _id(holder, "traceID", 16)


def _span_id(holder: Object) -> bytes:
    return _id(holder, "spanID", 8)


def _id(holder: Object, name: str, size: int) -> bytes:
    """Jaeger leaves out the upper half of a trace id that is zero; old versions all leading zeros."""
    digits = member(holder, name, str)
    if not _HEX.fullmatch(digits) or len(digits) > 2 * size:
        raise MalformedRequestError(f"{name} is {shown(digits)}, not up to {2 * size} hexadecimal digits")
    return bytes.fromhex(digits.zfill(2 * size))


def _nanoseconds(holder: Object, name: str, limit: int = _SIGNED) -> int:
    """Of a number of µs; what is beyond 63 bits is negative, as Go writes it."""
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_SIGNED <= value < _UNSIGNED:  # nor NaN
        raise MalformedRequestError(f"{name} is {shown(value)}, not a number of µs" if name in holder else f"no {name}")
    nanoseconds = round((value if value < _SIGNED else value - _UNSIGNED) * 1_000)
    if not -limit <= nanoseconds < limit:
        raise MalformedRequestError(f"{name} is {shown(value)}: too many µs")
    return nanoseconds
