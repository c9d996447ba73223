"""From bytes to rows, and back from the store."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from backend.codec.otlp import MalformedRequestError, decode, span_bytes
from backend.store.span import SpanRow
from backend.store.store import Store
from tests.unit.backend.receiver.otlp import REQUESTS, SPAN, START, TRACE, request, resource, span, text

if TYPE_CHECKING:
    from collections.abc import Iterable


def test_a_row_has_what_the_span_has() -> None:
    parent = bytes(7) + b"\1"
    sent = request(span(), span(b"12345678", parent_span_id=parent, name="q", kind=3, status={"code": 2}))
    body = sent.SerializeToString()
    decoded = decode(body)
    assert decoded.body is body
    assert decoded.rejected == 0
    assert decoded.response().SerializeToString() == b""
    assert decoded.spans == [
        SpanRow(0, TRACE, SPAN, b"", "shop", "GET /", 2, START, START + 9, error=False),
        SpanRow(1, TRACE, b"12345678", parent, "shop", "q", 3, START, START + 9, error=True),
    ]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ([], "missing-service-name"),
        ([text("service.namespace", "x")], "missing-service-name"),
        ([text("service.name", "")], "empty-service-name"),
        ([KeyValue(key="service.name", value=AnyValue(int_value=1))], "service-name-wrong-type"),
        ([text("a", "b"), text("service.name", "first"), text("service.name", "second")], "first"),
    ],
)
def test_a_service_has_the_name_that_jaeger_gives_it(attributes: list[KeyValue], name: str) -> None:
    (row,) = decode(request(span(), of=Resource(attributes=attributes)).SerializeToString()).spans
    assert row.service == name


@pytest.mark.parametrize(
    "invalid",
    [
        span(trace_id=b""),
        span(trace_id=bytes(16)),
        span(trace_id=TRACE + b"1"),
        span(trace_id=TRACE[1:]),
        span(b""),
        span(bytes(8)),
        span(SPAN[1:]),
        span(SPAN + SPAN),
        span(parent_span_id=b"1"),
    ],
)
def test_invalid_spans_are_rejected_and_the_others_kept(invalid: object) -> None:
    sent = request(span(), invalid, span(b"12345678"), invalid)  # type: ignore[arg-type]
    sent.resource_spans.append(request(span(b"87654321"), of=resource("bank")).resource_spans[0])
    decoded = decode(sent.SerializeToString())
    assert decoded.rejected == 2
    assert [(row.position, row.span_id, row.service) for row in decoded.spans] == [
        (0, SPAN, "shop"),
        (1, b"12345678", "shop"),
        (2, b"87654321", "bank"),
    ]
    answer = decoded.response().partial_success
    assert answer.rejected_spans == 2
    assert answer.error_message.startswith("2 of 5 spans rejected")
    kept = ExportTraceServiceRequest.FromString(decoded.body)
    assert [one.span_id for one in kept.resource_spans[0].scope_spans[0].spans] == [SPAN, b"12345678"]
    assert kept.resource_spans[1] == sent.resource_spans[1]


def test_a_request_of_invalid_spans_only_has_none() -> None:
    decoded = decode(request(span(b"")).SerializeToString())
    assert decoded.spans == []
    assert decoded.rejected == 1


@pytest.mark.parametrize("body", [b"\xff", b"hello", b"\x0a\x05", request(span()).SerializeToString()[:-1]])
def test_malformed_bytes_are_told(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="not an ExportTraceServiceRequest"):
        decode(body)


@settings(max_examples=60, deadline=None, database=None)
@given(sent=REQUESTS, cuts=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3))
def test_mutated_bytes_are_decoded_or_told(sent: ExportTraceServiceRequest, cuts: list[tuple[int, int]]) -> None:
    body = bytearray(sent.SerializeToString())
    for at, byte in cuts:
        if body:
            body[at % len(body)] = byte
    try:
        decoded = decode(bytes(body))
    except MalformedRequestError:
        return
    assert [row.position for row in decoded.spans] == list(range(len(decoded.spans)))


@settings(max_examples=25, deadline=None, database=None)
@given(sent=st.lists(REQUESTS, max_size=3), resent=st.integers(0, 4))
def test_what_was_sent_is_read_back(sent: list[ExportTraceServiceRequest], resent: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "traces.db")
        with closing(Store(path, span_bytes=span_bytes)) as store:
            for one in [*sent, *sent[:resent]]:
                decoded = decode(one.SerializeToString())
                store.append(decoded.body, decoded.spans)
        with closing(Store(path, span_bytes=span_bytes)) as store:
            trace_ids = {trace_id for _, trace_id, *_ in whole_spans(sent)}
            read = [one for trace_id in trace_ids for one in read_back(store, trace_id)]
            assert Counter(read) == Counter(dict.fromkeys(whole_spans(sent), 1))
            assert store.trace(b"\xee" * 16) == []


Whole = tuple[bytes, bytes, bytes, bytes]


def whole_spans(requests: Iterable[ExportTraceServiceRequest]) -> list[Whole]:
    """Each span with its resource and scope, as bytes; floats that are not numbers are equal there."""
    return [
        (one.SerializeToString(), one.trace_id, scope.scope.SerializeToString(), group.resource.SerializeToString())
        for sent in requests
        for group in sent.resource_spans
        for scope in group.scope_spans
        for one in scope.spans
    ]


def read_back(store: Store, trace_id: bytes) -> list[Whole]:
    found = []
    for stored in store.trace(trace_id):
        spans = whole_spans([ExportTraceServiceRequest.FromString(stored.body)])
        found += [spans[position] for position in stored.positions]
        assert stored.positions == tuple(sorted(stored.positions))
    return found
