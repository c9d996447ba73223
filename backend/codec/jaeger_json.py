"""Reads and writes Jaeger's JSON: the format of v1 of its query API and of downloads from its UI.

Reading follows `pkg/translator/jaeger` of the Collector. This JSON cannot represent times below a µs, link attributes,
dropped counts and schema URLs, so they are lost; lists and maps remain texts.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from backend.codec.attributes import SERVICE_NAME, WARNINGS
from backend.codec.jaeger_model import CHILD_OF, INT64, KINDS, JaegerSpan, Process, Reference, Tag, parent_of
from backend.codec.jaeger_tags import attributes, take
from backend.codec.members import Object, member, objects, objects_if_any, place, shown
from backend.codec.otlp import MalformedRequestError
from backend.codec.text import compact_json, json_number

_KIND_NUMBERS = {name: number for number, name in KINDS.items()}
CODES = {"OK": Status.STATUS_CODE_OK, "ERROR": Status.STATUS_CODE_ERROR}
# Keys of a response and of a trace; OTLP JSON has none of them at its top level.
_KEYS = {"data", "traceID", "spans", "processes"}
# Marks warnings about a span's relation to others. Drop these: queries regenerate them, and a parent may still arrive.
_ON_OTHERS = "clock skew adjustment"
_HEX = re.compile(r"[0-9a-fA-F]+")
_MICROSECONDS = re.compile(r"-?[0-9]{1,20}(\.[0-9]+)?")
_SIGNED, _UNSIGNED = 1 << 63, 1 << 64
_TYPES = "string", "bool", "int64", "float64", "binary"
_SAFE_INTEGER = 2**53 - 1


def trace_json(trace: Sequence[JaegerSpan]) -> dict[str, object]:
    """One trace of a response."""
    names: dict[Process, str] = {}
    return {
        "traceID": hex_trace_id(trace[0].trace_id) if trace else "",
        "spans": [_span_json(span, names.setdefault(span.process, f"p{len(names) + 1}")) for span in trace],
        "processes": {name: _process_json(process) for process, name in names.items()},
        "warnings": None,
    }


def trace_texts(parts: Iterable[Sequence[JaegerSpan]]) -> Iterator[str]:
    """The same as JSON text, piece by piece, from a trace in parts; each part is dropped after use."""
    names: dict[Process, str] = {}
    begun = False
    for part in parts:
        for span in part:
            head = "" if begun else f'{{"traceID":"{hex_trace_id(span.trace_id)}","spans":['
            name = names.setdefault(span.process, f"p{len(names) + 1}")
            yield f"{head or ','}{compact_json(_span_json(span, name))}"
            begun = True
    processes = compact_json({name: _process_json(process) for process, name in names.items()})
    yield f'],"processes":{processes},"warnings":null}}'


def _span_json(span: JaegerSpan, process: str) -> dict[str, object]:
    return {
        "traceID": hex_trace_id(span.trace_id),
        "spanID": span.span_id.hex(),
        "operationName": span.operation,
        "references": [
            {"refType": kind, "traceID": hex_trace_id(trace_id), "spanID": span_id.hex()}
            for kind, trace_id, span_id in span.references
        ],
        "startTime": _microseconds(span.start),
        "duration": _microseconds(span.duration),
        "tags": [_tag_json(tag) for tag in span.tags],
        "logs": [
            {"timestamp": _microseconds(log.time), "fields": [_tag_json(tag) for tag in log.fields]}
            for log in span.logs
        ],
        "processID": process,
        "warnings": span.warnings or None,
    }


def _process_json(process: Process) -> dict[str, object]:
    return {"serviceName": process.service, "tags": [_tag_json(tag) for tag in process.tags]}


def hex_trace_id(trace_id: bytes) -> str:
    """Format a trace id; like Jaeger, omits the upper half if it is zero."""
    return trace_id.hex() if any(trace_id[:8]) else trace_id[8:].hex()


def _microseconds(nanoseconds: int) -> int:
    """Truncate towards zero and wrap to unsigned, like Go."""
    whole = nanoseconds // 1000 if nanoseconds >= 0 else -(-nanoseconds // 1000)
    return whole % 2**64


def _tag_json(tag: Tag) -> dict[str, object]:
    value: object = tag.value
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode() if value else None
    elif isinstance(value, float):
        value = json_number(value)
    elif tag.type == INT64 and isinstance(value, int) and abs(value) > _SAFE_INTEGER:
        value = str(value)  # JavaScript would round it
    return {"key": tag.key, "type": _TYPES[tag.type], "value": value}


def is_jaeger(document: object) -> bool:
    """Whether it looks like Jaeger's JSON, valid or not."""
    return isinstance(document, list) or (isinstance(document, dict) and not _KEYS.isdisjoint(document))


def to_protobuf(document: object) -> list[bytes]:
    """Convert each trace to an ExportTraceServiceRequest.

    Args:
        document: an API response, a list of traces, or a trace.

    Raises:
        MalformedRequestError: it is something else; the message says where.
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
    """Group the spans by process and scope; each process appears once, even if its spans alternate with others."""
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
        group.resource.attributes.add(key=SERVICE_NAME).value.string_value = member(process, "serviceName", str)
        group.resource.attributes.extend(attributes(process, "tags"))


def _fill(span: Span, found: Object, tags: list[KeyValue]) -> None:
    """
    Args:
        tags: the span's; removes those that are fields in OTLP. Jaeger appends them, so the last of a key is used.
    """
    span.trace_id, span.span_id = _trace_id(found), _span_id(found)
    span.name = member(found, "operationName", str)
    start, duration = _nanoseconds(found, "startTime"), _nanoseconds(found, "duration", _UNSIGNED)
    span.start_time_unix_nano = start % _UNSIGNED
    # A span shorter than a µs has duration 0 here. Use 1 ns, because readers treat an empty span as an error.
    span.end_time_unix_nano = max(-_SIGNED, min(start + (duration or 1), _SIGNED - 1)) % _UNSIGNED
    _refer(span, objects_if_any(found, "references"))
    if not span.parent_span_id and found.get("parentSpanID"):  # from early versions
        span.parent_span_id = _id(found, "parentSpanID", 8)
    kind = take(tags, "span.kind", lambda value: value.string_value in _KIND_NUMBERS)
    span.kind = _KIND_NUMBERS.get(kind.string_value, 0)  # type: ignore[assignment] # a valid enum number
    _judge(span.status, tags)
    span.trace_state = _text(tags, "w3c.tracestate")
    span.attributes.extend(tags)
    _warn(span, found)
    for log in objects_if_any(found, "logs"):
        _happen(span.events.add(), log)


def _judge(status: Status, tags: list[KeyValue]) -> None:
    code = take(tags, "otel.status_code", lambda value: value.string_value in CODES)
    status.code = CODES.get(code.string_value, Status.STATUS_CODE_UNSET)
    if take(tags, "error", _is_true).WhichOneof("value"):  # before OpenTelemetry, the only sign of an error
        status.code = Status.STATUS_CODE_ERROR
    status.message = _text(tags, "otel.status_description")


def _is_true(value: AnyValue) -> bool:
    """Accept booleans, and the text that string-only tracers write."""
    return value.bool_value or value.string_value.lower() == "true"


def _refer(span: Span, references: list[Object]) -> None:
    """The parent is the first CHILD_OF to the same trace, or else the first other reference to it; the rest are links.

    Unknown types become links; OpenTracing planned to have more than two.
    """
    found = [
        Reference(member(reference, "refType", str), _trace_id(reference), _span_id(reference))
        for reference in references
    ]
    parent = parent_of(span.trace_id, [reference for reference in found if any(reference.span_id)])
    span.parent_span_id = parent.span_id if parent else b""
    for reference in found:
        kind, trace_id, span_id = reference
        # A parent of another type also becomes a link, which records the type.
        if parent and parent.type == CHILD_OF and reference[1:] == parent[1:]:
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
        span.attributes.add(key=WARNINGS).value.array_value.values.extend(kept)


def _happen(event: Span.Event, log: Object) -> None:
    """Convert a log. Its `event` field becomes the event's name, and is removed if it is the only one with that key."""
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
    """Parse an id. Jaeger omits the upper half of a trace id if it is zero; old versions omit all leading zeros."""
    digits = member(holder, name, str)
    if not _HEX.fullmatch(digits) or len(digits) > 2 * size:
        raise MalformedRequestError(f"{name} is {shown(digits)}, not up to {2 * size} hexadecimal digits")
    return bytes.fromhex(digits.zfill(2 * size))


def _nanoseconds(holder: Object, name: str, limit: int = _SIGNED) -> int:
    """Convert µs to ns; values beyond 63 bits are negative, as Go writes them."""
    value = holder.get(name)
    if isinstance(value, str) and _MICROSECONDS.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_SIGNED <= value < _UNSIGNED:  # or NaN
        raise MalformedRequestError(f"{name} is {shown(value)}, not a number of µs" if name in holder else f"no {name}")
    nanoseconds = round((value if value < _SIGNED else value - _UNSIGNED) * 1_000)
    if not -limit <= nanoseconds < limit:
        raise MalformedRequestError(f"{name} is {shown(value)}: too many µs")
    return nanoseconds
