"""Numbers of JSON."""

from __future__ import annotations

import math

_WITHOUT_EXPONENT = 1e21


def json_number(value: float) -> float | int | str:
    """A float for JSON, which has no NaN and no infinities: they become the words that protobuf's JSON has for them.

    The real Jaeger's v1 fails the whole answer there. Whole numbers are written without a point, as Go does.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value and value.is_integer() and abs(value) < _WITHOUT_EXPONENT else value
