"""Converts JSON to protobuf messages by OTLP's rules: hex ids, enums as numbers or names, 64-bit numbers also as text.

It is as lenient as the Collector, or more so: treats null as absent, ignores unknown fields, takes the last of several
alternatives in a oneof, keeps integers beyond 64 bits as text, and accepts base64 ids, which Tempo writes.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from backend.codec.members import shown
from backend.codec.otlp import MalformedRequestError
from backend.codec.text import INT64, Inner, build

Setter = Callable[[Any, Any], None]
Converter = Callable[[str, Any], Any]

_ID_SIZES = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
_WHOLE = re.compile(r"[+-]?[0-9]+")
_FLOATING = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?Infinity|NaN")
_LONGEST = 40
"""Digits; Python refuses to convert thousands of digits, and no field holds more than 20."""
_TO_STANDARD = str.maketrans("-_", "+/", "=\r\n")
_RANGES = {
    FieldDescriptor.TYPE_UINT32: range(1 << 32),
    FieldDescriptor.TYPE_FIXED32: range(1 << 32),
    FieldDescriptor.TYPE_INT32: range(-(1 << 31), 1 << 31),
    FieldDescriptor.TYPE_INT64: INT64,
    FieldDescriptor.TYPE_UINT64: range(1 << 64),
    FieldDescriptor.TYPE_FIXED64: range(1 << 64),
}


def fill(message: Any, given: object) -> None:
    """Set the message's fields.

    Raises:
        MalformedRequestError: it is not an object, or a member does not fit its field.
    """
    setters = _setters(message.DESCRIPTOR)
    for name, value in as_object(message.DESCRIPTOR.name, given).items():
        setter = setters.get(name)
        if setter is not None and value is not None:
            setter(message, value)


def as_object(name: str, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _unfit(name, given, "an object")
    return given


def as_list(name: str, given: object) -> list[Any]:
    if not isinstance(given, list):
        raise _unfit(name, given, "a list")
    return given


@cache
def _setters(of: Descriptor) -> dict[str, Setter]:
    """The setters, keyed by both names of each field."""
    setters = {field: _setter(field) for field in of.fields}
    return {name: setter for field, setter in setters.items() for name in (field.name, field.json_name)}


def _setter(field: FieldDescriptor) -> Setter:
    name, label = field.name, field.json_name
    if field.message_type is None:
        convert = _converter(field)
        if field.is_repeated:
            return lambda message, given: getattr(message, name).extend(
                convert(label, one) for one in as_list(label, given) if one is not None
            )
        return lambda message, given: setattr(message, name, convert(label, given))
    read = _fill_value if field.message_type is AnyValue.DESCRIPTOR else fill
    if field.is_repeated:

        def add(message: Any, given: object) -> None:
            for one in as_list(label, given):
                if one is not None:
                    read(getattr(message, name).add(), one)

        return add

    def enter(message: Any, given: object) -> None:
        inner = getattr(message, name)
        inner.SetInParent()
        read(inner, given)

    return enter


def _converter(field: FieldDescriptor) -> Converter:
    if field.enum_type is not None:
        words = {word: value.number for word, value in field.enum_type.values_by_name.items()}
        return lambda name, given: _enum(name, given, words)
    if field.type in _RANGES:
        wanted = _RANGES[field.type]
        return lambda name, given: _whole(name, given, wanted)
    if field.name in _ID_SIZES:
        size = _ID_SIZES[field.name]
        return lambda name, given: _id(name, given, size)
    return _text


def _fill_value(value: AnyValue, given: object) -> None:
    build(given, _fill_one, value)


def _fill_one(value: AnyValue, given: object) -> Inner:
    for name, one in reversed(as_object("value", given).items()):
        setter = _ALTERNATIVES.get(name)
        if setter is not None and one is not None:
            return setter(value, one) or []
    return []


def _list(value: AnyValue, given: object) -> Inner:
    inner = value.array_value
    inner.SetInParent()
    items = _values("arrayValue", given)
    return [(inner.values.add(), {} if item is None else item, 2) for item in items]


def _map(value: AnyValue, given: object) -> Inner:
    inner = value.kvlist_value
    inner.SetInParent()
    found: Inner = []
    for entry in _values("kvlistValue", given):
        if entry is None:
            continue
        pair, held = inner.values.add(), as_object("values", entry)
        pair.key = "" if held.get("key") is None else _text("key", held["key"])
        if held.get("value") is not None:
            pair.value.SetInParent()
            found.append((pair.value, held["value"], 3))
    return found


def _values(name: str, given: object) -> list[Any]:
    values = as_object(name, given).get("values")
    return [] if values is None else as_list("values", values)


def _integer(value: AnyValue, given: object) -> None:
    if isinstance(given, str) and _WHOLE.fullmatch(given) and len(given) > _LONGEST:
        value.string_value = given
        return
    number = _number("intValue", given)
    if number in INT64:
        value.int_value = number
    else:
        value.string_value = str(number)


def _scalar(field: str, name: str, convert: Converter) -> Callable[[AnyValue, Any], None]:
    return lambda value, given: setattr(value, field, convert(name, given))


def _text(name: str, given: object) -> str:
    if not isinstance(given, str):
        raise _unfit(name, given, "a text")
    return given


def _truth(name: str, given: object) -> bool:
    if not isinstance(given, bool):
        raise _unfit(name, given, "true or false")
    return given


def _floating(name: str, given: object) -> float:
    if type(given) is float:
        return given
    if type(given) is int:
        try:
            return float(given)
        except OverflowError:
            return math.inf if given > 0 else -math.inf
    if isinstance(given, str) and _FLOATING.fullmatch(given):
        return float(given)
    raise _unfit(name, given, "a number")


def _base64(name: str, given: object) -> bytes:
    """Decode base64 in the standard or URL-safe alphabet, with or without padding."""
    text = _text(name, given).translate(_TO_STANDARD)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise _unfit(name, given, "base64") from None


def _id(name: str, given: object, size: int) -> bytes:
    """Decode an id. Span validation checks its size later."""
    text = _text(name, given)
    try:
        found = binascii.unhexlify(text)
    except ValueError:
        found = b""
    if len(found) == size or not text:
        return found
    try:
        decoded = _base64(name, text)
    except MalformedRequestError:
        decoded = b""
    if not found and len(decoded) != size:
        raise _unfit(name, given, "hexadecimal")
    return decoded if len(decoded) == size else found


def _enum(name: str, given: object, words: dict[str, int]) -> int:
    if isinstance(given, str) and given in words:
        return words[given]
    try:
        return _whole(name, given, _RANGES[FieldDescriptor.TYPE_INT32])
    except MalformedRequestError:
        raise _unfit(name, given, f"a number or one of {', '.join(words)}") from None


def _whole(name: str, given: object, wanted: range) -> int:
    number = _number(name, given)
    if number not in wanted:
        raise _unfit(name, given, f"from {wanted[0]} to {wanted[-1]}")
    return number


def _number(name: str, given: object) -> int:
    if type(given) is int:
        return given
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, str) and len(given) <= _LONGEST and _WHOLE.fullmatch(given):
        return int(given)
    raise _unfit(name, given, "a whole number")


def _unfit(name: str, given: object, wanted: str) -> MalformedRequestError:
    return MalformedRequestError(f"{name} is {shown(given)}, not {wanted}")


_KINDS: dict[str, Callable[[AnyValue, Any], Inner | None]] = {
    "string_value": _scalar("string_value", "stringValue", _text),
    "bool_value": _scalar("bool_value", "boolValue", _truth),
    "int_value": _integer,
    "double_value": _scalar("double_value", "doubleValue", _floating),
    "bytes_value": _scalar("bytes_value", "bytesValue", _base64),
    "array_value": _list,
    "kvlist_value": _map,
}
_ALTERNATIVES = {
    name: setter
    for field, setter in _KINDS.items()
    for name in (field, AnyValue.DESCRIPTOR.fields_by_name[field].json_name)
}
