"""Jaeger's model: converts OTLP spans to the spans of the query API's v1.

Follows `pkg/translator/jaeger` of the Collector, which Jaeger uses too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import SERVICE_NAME, WARNINGS, find, sent_service_name, signed, warnings
from backend.codec.otlp import Trace, spans
from backend.codec.text import value_text

STRING, BOOL, INT64, FLOAT64, BINARY = range(5)
CHILD_OF, FOLLOWS_FROM = "CHILD_OF", "FOLLOWS_FROM"
KINDS: dict[int, str] = {
    Span.SPAN_KIND_INTERNAL: "internal",
    Span.SPAN_KIND_SERVER: "server",
    Span.SPAN_KIND_CLIENT: "client",
    Span.SPAN_KIND_PRODUCER: "producer",
    Span.SPAN_KIND_CONSUMER: "consumer",
}
"""Names of the kinds; an unspecified kind has none."""


class Tag(NamedTuple):
    """A key and a typed value; sorts as in Jaeger: by key, type, value."""

    key: str
    type: int
    value: str | bool | int | float | bytes


class Reference(NamedTuple):
    type: str
    trace_id: bytes
    span_id: bytes


class Process(NamedTuple):
    service: str
    tags: tuple[Tag, ...]


@dataclass(slots=True)
class Log:
    time: int
    """ns since the epoch"""
    fields: list[Tag]


@dataclass(slots=True)
class JaegerSpan:
    trace_id: bytes
    span_id: bytes
    operation: str
    references: list[Reference]
    start: int
    """ns since the epoch"""
    duration: int
    """ns"""
    tags: list[Tag]
    logs: list[Log]
    process: Process
    warnings: list[str] = field(default_factory=list)

    @property
    def parent(self) -> Reference | None:
        """The reference to the span's parent."""
        return parent_of(self.trace_id, self.references)


def parent_of(trace_id: bytes, references: Sequence[Reference]) -> Reference | None:
    """The first CHILD_OF within the span's trace, else the first other reference within it."""
    own = [reference for reference in references if reference.trace_id == trace_id]
    return next((reference for reference in own if reference.type == CHILD_OF), own[0] if own else None)


def from_otlp(trace: Trace) -> list[JaegerSpan]:
    processes = {id(group): _process(group.resource) for group in trace}
    return [_span(span, part.scope, processes[id(group)]) for group, part, span in spans(trace)]


def _process(resource: Resource) -> Process:
    if not resource.attributes:
        return Process("OTLPResourceNoServiceName", ())
    tags = tuple(tag for tag in _tags(resource.attributes) if tag.key != SERVICE_NAME)
    return Process(sent_service_name(resource), tags)


def _span(span: Span, scope: InstrumentationScope, process: Process) -> JaegerSpan:
    said = warnings(span)
    tags = _span_tags(span, scope)
    start = signed(span.start_time_unix_nano)
    return JaegerSpan(
        span.trace_id,
        span.span_id,
        span.name,
        _references(span),
        start,
        signed(span.end_time_unix_nano) - start,
        [tag for tag in tags if tag.key != WARNINGS] if said else tags,
        [_log(event) for event in span.events],
        process,
        said,
    )


def _span_tags(span: Span, scope: InstrumentationScope) -> list[Tag]:
    texts = ("otel.scope.name", scope.name), ("otel.scope.version", scope.version)
    tags = [Tag(key, STRING, text) for key, text in texts if text]
    tags += _tags(span.attributes)
    if span.kind in KINDS:
        tags.append(Tag("span.kind", STRING, KINDS[span.kind]))
    if span.status.code == Status.STATUS_CODE_ERROR:
        tags += [Tag("otel.status_code", STRING, "ERROR"), Tag("error", BOOL, value=True)]
    elif span.status.code == Status.STATUS_CODE_OK:
        tags.append(Tag("otel.status_code", STRING, "OK"))
    texts = ("otel.status_description", span.status.message), ("w3c.tracestate", span.trace_state)
    tags += [Tag(key, STRING, text) for key, text in texts if text]
    return tags


def _tags(attributes: Iterable[KeyValue]) -> list[Tag]:
    return [_tag(attribute.key, attribute.value) for attribute in attributes]


def _tag(key: str, value: AnyValue) -> Tag:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return Tag(key, STRING, value.string_value)
    if kind == "int_value":
        return Tag(key, INT64, value.int_value)
    if kind == "bool_value":
        return Tag(key, BOOL, value.bool_value)
    if kind == "double_value":
        return Tag(key, FLOAT64, value.double_value)
    if kind == "bytes_value":
        return Tag(key, BINARY, value.bytes_value)
    return Tag(key, STRING, value_text(value))


def _references(span: Span) -> list[Reference]:
    """The span's references, parent first; a link to the parent only changes the type of that reference."""
    references = []
    parent_id = span.parent_span_id if any(span.parent_span_id) else b""
    if parent_id:
        references.append(Reference(CHILD_OF, span.trace_id, parent_id))
    for link in span.links:
        trace_id, span_id = link.trace_id.rjust(16, b"\0"), link.span_id.rjust(8, b"\0")
        wanted = find(link.attributes, "opentracing.ref_type")
        kind = CHILD_OF if wanted is not None and wanted.string_value == "child_of" else FOLLOWS_FROM
        reference = Reference(kind, trace_id, span_id)
        if parent_id and reference[1:] == (span.trace_id, parent_id):
            references[0] = reference
        else:
            references.append(reference)
    return references


def _log(event: Span.Event) -> Log:
    fields = _tags(event.attributes)
    if event.name and find(event.attributes, "event") is None:
        fields.insert(0, Tag("event", STRING, event.name))
    return Log(signed(event.time_unix_nano), fields)
