"""Summary: what a list of traces shows of one."""

from __future__ import annotations

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import sent_service_name, signed
from backend.codec.otlp import Trace, spans


def summary(trace_id: bytes, trace: Trace) -> dict[str, object]:
    """One entry of `summaries`; follows `summarizeTrace` of Jaeger 2.20.

    All fields are always there, because the UI takes the whole list for broken when one is missing.
    """
    everyone = [(sent_service_name(group.resource), span) for group, _, span in spans(trace)]
    ids = {span.span_id for _, span in everyone}
    roots = [(signed(span.start_time_unix_nano), name, span.name) for name, span in everyone if not _parent(span)]
    _, root_service, root_operation = min(roots, key=lambda root: root[0], default=(0, "", ""))
    failed = [name for name, span in everyone if span.status.code == Status.STATUS_CODE_ERROR]
    names = [name for name, _ in everyone]
    return {
        "traceId": trace_id.hex(),
        "rootServiceName": root_service,
        "rootOperationName": root_operation,
        "minStartTimeUnixNano": _decimal(min(signed(span.start_time_unix_nano) for _, span in everyone)),
        "maxEndTimeUnixNano": _decimal(max(signed(span.end_time_unix_nano) for _, span in everyone)),
        "spanCount": len(everyone),
        "errorSpanCount": len(failed),
        "orphanSpanCount": sum(bool(_parent(span)) and span.parent_span_id not in ids for _, span in everyone),
        "services": [
            {"name": name, "spanCount": names.count(name), "errorSpanCount": failed.count(name)}
            for name in sorted(set(names))
        ],
    }


def _parent(span: Span) -> bytes:
    return span.parent_span_id if any(span.parent_span_id) else b""


def _decimal(nanoseconds: int) -> str:
    """64 bits without a sign, as text, because JavaScript would round the number."""
    return str(max(0, nanoseconds))
