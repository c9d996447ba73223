"""The payload: OTLP requests with distinct ids and times, built before the measurement starts.

Serialises a request once, then overwrites ids and times in its bytes, so that a million spans take only seconds.
"""

from __future__ import annotations

import random
import struct
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

SPANS_A_TRACE = 8
SERVICES = 4
OPERATIONS = 10
ATTRIBUTES = {
    "http.request.method": "GET",
    "url.full": "http://localhost:8080/shop/articles/4711?page=3",
    "url.path": "/shop/articles/4711",
    "http.route": "/shop/articles/<number>",
    "server.address": "localhost",
    "user_agent.original": "python-requests/2.34.2",
}
_AGO = 600_000_000_000
"""Start of the first span, in ns before now, early enough that all have ended before we search for them."""
_STEP = 2_000
"""ns between the starts of two spans."""
_DURATION = 1_500_000
"""ns, duration of a span."""
_TIMES = struct.Struct("<QxQ")  # start_time_unix_nano and end_time_unix_nano are adjacent, with a tag in between


@dataclass(frozen=True)
class Request:
    body: bytes
    trace_ids: tuple[bytes, ...]
    """The traces whose last span is in it."""


@dataclass(frozen=True)
class _Template:
    """A serialised request, and the offsets of each span's ids and times."""

    body: bytes
    places: tuple[tuple[int, int, int, int], ...]
    """Offsets of trace id, span id, parent's id (0: none) and times."""
    tag: bytes
    """Between the two times."""


def service(number: int) -> str:
    return f"bench-{number % SERVICES}"


def requests(count: int, batch: int, seed: int) -> Iterator[Request]:
    """Requests of one service each, with consecutive whole traces of eight spans.

    Args:
        batch: spans per request.
        seed: for the ids; different seeds share none.
    """
    draw = random.Random(seed).randbytes  # noqa: S311 - no secrets
    start = time.time_ns() - _AGO
    trace_id, parent_id = draw(16), draw(8)
    for number in range(count):
        first = number * batch
        template = _template(batch, first % SPANS_A_TRACE, service(first // max(batch, SPANS_A_TRACE)))
        body, done = bytearray(template.body), []
        for index, (at_trace, at_span, at_parent, at_times) in enumerate(template.places, first):
            span_id = draw(8)
            if at_parent:
                body[at_parent : at_parent + 8] = parent_id
            else:
                trace_id, parent_id = draw(16), span_id
            body[at_trace : at_trace + 16] = trace_id
            body[at_span : at_span + 8] = span_id
            begin = start + index * _STEP
            _TIMES.pack_into(body, at_times, begin, begin + _DURATION)
            body[at_times + 8 : at_times + 9] = template.tag  # pack_into wrote a zero over it
            if (index + 1) % SPANS_A_TRACE == 0:
                done.append(trace_id)
        yield Request(bytes(body), tuple(done))


@lru_cache(maxsize=SPANS_A_TRACE * SERVICES)
def _template(batch: int, phase: int, name: str) -> _Template:
    """A request whose first span is number `phase` in its trace; number 0 is the root, the others are its children."""
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add()
    for key, value in {"service.name": name, "telemetry.sdk.language": "python"}.items():
        group.resource.attributes.add(key=key).value.string_value = value
    scope = group.scope_spans.add()
    scope.scope.name = "bench"
    scope.spans.extend(_span(number, phase + number) for number in range(batch))
    body = message.SerializeToString()
    places, at = [], 0
    for span in scope.spans:
        at_trace = body.index(span.trace_id, at)
        at_span = body.index(span.span_id, at_trace)
        at_parent = body.index(span.parent_span_id, at_span) if span.parent_span_id else 0
        at = at_times = body.index(span.start_time_unix_nano.to_bytes(8, "little"), at_span)
        places.append((at_trace, at_span, at_parent, at_times))
    return _Template(body, tuple(places), body[at + 8 : at + 9])


def _span(number: int, index: int) -> Span:
    """A span with unique markers as ids and times."""
    span = Span(
        trace_id=b"trace mark, " + number.to_bytes(4, "big"),
        span_id=b"span" + number.to_bytes(4, "big"),
        parent_span_id=b"up, " + number.to_bytes(4, "big") if index % SPANS_A_TRACE else b"",
        name=f"GET /shop/{index % OPERATIONS}",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=0x7474747474747474,
        end_time_unix_nano=0x7575757575757575,
    )
    for key, value in ATTRIBUTES.items():
        span.attributes.add(key=key).value.string_value = value
    span.attributes.add(key="http.response.status_code").value.int_value = 200
    return span
