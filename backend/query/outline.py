"""Outline: search result fields beyond Jaeger's summary, requested with `query.outline`.

Attribute names follow OpenTelemetry's semantic conventions, stable ones first, then their deprecated predecessors.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import find, signed
from backend.codec.text import value_text

BARS = 12
"""Bars in the small waterfall: the longest spans."""
ERRORS = 1_000
"""Error spans to compare: the first ones."""
SPANS = 20_000
"""Spans whose parents are kept, to compute the depth of an error."""
TEXT = 300
"""Maximum characters per text."""
SCALE = 1_000
"""Bar times are in fractions of the trace: 1/SCALE."""

_METHODS = "http.request.method", "http.method"
_PATHS = "url.path", "http.target", "http.route", "url.full", "http.url"
_STATUSES = "http.response.status_code", "http.status_code", "rpc.grpc.status_code", "rpc.response.status_code"
_SYSTEMS = "rpc.system", "rpc.system.name", "messaging.system", "db.system.name", "db.system"
_TARGETS = (
    "rpc.method",
    "messaging.destination.name",
    "db.query.summary",
    "db.collection.name",
    "db.namespace",
    "db.name",
)


@dataclass(frozen=True)
class _Error:
    span_id: bytes
    start: int
    service: str
    operation: str
    message: str


class Outline:
    """Takes a trace's spans one by one, in any order. Keeps no span, since each would keep its whole request alive."""

    def __init__(self) -> None:
        self._root: tuple[int, dict[str, str]] | None = None
        self._longest: list[tuple[int, int, str]] = []
        self._parents: dict[bytes, bytes] = {}
        self._errors: list[_Error] = []

    def add(self, service: str, span: Span) -> None:
        start, end = signed(span.start_time_unix_nano), signed(span.end_time_unix_nano)
        if not any(span.parent_span_id) and (self._root is None or start < self._root[0]):
            self._root = start, _request(span.attributes)
        if len(self._parents) < SPANS:
            self._parents[span.span_id] = span.parent_span_id
        bar = max(0, end - start), -start, service
        if len(self._longest) < BARS:
            heapq.heappush(self._longest, bar)
        else:
            heapq.heappushpop(self._longest, bar)
        if span.status.code == Status.STATUS_CODE_ERROR and len(self._errors) < ERRORS:
            texts = (text[:TEXT] for text in (service, span.name, _message(span)))
            self._errors.append(_Error(span.span_id, start, *texts))

    def fields(self, services: Sequence[str], begin: int, end: int) -> dict[str, object]:
        """Fields for the summary; empty ones are omitted.

        Args:
            services: names; the bars refer to them by index.
            begin: start of the trace, ns since the epoch.
            end: end of the trace, likewise.
        """
        fields: dict[str, object] = {"bars": self._bars(services, begin, end)}
        if self._root and self._root[1]:
            fields["request"] = self._root[1]
        if self._errors:
            deepest = self._deepest_error()
            fields["error"] = {
                "service": deepest.service,
                "operation": deepest.operation,
                "message": deepest.message,
            }
        return fields

    def _bars(self, services: Sequence[str], begin: int, end: int) -> list[tuple[int, int, int]]:
        """Service index, start and length of each bar, ordered by start, longer ones first."""
        places = {name: place for place, name in enumerate(services)}
        length = max(1, end - begin)
        return [
            (places[service], (-late - begin) * SCALE // length, duration * SCALE // length)
            for duration, late, service in sorted(self._longest, key=lambda bar: (-bar[1], -bar[0]))
        ]

    def _deepest_error(self) -> _Error:
        """The error furthest from the root, where the failure began; the earliest of several."""
        return min(self._errors, key=lambda one: (-self._depth(one.span_id), one.start))

    def _depth(self, span_id: bytes) -> int:
        passed = {span_id}
        while (span_id := self._parents.get(span_id, b"")) and span_id not in passed:  # stops at parent cycles too
            passed.add(span_id)
        return len(passed)


def _message(span: Span) -> str:
    """The error message: from the span's status, else its exception, else its code."""
    if span.status.message:
        return span.status.message
    for event in span.events:
        if event.name == "exception":
            told = (_first(event.attributes, [f"exception.{part}"]) for part in ("type", "message"))
            return ": ".join(filter(None, told))
    return _first(span.attributes, ("error.type", *_STATUSES))


def _request(attributes: Sequence[KeyValue]) -> dict[str, str]:
    """The request: method or system, target, status."""
    method = _first(attributes, _METHODS)
    found = {
        "method": method or _first(attributes, _SYSTEMS),
        "target": _first(attributes, _PATHS if method else _TARGETS),
        "status": _first(attributes, _STATUSES),
    }
    return {name: text[:TEXT] for name, text in found.items() if text}


def _first(attributes: Sequence[KeyValue], keys: Iterable[str]) -> str:
    """The value of the first key that exists."""
    for key in keys:
        value = find(attributes, key)
        if value is not None:
            return value_text(value)
    return ""
