"""Summary: a trace's entry in the search results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import sent_service_name, signed
from backend.codec.otlp import Trace, spans
from backend.query.outline import Outline


def summary(trace_id: bytes, parts: Iterable[Trace], outline: Outline | None = None) -> dict[str, object]:
    """One entry of `summaries`; follows `summarizeTrace` of Jaeger 2.20.

    Every field is always present: if one is missing, the UI rejects the whole list.

    Args:
        parts: of the trace; each is dropped after use.
        outline: a new one; its fields are added.
    """
    ids: set[bytes] = set()
    parents: Counter[bytes] = Counter()
    names: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    root: tuple[int, str, str] | None = None
    begin: int | None = None
    end = 0
    for group, _, span in (one for part in parts for one in spans(part)):
        name, start = sent_service_name(group.resource), signed(span.start_time_unix_nano)
        if outline:
            outline.add(name, span)
        ids.add(span.span_id)
        names[name] += 1
        failed[name] += span.status.code == Status.STATUS_CODE_ERROR
        if parent := _parent(span):
            parents[parent] += 1
        elif root is None or start < root[0]:
            root = start, name, span.name
        own_end = signed(span.end_time_unix_nano)
        begin, end = (start, own_end) if begin is None else (min(begin, start), max(end, own_end))
    _, root_service, root_operation = root or (0, "", "")
    services = sorted(names)
    return {
        "traceId": trace_id.hex(),
        "rootServiceName": root_service,
        "rootOperationName": root_operation,
        "minStartTimeUnixNano": _decimal(begin or 0),
        "maxEndTimeUnixNano": _decimal(end),
        "spanCount": sum(names.values()),
        "errorSpanCount": sum(failed.values()),
        "orphanSpanCount": sum(count for parent, count in parents.items() if parent not in ids),
        "services": [{"name": name, "spanCount": names[name], "errorSpanCount": failed[name]} for name in services],
        **(outline.fields(services, begin or 0, end) if outline else {}),
    }


def _parent(span: Span) -> bytes:
    return span.parent_span_id if any(span.parent_span_id) else b""


def _decimal(nanoseconds: int) -> str:
    """An unsigned 64-bit number as text, because JavaScript would round it."""
    return str(max(0, nanoseconds))
