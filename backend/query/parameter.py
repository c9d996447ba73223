"""Parameters: the texts of a query string, read as Go reads them, because Jaeger is written in Go.

Faults carry Go's own words: clients, and people, know them from the real Jaeger.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from backend.query.quote import quoted, quoted_as_time

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
TRACE_ID_DIGITS = 32

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_HEX = re.compile(r"[0-9a-fA-F]+")
_DURATION_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]*)", re.DOTALL)
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # U+00B5, the micro sign
    "μs": 1_000,  # U+03BC, the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


class ParameterError(ValueError):
    """A parameter cannot be read; the message is what Jaeger answers with status 400."""


def clamped(number: int) -> int:
    """The nearest number that fits 64 bits with a sign."""
    return max(INT64_MIN, min(INT64_MAX, number))


def whole_number(text: str, bits: int = 64, function: str = "ParseInt") -> int:
    """Read as `strconv.ParseInt(text, 10, bits)` does, or as the function whose name is to be in the message."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ParameterError(f"strconv.{function}: parsing {quoted(text)}: invalid syntax")
    # No number of so many digits fits; Python refuses to convert very long ones.
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(digits) if len(digits) <= bits else 2**bits
    number = -number if text.startswith("-") else number
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ParameterError(f"strconv.{function}: parsing {quoted(text)}: value out of range")
    return number


def truth(text: str) -> bool:
    """Read as `strconv.ParseBool` does."""
    if text not in _TRUE | _FALSE:
        raise ParameterError(f"strconv.ParseBool: parsing {quoted(text)}: invalid syntax")
    return text in _TRUE


def duration(text: str) -> int:
    """Nanoseconds of a text such as `1.2s`, `1h30m` or `-300us`; read as `time.ParseDuration` does."""
    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    if unsigned == "0":
        return 0
    total, at = 0, 0
    while at < len(unsigned) or not unsigned:
        part = _DURATION_PART.match(unsigned, at)
        if not part or not (part[1] or part[2]):
            raise ParameterError(f"time: invalid duration {quoted_as_time(text)}")
        if not part[3]:
            raise ParameterError(f"time: missing unit in duration {quoted_as_time(text)}")
        if part[3] not in _NANOSECONDS:
            raise ParameterError(f"time: unknown unit {quoted_as_time(part[3])} in duration {quoted_as_time(text)}")
        if len(part[1]) > TRACE_ID_DIGITS:
            raise ParameterError(f"time: invalid duration {quoted_as_time(text)}")
        fraction = (part[2] or "0")[:18]
        total += int(part[1] or "0") * _NANOSECONDS[part[3]]
        total += int(fraction) * _NANOSECONDS[part[3]] // 10 ** len(fraction)
        at = part.end()
    if total > INT64_MAX:
        raise ParameterError(f"time: invalid duration {quoted_as_time(text)}")
    return -total if text.startswith("-") else total


def trace_id(text: str) -> bytes:
    """16 bytes of up to 32 hex digits; what is missing on the left are zeros."""
    if len(text.encode()) > TRACE_ID_DIGITS:
        raise ParameterError(f"TraceID cannot be longer than 32 hex characters: {text}")
    half = TRACE_ID_DIGITS // 2
    for digits in (text[:-half], text[-half:]) if len(text) > half else (text,):
        if not _HEX.fullmatch(digits):
            raise ParameterError(f"strconv.ParseUint: parsing {quoted(digits)}: invalid syntax")
    return bytes.fromhex(text.zfill(TRACE_ID_DIGITS))


def trace_id_of_path(text: str) -> bytes:
    """Likewise; a fault names the text as it stands in the address, before it is decoded."""
    return trace_id(quote(text, safe="!$&'()*+,;=:@~"))
