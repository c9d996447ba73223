"""Needles: no request is passed over that has what is looked for."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.codec import text as gotext
from backend.query.filter import needles
from tests.contract.otlp import Value, service, value
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


@settings(max_examples=2000, deadline=None, database=None)
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
