"""Go's ways of writing."""

from __future__ import annotations

import math

import pytest

from backend.codec import text as gotext
from tests.contract.otlp import Value, value


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_100, "1.1µs"),
        (9_500_000, "9.5ms"),
        (-95_500_000, "-95.5ms"),
        (1_000_000_000, "1s"),
        (60_000_000_000, "1m0s"),
        (3_661_000_000_001, "1h1m1.000000001s"),
        (360_000_000_000_000, "100h0m0s"),
    ],
)
def test_a_duration(nanoseconds: int, text: str) -> None:
    assert gotext.duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01 00:00:00 +0000 UTC"),
        (1, "1970-01-01 00:00:00.000000001 +0000 UTC"),
        (-500_000_000, "1969-12-31 23:59:59.5 +0000 UTC"),
        (-(2**63), "1677-09-21 00:12:43.145224192 +0000 UTC"),
    ],
)
def test_a_moment(nanoseconds: int, text: str) -> None:
    assert gotext.moment(nanoseconds) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        ("x", "x"),
        (True, "true"),
        (-5, "-5"),
        (1.0, "1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (1e-10, "1e-10"),
        (math.inf, "json: unsupported value: +Inf"),
        (b"\x00\xff", "AP8="),
        ([], "[]"),
        ([1, "<a&b>", None, b"", 1e16, [True]], r'[1,"\u003ca\u0026b\u003e",null,null,10000000000000000,[true]]'),
        ({"b": 1, "a": {"é": "\u2028"}}, r'{"a":{"é":"\u2028"},"b":1}'),
        ([math.nan], ""),
    ],
)
def test_an_attribute(raw: Value, text: str) -> None:
    assert gotext.value_text(value(raw)) == text
