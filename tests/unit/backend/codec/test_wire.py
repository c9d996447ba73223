"""Bytes that protobuf's Python library refuses, and others take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.wire import mended
from tests.contract.otlp import field
from tests.unit.backend.receiver.otlp import REQUESTS, SPAN, request, resource, span, text

if TYPE_CHECKING:
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

OTHER = b"12345678"
# As long as what stands in its place.
MARK, LATIN_1 = b"caf\xc3\xa9", b"caf\xe9\xe9"


def stored(body: bytes) -> ExportTraceServiceRequest:
    """What is stored of it, with no span lost."""
    decoded = decode(body)
    assert decoded.rejected == 0
    return ExportTraceServiceRequest.FromString(decoded.body)


def spans(found: ExportTraceServiceRequest) -> list[Span]:
    return [one for group in found.resource_spans for part in group.scope_spans for one in part.spans]


def nest(value: AnyValue, levels: int, *, maps: bool) -> AnyValue:
    """A text in so many lists or maps; in place, because the library copies no deep ones."""
    innermost = value
    for _ in range(levels):
        innermost = innermost.kvlist_value.values.add(key="k").value if maps else innermost.array_value.values.add()
    innermost.string_value = "bottom"
    return value


@pytest.mark.parametrize(
    "sent",
    [
        request(span(name="café")),
        request(span(trace_state="café")),
        request(span(attributes=[text("café", "x")])),
        request(span(attributes=[text("x", "café")])),
        request(span(attributes=[KeyValue(key="x", value={"array_value": {"values": [{"string_value": "café"}]}})])),  # type: ignore[arg-type]
        request(span(events=[{"name": "café"}])),
        request(span(status={"message": "café"})),
        request(span(), of=resource("café")),
    ],
    ids=range(8),
)
def test_a_text_that_is_no_utf_8_is_mended_wherever_it_is(sent: ExportTraceServiceRequest) -> None:
    sent.resource_spans[0].scope_spans[0].spans.append(span(OTHER))
    body = sent.SerializeToString()
    assert MARK in body
    found = stored(body.replace(MARK, LATIN_1))
    assert [one.span_id for one in spans(found)] == [SPAN, OTHER]
    assert "caf\ufffd\ufffd".encode() in found.SerializeToString()


@pytest.mark.parametrize("maps", [False, True])
@pytest.mark.parametrize("place", ["span", "event", "link", "resource"])
@pytest.mark.parametrize("levels", [20, 30, 31, 45, 46, 47, 48, 100, 200])
def test_a_value_of_any_depth_is_kept_or_becomes_its_text(*, levels: int, place: str, maps: bool) -> None:
    sent = request(span(events=[{}], links=[{}]))
    nest(_attributes(sent, place).add(key="deep").value, levels, maps=maps)
    _attributes(sent, place).append(text("other", "x"))
    kept, other = _attributes(stored(sent.SerializeToString()), place)[-2:]
    assert other.value.string_value == "x"
    opening, closing = ('{"k":', "}") if maps else ("[", "]")
    if kept.value.WhichOneof("value") == "string_value":
        assert levels > (30 if maps else 45)
        assert kept.value.string_value == levels * opening + '"bottom"' + levels * closing
    else:
        assert kept.value == nest(AnyValue(), levels, maps=maps)


def _attributes(found: ExportTraceServiceRequest, place: str) -> Any:
    (one,) = spans(found)
    holders: dict[str, Any] = {
        "span": one,
        "event": one.events[0],
        "link": one.links[0],
        "resource": found.resource_spans[0].resource,
    }
    return holders[place].attributes


@pytest.mark.parametrize("levels", [400, 1_500, 5_000])
def test_a_value_deeper_than_anyone_nests_costs_itself_alone(levels: int) -> None:
    deep = field(1, b"bottom")
    for _ in range(levels):
        deep = field(5, field(1, deep))
    attributes = field(9, field(1, b"deep") + field(2, deep)) + field(9, text("other", "x").SerializeToString())
    raw = field(2, span().SerializeToString() + attributes) + field(2, span(OTHER).SerializeToString())
    first, second = spans(stored(field(1, field(2, raw))))
    assert [one.key for one in first.attributes] == ["deep", "other"]
    assert (first.attributes[1].value.string_value, second.span_id) == ("x", OTHER)


def test_of_two_alternatives_the_last_counts_however_deep_the_first_is() -> None:
    both = nest(AnyValue(), 200, maps=False).SerializeToString() + 5_000 * field(1, b"x") + field(1, b"caf\xe9")
    attribute = field(9, field(1, b"both") + field(2, both))
    found = stored(field(1, field(2, field(2, span().SerializeToString() + attribute))))
    assert spans(found)[0].attributes[0].value.string_value == "caf\ufffd"


def test_a_text_that_is_no_utf_8_costs_little_time() -> None:
    """Spans that are right are not taken apart."""
    many = request(*(span(number.to_bytes(8, "big")) for number in range(1, 20_001)))
    body = many.SerializeToString() + request(span(name="café")).SerializeToString().replace(MARK, LATIN_1)
    begin = time.process_time()
    assert len(decode(body).spans) == 20_001
    assert time.process_time() - begin < 2


def test_the_layout_of_before_0_15_is_read() -> None:
    """`instrumentation_library_spans` had the number 1000 when `scope_spans` took its own."""
    sent = request(span(), span(OTHER))
    group = sent.resource_spans[0]
    part = group.scope_spans[0].SerializeToString()
    del group.scope_spans[:]
    body = field(1, group.SerializeToString() + field(1000, part))
    assert [one.span_id for one in spans(stored(body))] == [SPAN, OTHER]


@pytest.mark.parametrize("body", [b"\x12\x00", b"\x08\x01", b"\x12\x05hello"])
def test_what_has_fields_and_no_spans_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="it has fields, but no resource_spans"):
        decode(body)


@pytest.mark.parametrize(
    "body",
    [b"\x0a\x05", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0b\x0c", b"\x0f", b"\x09\x00", b"\x80"],
)
def test_what_nobody_takes_is_no_message(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|wire type"):
        mended(body)


@settings(max_examples=25, deadline=None, database=None)
@given(sent=REQUESTS)
def test_what_is_right_stays_as_it_is(sent: ExportTraceServiceRequest) -> None:
    assert mended(sent.SerializeToString()) == sent.SerializeToString()


@settings(max_examples=50, deadline=None, database=None)
@given(sent=REQUESTS, cuts=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3))
def test_any_bytes_are_mended_or_told(sent: ExportTraceServiceRequest, cuts: list[tuple[int, int]]) -> None:
    body = bytearray(sent.SerializeToString())
    for at, byte in cuts:
        if body:
            body[at % len(body)] = byte
    try:
        once = mended(bytes(body))
    except ValueError:
        return
    assert mended(once) == once
