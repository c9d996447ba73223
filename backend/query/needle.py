"""Needles: bytes that a request has to hold for an attribute's value to be shown as some text.

Looking for them costs a thirtieth of decoding the request and going through its spans. What is found may be something
else, what is not found is not there: a value's bytes are looked for in each type that can be shown so.
"""

from __future__ import annotations

import base64
import binascii
import struct

from backend.query.parameter import INT64_MAX, INT64_MIN

# The tags of AnyValue's fields int_value, a varint, and double_value, eight bytes.
_INT, _DOUBLE = b"\x18", b"\x21"
_INT_DIGITS = 20
_COMMON = {"", "true", "false"}
_NESTED = "[", "{"
_NOT_A_NUMBER = "json: "
"""How gotext begins to show what JSON cannot hold."""


def needles(text: str) -> tuple[bytes, ...]:
    """One of these is in each request with the value; empty if nothing can be said."""
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
    while number > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])
