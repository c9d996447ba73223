"""Adjusters of v3: the repairs and warnings that Jaeger adds to a trace before it responds; off with `rawTraces=true`.

Follows `cmd/query/app/querysvc/v2/adjuster`, in the same order. Jaeger modifies its stored spans in the process, so its
warnings pile up with each query; here every response starts from the spans as received.
"""

from __future__ import annotations

from collections.abc import MutableSequence

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec.attributes import find, signed, warn
from backend.codec.otlp import Trace, spans
from backend.codec.text import value_text
from backend.query.jaeger import skew
from backend.query.jaeger.adjust_common import IP_KEYS, LIBRARY_KEYS, dotted, new_ids


def adjust(trace: Trace) -> Trace:
    """Adjust the trace in place and return it."""
    _make_ids_unique(trace)
    _sort(trace)
    _remove_copies(trace)
    _warn_of_skew(trace)
    return _repair(trace)


def adjust_alone(part: Trace) -> Trace:
    """Adjust part of a large trace; skips adjustments that depend on spans outside that part."""
    _sort(part)
    return _repair(part)


def _repair(trace: Trace) -> Trace:
    for group in trace:
        _make_addresses_readable(group.resource.attributes)
    for group, _, span in spans(trace):
        _make_addresses_readable(span.attributes)
        _move_library(span, group.resource)
        _remove_empty_links(span)
    return trace


def _make_ids_unique(trace: Trace) -> None:
    """Give a new id to a server span that shares its id with its client span, as in Zipkin."""
    everyone = [span for _, _, span in spans(trace)]
    if len({span.span_id for span in everyone}) == len(everyone):
        return
    replaced: dict[bytes, bytes] = {}
    ids = new_ids(span.span_id for span in everyone)
    shared = {span.span_id for span in everyone if span.kind == Span.SPAN_KIND_CLIENT}
    for span in everyone:
        if span.kind == Span.SPAN_KIND_SERVER and span.span_id in shared:
            replaced[span.span_id] = next(ids)
            span.parent_span_id = span.span_id
            span.span_id = replaced[span.span_id]
    for span in everyone:
        parent_id = replaced.get(span.parent_span_id)
        if parent_id and parent_id != span.span_id:
            span.parent_span_id = parent_id


def _sort(trace: Trace) -> None:
    for group in trace:
        group.resource.attributes.sort(key=_key)
        for part in group.scopes:
            part.scope.attributes.sort(key=_key)
    for _, _, span in spans(trace):
        span.attributes.sort(key=_key)
        span.events.sort(key=_event_name)
        for event in span.events:
            event.attributes.sort(key=_key)
        for link in span.links:
            link.attributes.sort(key=_key)


def _key(attribute: KeyValue) -> str:
    return attribute.key


def _event_name(event: Span.Event) -> str:
    return event.name


def _remove_copies(trace: Trace) -> None:
    everyone = [span.span_id for _, _, span in spans(trace)]
    if len(set(everyone)) == len(everyone):
        return
    seen = set()
    for group in trace:
        resource = group.resource.SerializeToString(deterministic=True)
        for part in group.scopes:
            unique = []
            for span in part.spans:
                same = resource, span.SerializeToString(deterministic=True)
                if same not in seen:
                    seen.add(same)
                    unique.append(span)
            part.spans = unique


def _warn_of_skew(trace: Trace) -> None:
    everyone = []
    timed = []
    hosts = {id(group): _host(group.resource) for group in trace}
    for group, _, span in spans(trace):
        start, end = signed(span.start_time_unix_nano), signed(span.end_time_unix_nano)
        everyone.append(span)
        timed.append(skew.Timed(span.span_id, span.parent_span_id, hosts[id(group)], start, end - start))
    for place, said in skew.warnings(timed, skew.MISSING_PARENT_V3).items():
        warn(everyone[place], *said)


def _host(resource: Resource) -> str:
    for key in ("host.id", "host.ip", "host.name"):
        value = find(resource.attributes, key)
        if value is None:
            continue
        if value.WhichOneof("value") == "array_value" and key == "host.ip":
            if value.array_value.values:
                return value_text(value.array_value.values[0])
            continue
        return value.string_value
    return ""


def _make_addresses_readable(attributes: MutableSequence[KeyValue]) -> None:
    for attribute in attributes:
        if attribute.key in IP_KEYS:
            kind = attribute.value.WhichOneof("value")
            if kind in {"int_value", "double_value"}:
                attribute.value.string_value = dotted(getattr(attribute.value, kind))


def _move_library(span: Span, resource: Resource) -> None:
    """Move library attributes from the span to its resource."""
    for attribute in [attribute for attribute in span.attributes if attribute.key in LIBRARY_KEYS]:
        existing = find(resource.attributes, attribute.key)
        if existing is None:
            resource.attributes.append(attribute)
        elif existing != attribute.value:
            warn(span, f"conflicting values between Span and Resource for attribute {attribute.key}")
            continue
        span.attributes.remove(attribute)


def _remove_empty_links(span: Span) -> None:
    for link in [link for link in span.links if not any(link.trace_id)]:
        span.links.remove(link)
        warn(span, "Invalid span link removed")
