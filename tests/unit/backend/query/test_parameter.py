"""Texts of a query string, read as Go reads them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from backend.query import parameter
from backend.query.moment import moment
from backend.query.parameter import ParameterError
from backend.query.string_map import string_map


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
    assert parameter.duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        ("s", 'time: invalid duration "s"'),
        (".", 'time: invalid duration "."'),
        ("3", 'time: missing unit in duration "3"'),
        ("3 s", 'time: unknown unit " s" in duration "3 s"'),
        ("1h-5m", 'time: unknown unit "h-" in duration "1h-5m"'),
        ("2562047h47m16.854775808s", 'time: invalid duration "2562047h47m16.854775808s"'),
        ("ü", r'time: invalid duration "\xc3\xbc"'),
    ],
)
def test_no_duration(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        parameter.duration(text)


@pytest.mark.parametrize("text", ["1_000", " 5", "5 ", "٥", "0x5", "1e3", "--5", ""])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    with pytest.raises(ParameterError, match="invalid syntax"):
        parameter.whole_number(text)


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "9" * 100_000])
def test_a_number_beyond_64_bits_is_out_of_range(text: str) -> None:
    with pytest.raises(ParameterError, match="value out of range"):
        parameter.whole_number(text)


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
    assert parameter.trace_id(text) == trace_id


@pytest.mark.parametrize("text", ["", "g", "0x1", "1" * 33, "-1", "1_0"])
def test_no_trace_id(text: str) -> None:
    with pytest.raises(ParameterError):
        parameter.trace_id(text)


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
    ("text", "message"),
    [
        ("", 'cannot parse "" as "2006"'),
        ("2020-01-01", 'cannot parse "" as "T"'),
        ("2020-01-01T00:00:00", 'cannot parse "" as "Z07:00"'),
        ("2020-13-01T00:00:00Z", ": month out of range"),
        ("2020-02-30T00:00:00Z", ": day out of range"),
        ("2020-01-01T24:00:00Z", ": hour out of range"),
        ("2020-01-01T00:00:00+25:00", ": time zone offset hour out of range"),
        ("2020-01-01T00:00:00Zx", ': extra text: "x"'),
    ],
)
def test_no_moment(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=f"{re.escape(message)}$"):
        moment(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("{}", {}), ("null", {}), ('{"a":"b"}', {"a": "b"}), ('{"a":null}', {"a": ""})]
)
def test_a_map_of_texts(text: str, expected: dict[str, str]) -> None:
    assert string_map(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unexpected end of JSON input"),
        ("nil", "invalid character 'i' in literal null (expecting 'u')"),
        ("[]", "json: cannot unmarshal array into Go value of type map[string]string"),
        ('{"a":7}', "json: cannot unmarshal number into Go value of type string"),
        ('{"a":' + "9" * 5000 + "}", "json: cannot unmarshal number into Go value of type string"),
        ('{"a":NaN}', "invalid character 'N' looking for beginning of value"),
        ('{"a":-Infinity}', "invalid character 'I' in numeric literal"),
        ("{'a':'b'}", r"invalid character '\'' looking for beginning of object key string"),
        ('{"a":"b",}', "invalid character '}' looking for beginning of object key string"),
        ('{"a" "b"}', "invalid character '\"' after object key"),
        ('{"a":"b"}x', "invalid character 'x' after top-level value"),
        ('{"a":"\n"}', r"invalid character '\n' in string literal"),
        (r'{"a":"\q"}', "invalid character 'q' in string escape code"),
        ("ü", "invalid character 'Ã' looking for beginning of value"),
    ],
)
def test_no_map_of_texts(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        string_map(text)


def test_a_map_as_deep_as_can_be_is_refused() -> None:
    with pytest.raises(ParameterError):
        string_map("[" * 100_000)
