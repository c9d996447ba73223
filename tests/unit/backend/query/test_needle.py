"""Needles: no request is passed over that has what is looked for."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec import text as gotext
from backend.codec.otlp import ResourceSpans, ScopeSpans
from backend.query.filter import Contains, Filter
from backend.query.fitting import FreeText
from backend.query.needle import needles, needles_of
from tests.contract.otlp import Value, pairs, service, value
from tests.contract.otlp import request as whole_request

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text()
    | st.binary(max_size=12)
    | st.text("0123456789+-.eE", max_size=4)
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None, database=None)
@given(raw=VALUES)
@example(raw=-0.0)
@example(raw=1e21)
@example(raw=float("nan"))
@example(raw="")
@example(raw=b"")
def test_they_are_in_whatever_is_shown_as_the_text(raw: Value) -> None:
    one = value(raw)
    looked_for = needles(gotext.value_text(one))
    assert not looked_for or any(needle in one.SerializeToString() for needle in looked_for)


@pytest.mark.parametrize(
    "text", ["POST", "500", "-1", "1.5", "a value", "007", "9" * 5000, "1e999999999", "ü", "\ud800"]
)
def test_they_are_not_in_what_has_something_else(text: str) -> None:
    looked_for = needles(text)
    assert looked_for
    assert not any(needle in whole_request(service("here")) for needle in looked_for)


@settings(max_examples=200, deadline=None, database=None)
@given(raw=VALUES, begin=st.integers(0, 20), length=st.integers(1, 20))
@example(raw="\u0130K\N{KELVIN SIGN}", begin=1, length=3)
def test_no_part_of_a_value_is_passed_over_as_free_text(raw: Value, begin: int, length: int) -> None:
    """Nor of a key or of an id, which is looked for in the middle of a byte too."""
    trace = service("here", Span(trace_id=b"\xab\xcd" * 8, span_id=b"\x12" * 8, attributes=pairs({"Key": raw})))
    body = whole_request(trace)
    (part,) = trace.scope_spans
    group = ResourceSpans(trace.resource, "", [ScopeSpans(part.scope, "", list(part.spans))])
    for text in (gotext.value_text(value(raw)), "Key", (b"\xab\xcd" * 8).hex()):
        if wanted := text[begin % (len(text) or 1) :][:length]:
            free = Filter("", Contains(wanted))
            is_there = FreeText(Contains(wanted))(group, group.scopes[0], part.spans[0])
            assert not is_there or all(needle.is_in(body) for needle in needles_of(free))
