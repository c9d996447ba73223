"""Converts tags in Jaeger's JSON to attributes. Accepts Jaeger's types, and those of other programs that write it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from backend.codec.members import Object, member, objects_if_any, place, shown
from backend.codec.text import INT64, Inner, build

_ALIASES = {
    "boolean": "bool",
    "int": "int64",
    "int32": "int64",
    "integer": "int64",
    "long": "int64",
    "short": "int64",
    "double": "float64",
    "float": "float64",
    "float32": "float64",
    "number": "float64",
    "bytes": "binary",
}
_TRUTHS = {"true": True, "false": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
# JSON has no infinities and no NaN; these are protobuf's and Python's names for them.
_FLOATING = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|-?Infinity|NaN|-?inf|nan")


def attributes(holder: Object, name: str) -> list[KeyValue]:
    """The tags in the holder's list of this name; empty if it is missing or null.

    Raises:
        MalformedRequestError: an entry is not a tag.
    """
    with place(name):
        return [_attribute(tag) for tag in objects_if_any(holder, name)]


def take(found: list[KeyValue], key: str, is_wanted: Callable[[AnyValue], object], *, first: bool = False) -> AnyValue:
    """Remove the last (or first) wanted attribute with that key and return its value; an empty value if none."""
    places = range(len(found))
    for at in places if first else reversed(places):
        if found[at].key == key and is_wanted(found[at].value):
            return found.pop(at).value
    return AnyValue()


def _attribute(tag: Object) -> KeyValue:
    key = member(tag, "key", str)
    with place(shown(key)):
        return KeyValue(key=key, value=_value(tag.get("type"), tag.get("value")))


def _value(kind: object, value: object) -> AnyValue:
    """Convert by the given type or, if that fails, by the JSON type: many programs write types of their own."""
    with suppress(ValueError, OverflowError):
        match _ALIASES.get(str(kind).lower(), kind), value:
            case "bool", str() if value.lower() in _TRUTHS:
                return AnyValue(bool_value=_TRUTHS[value.lower()])
            case "int64", str() if _INTEGER.fullmatch(value):
                value = int(value)
            case "float64", int() | float() | str() if type(value) is not bool and _FLOATING.fullmatch(str(value)):
                return AnyValue(double_value=float(value))
            case "binary", str() | None:
                return AnyValue(bytes_value=base64.b64decode(value or "", validate=True))
    return build(value, _fill)


def _fill(value: AnyValue, given: Any) -> Inner:
    match given:
        case bool():
            value.bool_value = given
        case int() if given in INT64:
            value.int_value = given
        case float():
            value.double_value = given
        case int() | str():
            value.string_value = str(given)
        case list():
            value.array_value.SetInParent()
            return [(value.array_value.values.add(), one, 2) for one in given]
        case dict():
            value.kvlist_value.SetInParent()
            return [(value.kvlist_value.values.add(key=key).value, one, 3) for key, one in given.items()]
    return []
