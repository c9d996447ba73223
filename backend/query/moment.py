"""Moments: RFC 3339 texts such as `2026-11-23T13:34:28.5Z`, read as Go's `time.Parse` reads them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from backend.query.parameter import ParameterError
from backend.query.quote import quoted_as_time

_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_PARTS = (
    # The layout's part, what it looks like, and what is wrong with a number beyond which limits.
    ("2006", r"[0-9]{4}", "year", 0, 9999),
    ("-", "-", "", 0, 0),
    ("01", r"[0-9]{2}", "month", 1, 12),
    ("-", "-", "", 0, 0),
    ("02", r"[0-9]{2}", "day", 0, 99),
    ("T", "T", "", 0, 0),
    ("15", r"[0-9]{1,2}", "hour", 0, 23),
    (":", ":", "", 0, 0),
    ("04", r"[0-9]{2}", "minute", 0, 59),
    (":", ":", "", 0, 0),
    ("05", r"[0-9]{2}", "second", 0, 59),
)
_FRACTION = re.compile(r"[.,]([0-9]+)")
_ZONE = re.compile(r"Z|([+-])([0-9]{2}):([0-9]{2})")
_MAX_ZONE = 24, 60


def moment(text: str) -> int:
    """Nanoseconds since the epoch.

    Raises:
        ParameterError: in Go's words.
    """
    numbers, at = _numbers(text)
    fraction = _FRACTION.match(text, at)
    at = fraction.end() if fraction else at
    offset, at = _offset(text, at)
    if at < len(text):
        raise _wrong(text, f": extra text: {quoted_as_time(text[at:])}")
    try:
        local = datetime(*numbers, tzinfo=timezone.utc)  # type: ignore[arg-type,misc]
    except ValueError:  # the year 0 is one to Go; here it is as wrong as the 30th of February
        raise _wrong(text, ": day out of range") from None
    seconds = (local - _EPOCH) // timedelta(seconds=1) - offset
    return seconds * 1_000_000_000 + (int(fraction[1][:9].ljust(9, "0")) if fraction else 0)


def _numbers(text: str) -> tuple[list[int], int]:
    """Year to second, and where they end."""
    numbers, at = [], 0
    for layout, pattern, name, least, most in _PARTS:
        match = re.compile(pattern).match(text, at)
        if not match:
            raise _unlike(text, at, layout)
        at = match.end()
        if name:
            numbers.append(int(match[0]))
            if not least <= numbers[-1] <= most:
                raise _wrong(text, f": {name} out of range")
    return numbers, at


def _offset(text: str, at: int) -> tuple[int, int]:
    """Seconds east of Greenwich, and where the zone ends."""
    zone = _ZONE.match(text, at)
    if not zone:
        raise _unlike(text, at, "Z07:00")
    if not zone[1]:
        return 0, zone.end()
    hours, minutes = int(zone[2]), int(zone[3])
    for name, number, most in (("hour", hours, _MAX_ZONE[0]), ("minute", minutes, _MAX_ZONE[1])):
        if number > most:
            raise _wrong(text, f": time zone offset {name} out of range")
    seconds = hours * 3600 + minutes * 60
    return -seconds if zone[1] == "-" else seconds, zone.end()


def _unlike(text: str, at: int, layout: str) -> ParameterError:
    unread = f"cannot parse {quoted_as_time(text[at:])} as {quoted_as_time(layout)}"
    return _wrong(text, f" as {quoted_as_time(_LAYOUT)}: {unread}")


def _wrong(text: str, what: str) -> ParameterError:
    return ParameterError(f"parsing time {quoted_as_time(text)}{what}")
