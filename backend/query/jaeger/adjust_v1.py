"""Adjusters of v1: the repairs and warnings that Jaeger adds to a trace before it responds; skipped with `raw=true`.

Follows `cmd/query/app/querysvc/adjusters.go`, in the same order. Jaeger returns the spans in random order (it iterates
over a Go map); here they stay in order of arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.codec.jaeger_json import hex_trace_id
from backend.codec.jaeger_model import CHILD_OF, FLOAT64, INT64, STRING, JaegerSpan, Log, Process, Reference, Tag
from backend.query.jaeger import skew
from backend.query.jaeger.adjust_common import IP_KEYS, LIBRARY_KEYS, dotted, new_ids, written

_NO_ID = bytes(8)


def adjust(trace: Sequence[JaegerSpan]) -> list[JaegerSpan]:
    """Adjust the spans in place and return them."""
    _make_ids_unique(trace)
    _sort(trace)
    unique = _without_copies(trace)
    _warn_of_skew(unique)
    return _repair(unique)


def adjust_alone(part: list[JaegerSpan]) -> list[JaegerSpan]:
    """Adjust part of a large trace; skips adjustments that depend on spans outside that part."""
    _sort(part)
    return _repair(part)


def _sort(trace: Sequence[JaegerSpan]) -> None:
    processes: dict[Process, Process] = {}
    for span in trace:
        span.tags.sort()
        for log in span.logs:
            _sort_fields(log)
        if span.process not in processes:
            processes[span.process] = Process(span.process.service, tuple(sorted(span.process.tags)))
        span.process = processes[span.process]


def _repair(trace: list[JaegerSpan]) -> list[JaegerSpan]:
    _repair_tags(trace)
    for span in trace:
        _remove_empty_references(span)
        _put_parent_first(span)
    return trace


def _make_ids_unique(trace: Sequence[JaegerSpan]) -> None:
    """Give a new id to a server span that shares its id with its client span, as in Zipkin."""
    if len({span.span_id for span in trace}) == len(trace):
        return
    replaced: dict[bytes, bytes] = {}
    ids = new_ids(span.span_id for span in trace)
    shared = {span.span_id for span in trace if _kind(span) == "client"}
    for span in trace:
        if span.span_id in shared and _kind(span) == "server":
            replaced[span.span_id] = next(ids)
            _replace_parent(span, span.span_id)
            span.span_id = replaced[span.span_id]
    for span in trace:
        parent_id = replaced.get(span.parent.span_id if span.parent else _NO_ID)
        if parent_id and parent_id != span.span_id:
            _replace_parent(span, parent_id)


def _kind(span: JaegerSpan) -> object:
    return next((tag.value for tag in span.tags if tag.key == "span.kind"), "")


def _replace_parent(span: JaegerSpan, span_id: bytes) -> None:
    parent = span.parent
    if parent:
        span.references[span.references.index(parent)] = parent._replace(span_id=span_id)
    else:
        span.references.insert(0, Reference(CHILD_OF, span.trace_id, span_id))


def _sort_fields(log: Log) -> None:
    """Sort by key, with the event's name first."""
    name = next((tag for tag in log.fields if tag.key == "event" and tag.type == STRING), None)
    log.fields.sort(key=lambda tag: (tag is not name, tag))


def _without_copies(trace: Sequence[JaegerSpan]) -> list[JaegerSpan]:
    counts = Counter(span.span_id for span in trace)
    seen = set()
    unique = []
    for span in trace:
        if counts[span.span_id] > 1:
            if (content := repr(span)) in seen:
                continue
            seen.add(content)
        unique.append(span)
    return unique


def _warn_of_skew(trace: Sequence[JaegerSpan]) -> None:
    hosts = {id(span.process): _host(span.process.tags) for span in trace}
    timed = [
        skew.Timed(
            span.span_id,
            parent.span_id if (parent := span.parent) else b"",
            hosts[id(span.process)],
            span.start,
            span.duration,
        )
        for span in trace
    ]
    for place, said in skew.warnings(timed, skew.MISSING_PARENT_V1).items():
        trace[place].warnings += said


def _host(tags: Iterable[Tag]) -> str:
    value = next((tag.value for tag in tags if tag.key == "ip"), None)
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return written(value)
    return dotted(value) if type(value) is int else ""


def _repair_tags(trace: Iterable[JaegerSpan]) -> None:
    """Format IP addresses, and move library tags from the span to its process."""
    repaired: dict[int, Process] = {}
    for span in trace:
        if id(span.process) not in repaired:
            repaired[id(span.process)] = _sorted(span.process, ())
        moved = [tag for tag in span.tags if tag.key in LIBRARY_KEYS]
        span.process = _sorted(repaired[id(span.process)], moved) if moved else repaired[id(span.process)]
        span.tags = [_readable(tag) for tag in span.tags if tag.key not in LIBRARY_KEYS]


def _sorted(process: Process, more: Iterable[Tag]) -> Process:
    return Process(process.service, tuple(sorted([*map(_readable, process.tags), *more])))


def _readable(tag: Tag) -> Tag:
    if tag.key in IP_KEYS and tag.type in {INT64, FLOAT64}:
        return Tag(tag.key, STRING, dotted(tag.value))
    return tag


def _remove_empty_references(span: JaegerSpan) -> None:
    """Remove references to trace id zero; Jaeger's warning prints the Go struct."""
    for reference in [reference for reference in span.references if not any(reference.trace_id)]:
        span.references.remove(reference)
        span.warnings.append(
            f"Invalid span reference removed {{TraceID:{hex_trace_id(reference.trace_id)} "
            f"SpanID:{reference.span_id.hex()} RefType:{reference.type} "
            "XXX_NoUnkeyedLiteral:{} XXX_unrecognized:[] XXX_sizecache:0}"
        )


def _put_parent_first(span: JaegerSpan) -> None:
    if parent := span.parent:
        place = span.references.index(parent)
        span.references[0], span.references[place] = span.references[place], span.references[0]
