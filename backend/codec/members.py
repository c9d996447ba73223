"""Members of untrusted JSON objects: returns a member of the wanted type, or raises an error that names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from backend.codec.otlp import MalformedRequestError

T = TypeVar("T")
Object = dict[str, Any]

_WORDS: dict[type, str] = {str: "a text", dict: "an object", list: "a list"}
_SHOWN = 40


@contextmanager
def place(where: str) -> Iterator[None]:
    """Prefix errors in the block with their place in the document.

    Raises:
        MalformedRequestError: replaces any ValueError, including protobuf's.
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
            raise MalformedRequestError(f"{name}: element {number} is {shown(one)}, not an object")
    return found


def objects_if_any(holder: Object, name: str) -> list[Object]:
    """The same; empty if the list is missing or null."""
    return [] if holder.get(name) is None else objects(holder, name)


def shown(value: object) -> str:
    """Format a value on one line, truncated if long."""
    if isinstance(value, (dict, list)):
        return _WORDS[type(value)]
    return json.dumps(value[:_SHOWN] if isinstance(value, str) else value)[: 2 * _SHOWN]
