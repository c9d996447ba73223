"""Jaeger's JSON: a trace as v1 of the query API writes it. Follows `internal/uimodel/converter/v1/json`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from backend.query.jaeger import INT64
from backend.query.number import json_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.query.jaeger import JaegerSpan, Process, Tag

_TYPES = "string", "bool", "int64", "float64", "binary"
_SAFE_INTEGER = 2**53 - 1


def to_json(trace: Sequence[JaegerSpan]) -> dict[str, object]:
    """One trace of an answer."""
    names: dict[Process, str] = {}
    return {
        "traceID": hex_trace_id(trace[0].trace_id) if trace else "",
        "spans": [_span_json(span, names.setdefault(span.process, f"p{len(names) + 1}")) for span in trace],
        "processes": {name: _process_json(process) for process, name in names.items()},
        "warnings": None,
    }


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
    """Jaeger leaves out the upper half when it is zero."""
    return trace_id.hex() if any(trace_id[:8]) else trace_id[8:].hex()


def _microseconds(nanoseconds: int) -> int:
    """Cut towards zero and unsigned, as Go does it."""
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
