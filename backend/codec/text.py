"""Values as texts and numbers, written as Go writes them, where Jaeger puts them into its answers."""

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
"""Messages nested in an attribute's value. Protobuf's Python library reads 100 in all, and six are around the value: 45
lists in one another, or 30 maps."""
DEEPEST_BUILT = 1_000
"""Likewise, of a value that is only made a text of; what is below is left out, because C's stack has an end too."""
INT64 = range(-(1 << 63), 1 << 63)
Inner = list[tuple[AnyValue, Any, int]]
"""Values in a value, what they are to become, and by how many messages they lie deeper."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND, _MINUTE, _HOUR = 1_000_000_000, 60, 3_600
_WITHOUT_EXPONENT = 1e21
_SMALL_UNITS = (1_000_000, "ms"), (1_000, "µs"), (1, "ns")
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def duration(nanoseconds: int) -> str:
    """`9.5ms`, `1m0.5s`: as `time.Duration.String`."""
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
    """`2026-11-23 13:34:28.5 +0000 UTC`: as `time.Time.String`, of nanoseconds since the epoch."""
    second, fraction = divmod(nanoseconds, _SECOND)
    time = (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")
    return f"{time}{f'.{fraction:09d}'.rstrip('0') if fraction else ''} +0000 UTC"


def _decimal(amount: int, unit: int) -> str:
    whole, fraction = divmod(amount, unit)
    return f"{whole}{f'.{fraction:0{len(str(unit)) - 1}d}'.rstrip('0') if fraction else ''}"


def floating(number: float) -> str:
    """Shortest digits, an exponent only below 1e-6 and from 1e21: as `encoding/json`."""
    if not math.isfinite(number):
        name = "NaN" if math.isnan(number) else "+Inf" if number > 0 else "-Inf"
        return f"json: unsupported value: {name}"
    if number and not 1e-6 <= abs(number) < _WITHOUT_EXPONENT:  # noqa: PLR2004 - Go's own borders
        return repr(number).replace("e-0", "e-")
    plain = format(Decimal(repr(number)), "f")
    return plain.removesuffix(".0")


def build(given: object, fill: Callable[[AnyValue, Any], Inner], value: AnyValue | None = None) -> AnyValue:
    """A value of what is given, however deep that is nested; what is deeper than is read again becomes its text.

    Without recursion, because values may be nested deeper than Python calls, and in place: protobuf's library copies no
    message that is nested so deep.

    Args:
        fill: sets a value, and names those in it that are still to be set.
        value: is set; a new one without it.
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
    """Without NaN: whoever made the document has turned it into text, for JSON does not know it."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_number(value: float) -> float | int | str:
    """A float for JSON, which has no NaN and no infinities: they become the words that protobuf's JSON has for them.

    The real Jaeger's v1 fails the whole answer there. Whole numbers are written without a point, as Go does.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value and value.is_integer() and abs(value) < _WITHOUT_EXPONENT else value


def value_text(value: AnyValue) -> str:
    """An attribute's value as text: as `pcommon.Value.AsString`."""
    return _TEXT[value.WhichOneof("value")](value)


def flatten(value: AnyValue) -> None:
    """Put its text in the place of a value that is nested too deep; nothing, where Python cannot even make that."""
    try:
        value.string_value = value_text(value)
    except RecursionError:
        value.Clear()


def _json_or_nothing(value: AnyValue) -> str:
    try:
        return _json(value)
    except ValueError:  # JSON knows no NaN and no infinity; Jaeger shows nothing then
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
