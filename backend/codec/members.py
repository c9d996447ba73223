"""Members of JSON objects that strangers wrote: of the type that is wanted, or a fault that names them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from backend.codec.otlp import MalformedRequestError

T = TypeVar("T")
Object = dict[str, Any]

_WORDS: dict[type, str] = {str: "a text", dict: "an object", list: "a list"}
_SHOWN = 40
_TYPE_OF: dict[type, str] = {str: "string", bool: "bool", int: "int64", float: "float64"}
"""What a tag has that names no type, as some programs write them."""
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NOT_FINITE = {"NaN", "Infinity", "-Infinity"}
"""JSON has no numbers for them; these are protobuf's words."""


@contextmanager
def place(where: str) -> Iterator[None]:
    """Put the place before what is wrong there.

    Raises:
        MalformedRequestError: instead of any ValueError, also protobuf's own.
    """
    try:
        yield
    except (ValueError, OverflowError) as problem:
        raise MalformedRequestError(f"{where}: {problem}") from problem


def member(holder: Object, name: str, kind: type[T]) -> T:
    value = holder.get(name)
    if isinstance(value, kind):
        return value
    raise MalformedRequestError(f"{name} is {shown(value)}, not {_WORDS[kind]}" if name in holder else f"no {name}")


def objects(holder: Object, name: str) -> list[Object]:
    """The objects in a list."""
    found = member(holder, name, list)
    for number, one in enumerate(found, 1):
        if not isinstance(one, dict):
            raise MalformedRequestError(f"{name}: number {number} is {shown(one)}, not an object")
    return found


def objects_if_any(holder: Object, name: str) -> list[Object]:
    """The same; none where the list is left out or null."""
    return [] if holder.get(name) is None else objects(holder, name)


def shown(value: object) -> str:
    """A value on one line, and not all of it where it is long."""
    if isinstance(value, (dict, list)):
        return _WORDS[type(value)]
    return json.dumps(value[:_SHOWN] if isinstance(value, str) else value)[: 2 * _SHOWN]


def attributes(holder: Object, name: str) -> list[KeyValue]:
    """The tags in a list of the holder; none where it is left out or null.

    Raises:
        MalformedRequestError: one is no tag.
    """
    with place(name):
        return [_attribute(tag) for tag in objects_if_any(holder, name)]


def take(found: list[KeyValue], key: str, is_wanted: Callable[[AnyValue], object], *, first: bool = False) -> AnyValue:
    """Take the last or first attribute of that key that is wanted out of the list; an empty value if there is none."""
    places = range(len(found))
    for at in places if first else reversed(places):
        if found[at].key == key and is_wanted(found[at].value):
            return found.pop(at).value
    return AnyValue()


def _attribute(tag: Object) -> KeyValue:
    key, value, kind = member(tag, "key", str), tag.get("value"), tag.get("type")
    try:
        return KeyValue(key=key, value=_value(_TYPE_OF.get(type(value)) if kind is None else kind, value))
    except (ValueError, OverflowError) as problem:
        raise MalformedRequestError(f"{shown(key)}: {problem}") from problem


def _value(kind: object, value: object) -> AnyValue:
    match kind, value:
        case "string", str():
            return AnyValue(string_value=value)
        case "bool", bool():
            return AnyValue(bool_value=value)
        case "int64", int() | str() if type(value) is int or _INTEGER.fullmatch(str(value)):
            return AnyValue(int_value=int(value))
        case "float64", int() | float() | str() if type(value) in {int, float} or value in _NOT_FINITE:
            return AnyValue(double_value=float(value))
        case "binary", str() | None:
            with place("base64"):
                return AnyValue(bytes_value=base64.b64decode(value or "", validate=True))
    raise MalformedRequestError(f"{shown(value)} is no value of type {shown(kind)}")
