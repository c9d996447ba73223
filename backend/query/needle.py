"""Needles: bytes that a request must contain to match. Searching for them costs a thirtieth of decoding the request."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from backend.codec.attributes import SERVICE_NAME, WARNINGS
from backend.query.filter import Contains, Filter
from backend.query.parameters import INT64_MAX, INT64_MIN

LINKED = "link.trace_id", "link.span_id"
RESOURCE = "resource."
NOT_ATTRIBUTES = "span.status", "scope.name", "scope.version"

_ADDED_WHEN_READ = SERVICE_NAME, WARNINGS
_SHOWN_FOR_NO_NAME = "missing-service-name", "service-name-wrong-type", "empty-service-name"
# The tags of AnyValue's fields int_value (a varint) and double_value (eight bytes).
_INT, _DOUBLE = b"\x18", b"\x21"
_INT_DIGITS = 20
_COMMON = {"", "true", "false"}
_NESTED = "[", "{"
_NOT_A_NUMBER = "json: "
"""Prefix that text.py gives to values that JSON cannot represent."""
_OF_NUMBERS = re.compile(r"[0-9+\-.e]*")
_HEX = re.compile("[0-9a-f]*")
_ASCII = re.compile(r"[\x00-\x7f]+")
_BECOME_ASCII = "\u212a".encode(), "\u0130".encode()
"""The two non-ASCII letters whose lowercase form contains an ASCII letter: the kelvin sign, and I with a dot."""


@dataclass(frozen=True)
class Needle:
    """Every matching request contains at least one of these."""

    raw: tuple[bytes, ...]
    lowered: tuple[bytes, ...] = ()
    """Likewise, in the request's bytes with ASCII letters lowercased."""

    def is_in(self, body: bytes) -> bool:
        if any(text in body for text in self.raw):
            return True
        if not self.lowered:
            return False
        low = body.lower()
        return any(text in low for text in self.lowered)


def needles_of(one: Filter) -> Iterator[Needle]:
    """For the key, and the value if only one matches; for free text if it can only occur in the bytes."""
    name = one.key.removeprefix(RESOURCE)
    if not one.key:
        if isinstance(one.condition, Contains):
            yield from _of_free_text(one.condition.lowered)
        return
    if one.key in NOT_ATTRIBUTES or name in _ADDED_WHEN_READ:
        return
    if one.key in LINKED:
        yield from _of_id(one.only)
        return
    yield Needle((name.encode(errors="replace"),))
    if one.only is not None and (alternatives := needles(one.only)):
        yield Needle(alternatives)


def _of_id(only: str | None) -> Iterator[Needle]:
    """An id occurs as raw bytes, an attribute of the same name as text."""
    if only:
        with suppress(ValueError):
            yield Needle((bytes.fromhex(only), *needles(only)))


def _of_free_text(text: str) -> Iterator[Needle]:
    """No needle for text that may be part of a number, of true or false, or of a displayed name that was not sent."""
    if _OF_NUMBERS.fullmatch(text) or any(
        text in known for known in ("true", "false", SERVICE_NAME, *_SHOWN_FOR_NO_NAME)
    ):
        return
    run = max(_ASCII.findall(text), key=len, default="")
    if not run:
        return
    ids = _parts_of_an_id(text) if _HEX.fullmatch(text) else ()
    yield Needle(ids, (run.encode(), *_BECOME_ASCII))


def _parts_of_an_id(digits: str) -> tuple[bytes, bytes]:
    """The whole bytes in hex digits, if they start at a byte boundary, or in the middle of a byte."""
    even, odd = digits[: len(digits) // 2 * 2], digits[1:][: (len(digits) - 1) // 2 * 2]
    return bytes.fromhex(even), bytes.fromhex(odd)


def needles(text: str) -> tuple[bytes, ...]:
    """Every request with the value contains one of these; empty if unknown."""
    if text in _COMMON or text.startswith((*_NESTED, _NOT_A_NUMBER)):
        return ()
    return (text.encode(errors="replace"), *_as_bytes(text), *_as_integer(text), *_as_double(text))


def _as_bytes(text: str) -> list[bytes]:
    try:
        return [base64.b64decode(text, validate=True)]
    except (binascii.Error, ValueError):
        return []


def _as_integer(text: str) -> list[bytes]:
    digits = text.removeprefix("-")
    if len(digits) > _INT_DIGITS or not (digits.isascii() and digits.isdigit()):
        return []
    number = int(text)
    return [_INT + _varint(number % 2**64)] if INT64_MIN <= number <= INT64_MAX else []


def _as_double(text: str) -> list[bytes]:
    try:
        return [_DOUBLE + struct.pack("<d", float(text))]
    except ValueError:
        return []


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits per byte
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])
