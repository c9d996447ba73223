"""Untrusted JSON: repaired where the intent is clear, so that one odd value does not cost the whole document.

Python's parser passes on lone surrogates, which valid text cannot contain, and fails on invalid UTF-8, on numbers with
thousands of digits and on nesting a thousand levels deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

# Anything nested deeper becomes empty: Python parses about a thousand levels, and the callers use some of these.
DEEPEST = 600
_LONGEST = 4_000
"""Digits that Python converts to a number; it refuses more than 4,300."""
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
# A number with too many digits becomes text.
_PATIENT = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < _LONGEST else digits)


def parsed(raw: bytes) -> Any:
    """Parse the single document in the bytes.

    Raises:
        ValueError: they are not JSON.
        RecursionError: the caller's own stack is too deep.
    """
    text = readable(raw)
    found = list(islice(documents(text), 2))
    if len(found) != 1:
        problem, at = ("Extra data", found[1][0]) if found else ("Expecting value", 0)
        raise json.JSONDecodeError(problem, text, at)
    return found[0][1]


def readable(raw: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32; replaces invalid bytes and lone surrogates with U+FFFD."""
    text = raw.decode(json.detect_encoding(raw), "replace")
    if "\\ud" in text or "\\uD" in text:
        return _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)
    return text


def documents(text: str) -> Iterator[tuple[int, Any]]:
    """Yield each document of the text with its offset; whitespace separates documents.

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
    return _SPACE.match(text, at).end()  # type: ignore[union-attr] # it always matches


def _shallow(text: str) -> str:
    """Blank out what is nested too deep; everything else keeps its offset."""
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
