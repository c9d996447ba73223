"""Parameters: parses the values of a request's query.

Accepts what Jaeger accepts, which parses them with Go's standard library; the error messages are our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from backend.web.reply import ParameterError

T = TypeVar("T")

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
TRACE_ID_DIGITS = 32
MAX_SHOWN = 100
"""Characters of the given value to show in an error."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
_HEX = re.compile(r"[0-9a-fA-F]{1,32}")
_DURATION_PART = re.compile(r"([0-9]{0,32})(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {"n": 1, "u": 1_000, "µ": 1_000, "μ": 1_000, "ms": 1_000_000}
_NANOSECONDS |= {"s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000}
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}
# RFC 3339, but also one-digit hours, and a comma as the decimal point.
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T)([0-9]{1,2})(:[0-9]{2}:[0-5][0-9])(?:[.,]([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_A_MOMENT = "a time such as 2026-11-23T13:34:28.5Z"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MAX_ZONE = 24, 60
"""Hours and minutes, as in Go."""


def named(name: str, read: Callable[[str], T], text: str) -> T:
    """Parse a parameter; errors include its name."""
    try:
        return read(text)
    except ParameterError as error:
        raise ParameterError(f"parameter {name}: {error}") from error


def wrong(text: str, wanted: str) -> ParameterError:
    shown = "".join(char if char.isprintable() else "?" for char in text[:MAX_SHOWN])
    return ParameterError(f"'{shown}' is not {wanted}")


def clamped(number: int) -> int:
    """Clamp to a signed 64-bit number."""
    return max(INT64_MIN, min(INT64_MAX, number))


def whole_number(text: str, bits: int = 64) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise wrong(text, "a whole number")
    # Longer numbers cannot fit, and Python refuses to convert very long ones.
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(digits) if len(digits) <= bits else 2**bits
    number = -number if text.startswith("-") else number
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise wrong(text, f"a whole number of {bits} bits")
    return number


def truth(text: str) -> bool:
    if text not in _TRUE | _FALSE:
        raise wrong(text, "true or false")
    return text in _TRUE


def duration(text: str) -> int:
    """Parse a duration such as `1.2s`, `1h30m` or `-300us`; returns nanoseconds."""
    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    total, at = 0, 0
    while at < len(unsigned) and unsigned != "0":
        part = _DURATION_PART.match(unsigned, at)
        if not part or not (part[1] or part[2]):
            raise wrong(text, "a duration such as 1.5s, 300ms or 1h30m")
        unit = _NANOSECONDS[part[3] if part[3] in _NANOSECONDS else part[3][0]]
        fraction = (part[2] or "0")[:18]
        total += int(part[1] or "0") * unit + int(fraction) * unit // 10 ** len(fraction)
        at = part.end()
    if not unsigned or total > INT64_MAX:
        raise wrong(text, "a duration such as 1.5s, 300ms or 1h30m, of 292 years at most")
    return -total if text.startswith("-") else total


def moment(text: str) -> int:
    """Parse an RFC 3339 time such as `2026-11-23T13:34:28.5Z`; returns nanoseconds since the epoch."""
    match = _MOMENT.fullmatch(text)
    if not match or int(match[6] or 0) > _MAX_ZONE[0] or int(match[7] or 0) > _MAX_ZONE[1]:
        raise wrong(text, _A_MOMENT)
    try:
        local = datetime.strptime(f"{match[1]}{match[2]}{match[3]}+0000", "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise wrong(text, _A_MOMENT) from None
    offset = timedelta(hours=int(match[6] or 0), minutes=int(match[7] or 0))
    seconds = (local - _EPOCH + (offset if match[5] == "-" else -offset)) // timedelta(seconds=1)
    return seconds * 1_000_000_000 + int((match[4] or "0")[:9].ljust(9, "0"))


def trace_id(text: str) -> bytes:
    """Parse up to 32 hex digits into 16 bytes, padded with zeros on the left."""
    if not _HEX.fullmatch(text):
        raise wrong(text, f"a trace id, 1 to {TRACE_ID_DIGITS} hex digits")
    return bytes.fromhex(text.zfill(TRACE_ID_DIGITS))


def string_map(text: str) -> dict[str, str]:
    """Parse a JSON object of strings, such as `{"http.method":"GET"}`; null counts as empty."""
    try:
        # Any number is invalid here, so skip the conversion.
        document = json.loads(text, parse_int=lambda _: 0, parse_float=lambda _: 0.0)
    except (ValueError, RecursionError):
        document = 0
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(
        value is None or isinstance(value, str) for value in document.values()
    ):
        raise wrong(text, 'a JSON object of texts such as {"http.method":"GET"}')
    return {key: value or "" for key, value in document.items()}
