"""Texts of a query string: what Jaeger takes is taken, and a fault says what was given and what is wanted."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from backend.query import parameters
from backend.query.parameters import moment, string_map
from backend.web.reply import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("5s", 5_000_000_000),
        ("1.5s", 1_500_000_000),
        (".5s", 500_000_000),
        ("1.s", 1_000_000_000),
        ("1h15m30.918273645s", 4_530_918_273_645),
        ("-1.5h", -5_400_000_000_000),
        ("+5us", 5_000),
        ("5µs", 5_000),
        ("5μs", 5_000),
        ("100ms", 100_000_000),
        ("2562047h47m16.854775807s", 2**63 - 1),
    ],
)
def test_a_duration(text: str, nanoseconds: int) -> None:
    assert parameters.duration(text) == nanoseconds


def assert_refused(text: str, read: Callable[[str], object], wanted: str) -> None:
    """In one short line."""
    with pytest.raises(ParameterError) as caught:
        read(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 250
    given = "".join(char if char.isprintable() else "?" for char in text)[:100]
    assert message.startswith(f"'{given}' is not {wanted}")


@pytest.mark.parametrize(
    "text", ["", "-", "s", ".", "3", "3 s", "1h-5m", "2562047h47m16.854775808s", "ü", "\x1b[2J", "9" * 40 + "s", "5S"]
)
def test_no_duration(text: str) -> None:
    assert_refused(text, parameters.duration, "a duration such as 1.5s, 300ms or 1h30m")


@pytest.mark.parametrize("text", ["1_000", " 5", "5 ", "٥", "0x5", "1e3", "--5", "", "5\n"])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    assert_refused(text, parameters.whole_number, "a whole number")


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "9" * 100_000])
def test_a_number_beyond_64_bits_is_out_of_range(text: str) -> None:
    assert_refused(text, parameters.whole_number, "a whole number of 64 bits")


@pytest.mark.parametrize(
    ("text", "trace_id"),
    [
        ("1", bytes(15) + b"\1"),
        ("ABCdef0123456789", bytes(8) + bytes.fromhex("abcdef0123456789")),
        ("a" * 32, b"\xaa" * 16),
        ("1" + "0" * 16, bytes(7) + b"\1" + bytes(8)),
    ],
)
def test_a_trace_id(text: str, trace_id: bytes) -> None:
    assert parameters.trace_id(text) == trace_id


@pytest.mark.parametrize("text", ["", "g", "0x1", "1" * 33, "-1", "1_0"])
def test_no_trace_id(text: str) -> None:
    assert_refused(text, parameters.trace_id, "a trace id, 1 to 32 hex digits")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:01,5Z", 1_500_000_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T19:30:00-04:30", 0),
        ("2026-11-23T13:34:28Z", int(datetime(2026, 11, 23, 13, 34, 28, tzinfo=timezone.utc).timestamp()) * 10**9),
        ("1969-12-31T23:59:59.9999999999Z", -1),
    ],
)
def test_a_moment(text: str, expected: int) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-01-01",
        "2020-01-01T00:00:00",
        "2020-13-01T00:00:00Z",
        "2020-02-30T00:00:00Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:60Z",
        "2020-01-01T00:00:00+25:00",
        "2020-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z",
    ],
)
def test_no_moment(text: str) -> None:
    assert_refused(text, moment, "a time such as 2026-11-23T13:34:28.5Z")


@pytest.mark.parametrize(
    ("text", "expected"), [("{}", {}), ("null", {}), ('{"a":"b"}', {"a": "b"}), ('{"a":null}', {"a": ""})]
)
def test_a_map_of_texts(text: str, expected: dict[str, str]) -> None:
    assert string_map(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nil",
        "[]",
        '{"a":7}',
        '{"a":' + "9" * 5000 + "}",
        '{"a":NaN}',
        '{"a":-Infinity}',
        "{'a':'b'}",
        '{"a":"b",}',
        '{"a":"b"}x',
        '{"a":"\n"}',
        r'{"a":"\q"}',
        "[" * 100_000,
    ],
)
def test_no_map_of_texts(text: str) -> None:
    assert_refused(text, string_map, 'a JSON object of texts such as {"http.method":"GET"}')
