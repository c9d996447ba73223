"""Formats values as text and numbers the way Go does, for Jaeger's responses."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue

DEEPEST_VALUE = 90
"""Messages nested in an attribute's value: 45 nested lists, or 30 maps. Protobuf's Python library parses 100 levels in
total, and six enclose the value."""
DEEPEST_BUILT = 1_000
"""Likewise, for a value that is only converted to text. Omits anything deeper, because C's stack is limited too."""
INT64 = range(-(1 << 63), 1 << 63)
Inner = list[tuple[AnyValue, Any, int]]
"""Nested values, what to fill them with, and how many messages deeper they are."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND, _MINUTE, _HOUR = 1_000_000_000, 60, 3_600
_WITHOUT_EXPONENT = 1e21
_SMALL_UNITS = (1_000_000, "ms"), (1_000, "µs"), (1, "ns")
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def duration(nanoseconds: int) -> str:
    """`9.5ms`, `1m0.5s`: like `time.Duration.String`."""
    if not nanoseconds:
        return "0s"
    sign, left = "-" if nanoseconds < 0 else "", abs(nanoseconds)
    if left < _SECOND:
        unit, name = next((unit, name) for unit, name in _SMALL_UNITS if left >= unit)
        return f"{sign}{_decimal(left, unit)}{name}"
    seconds = f"{_decimal(left % (_MINUTE * _SECOND), _SECOND)}s"
    minutes = left // _SECOND // _MINUTE
    if not minutes:
        return sign + seconds
    hours = f"{minutes // _MINUTE}h" if minutes >= _MINUTE else ""
    return f"{sign}{hours}{minutes % _MINUTE}m{seconds}"


def moment(nanoseconds: int) -> str:
    """`2026-11-23 13:34:28.5 +0000 UTC`: like `time.Time.String`, from nanoseconds since the epoch."""
    second, fraction = divmod(nanoseconds, _SECOND)
    time = (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")
    return f"{time}{f'.{fraction:09d}'.rstrip('0') if fraction else ''} +0000 UTC"


def _decimal(amount: int, unit: int) -> str:
    whole, fraction = divmod(amount, unit)
    return f"{whole}{f'.{fraction:0{len(str(unit)) - 1}d}'.rstrip('0') if fraction else ''}"


def floating(number: float) -> str:
    """Shortest digits, with an exponent only below 1e-6 and from 1e21: like `encoding/json`."""
    if not math.isfinite(number):
        name = "NaN" if math.isnan(number) else "+Inf" if number > 0 else "-Inf"
        return f"json: unsupported value: {name}"
    if number and not 1e-6 <= abs(number) < _WITHOUT_EXPONENT:  # noqa: PLR2004 - Go's thresholds
        return repr(number).replace("e-0", "e-")
    plain = format(Decimal(repr(number)), "f")
    return plain.removesuffix(".0")


def build(given: object, fill: Callable[[AnyValue, Any], Inner], value: AnyValue | None = None) -> AnyValue:
    """Build a value from nested data of any depth; parts too deep to be parsed again become text.

    Iterative, because values may be nested deeper than Python's stack; and in place, because protobuf's library does
    not copy such deep messages.

    Args:
        fill: sets a value, and returns the nested ones still to be set.
        value: the value to set; a new one by default.
    """
    value = AnyValue() if value is None else value
    deepest, todo = 0, [(value, given, 0)]
    while todo:
        target, one, depth = todo.pop()
        deepest = max(deepest, depth)
        if depth <= DEEPEST_BUILT:
            todo += [(inner, item, depth + levels) for inner, item, levels in fill(target, one)]
    if deepest > DEEPEST_VALUE:
        flatten(value)
    return value


def compact_json(document: object) -> str:
    """Encode without NaN, which JSON lacks; callers have already converted it to text."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_number(value: float) -> float | int | str:
    """A float for JSON, which has no NaN and no infinities: those become protobuf's names for them.

    Jaeger's v1 fails the whole response there. Whole numbers have no decimal point, as in Go.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value and value.is_integer() and abs(value) < _WITHOUT_EXPONENT else value


def value_text(value: AnyValue) -> str:
    """An attribute's value as text, like `pcommon.Value.AsString`."""
    return _TEXT[value.WhichOneof("value")](value)


def flatten(value: AnyValue) -> None:
    """Replace a too deeply nested value with its text, or with nothing if Python cannot produce that."""
    try:
        value.string_value = value_text(value)
    except RecursionError:
        value.Clear()


def _json_or_nothing(value: AnyValue) -> str:
    try:
        return _json(value)
    except ValueError:  # JSON has no NaN or infinity; Jaeger shows nothing then
        return ""


def _json(value: AnyValue) -> str:
    return _JSON[value.WhichOneof("value")](value)


def _object(value: AnyValue) -> str:
    entries = {entry.key: entry.value for entry in value.kvlist_value.values}
    return f"{{{','.join(f'{_string(key)}:{_json(entries[key])}' for key in sorted(entries))}}}"


def _finite(value: AnyValue) -> str:
    if not math.isfinite(value.double_value):
        raise ValueError(value.double_value)
    return floating(value.double_value)


def _base64(value: AnyValue) -> str:
    return base64.b64encode(value.bytes_value).decode()


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)


_SAME_IN_BOTH: dict[str | None, Callable[[AnyValue], str]] = {
    "bool_value": lambda value: "true" if value.bool_value else "false",
    "int_value": lambda value: str(value.int_value),
}
_JSON: dict[str | None, Callable[[AnyValue], str]] = _SAME_IN_BOTH | {
    None: lambda _: "null",
    "string_value": lambda value: _string(value.string_value),
    "double_value": _finite,
    "bytes_value": lambda value: _string(_base64(value)) if value.bytes_value else "null",
    "array_value": lambda value: f"[{','.join(map(_json, value.array_value.values))}]",
    "kvlist_value": _object,
}
_TEXT: dict[str | None, Callable[[AnyValue], str]] = _SAME_IN_BOTH | {
    None: lambda _: "",
    "string_value": lambda value: value.string_value,
    "double_value": lambda value: floating(value.double_value),
    "bytes_value": _base64,
    "array_value": _json_or_nothing,
    "kvlist_value": _json_or_nothing,
}
