"""JSON that strangers wrote: mended where one can tell what was meant, so that one odd text does not cost the rest.

Python's parser hands on halves of surrogate pairs, which no text may have, and gives up on bytes that are no UTF-8, on
numbers of thousands of digits and on what is nested a thousand deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

# Deeper ones have nothing in them: Python parses about a thousand levels, and its callers take some.
DEEPEST = 600
_LONGEST = 4_000
"""Digits that Python makes a number of; it refuses more than 4,300."""
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
# A number of too many digits becomes a text.
_PATIENT = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < _LONGEST else digits)


def parsed(raw: bytes) -> Any:
    """The one document in the bytes.

    Raises:
        ValueError: they are no JSON.
        RecursionError: the caller is too deep itself.
    """
    text = readable(raw)
    found = list(islice(documents(text), 2))
    if len(found) != 1:
        problem, at = ("Extra data", found[1][0]) if found else ("Expecting value", 0)
        raise json.JSONDecodeError(problem, text, at)
    return found[0][1]


def readable(raw: bytes) -> str:
    """The bytes as a text of UTF-8, UTF-16 or UTF-32, with U+FFFD for what is none and for half a surrogate pair."""
    text = raw.decode(json.detect_encoding(raw), "replace")
    if "\\ud" in text or "\\uD" in text:
        return _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)
    return text


def documents(text: str) -> Iterator[tuple[int, Any]]:
    """Each document of the text behind the place where it begins; only white space is between them.

    Raises:
        ValueError, RecursionError: as above.
    """
    decoder, at = _DECODER, _after_space(text, 0)
    while at < len(text):
        try:
            found, end = decoder.raw_decode(text, at)
        except (RecursionError, ValueError) as problem:
            if decoder is _PATIENT or isinstance(problem, json.JSONDecodeError):
                raise
            decoder, text = _PATIENT, _shallow(text) if isinstance(problem, RecursionError) else text
            continue
        yield at, found
        at = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too


def _shallow(text: str) -> str:
    """The text with spaces for what is nested too deep; all else keeps its place."""
    kept, begin, depth = [], 0, 0
    for token in _BRACKET.finditer(text):
        if token[0] in {"[", "{"}:
            depth += 1
            if depth == DEEPEST:
                kept.append(text[begin : token.end()])
                begin = token.end()
        elif token[0] in {"]", "}"}:
            if depth == DEEPEST:
                kept.append(" " * (token.start() - begin))
                begin = token.start()
            depth -= 1
    kept.append(text[begin:] if depth < DEEPEST else "")
    return "".join(kept)
