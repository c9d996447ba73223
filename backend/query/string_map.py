"""A parameter that is a JSON object of texts, such as `tags={"http.method":"GET"}`.

Faults carry the words of Go's `encoding/json`, as far as Python's parser tells enough to find them.
"""

from __future__ import annotations

import json
import re

from backend.query.parameter import ParameterError
from backend.query.quote import quoted_letter

_AFTER = {
    "Expecting value": "looking for beginning of value",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Illegal trailing comma before end of array": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Expecting ',' delimiter": "after object key:value pair",
    "Extra data": "after top-level value",
    "Invalid control character": "in string literal",
    "Invalid \\escape": "in string escape code",
    "Invalid \\uXXXX escape": "in \\u hexadecimal character escape",
}
_LITERALS = "null", "true", "false"
_KINDS: dict[type, str] = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def string_map(text: str) -> dict[str, str]:
    """Read as `json.Unmarshal` reads into a `map[string]string`; null counts as nothing.

    Raises:
        ParameterError: it is something else.
    """
    try:
        # Numbers are wrong however large they are, so nobody has to convert them.
        document = json.loads(text, parse_int=lambda _: 0, parse_float=lambda _: 0.0, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ParameterError(_syntax(error)) from error
    except RecursionError as error:
        raise ParameterError("exceeded max depth") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ParameterError(_mismatch(document, "map[string]string"))
    for value in document.values():
        if value is not None and not isinstance(value, str):
            raise ParameterError(_mismatch(value, "string"))
    return {key: value or "" for key, value in document.items()}


def _refuse(constant: str) -> None:
    """NaN and the infinities, which only Python takes for JSON."""
    place = "in numeric literal" if constant.startswith("-") else "looking for beginning of value"
    raise ParameterError(f"invalid character {quoted_letter(constant.lstrip('-')[0])} {place}")


def _syntax(error: json.JSONDecodeError) -> str:
    text, at = error.doc, error.pos
    if at >= len(text) or error.msg.startswith("Unterminated"):
        return "unexpected end of JSON input"
    if error.msg == "Expecting value" and (fault := _literal_fault(text, at)):
        return fault
    place = next((words for start, words in _AFTER.items() if error.msg.startswith(start)), "in string literal")
    if error.msg.startswith("Invalid \\e"):
        at += 1
    elif error.msg.startswith("Invalid \\u"):
        match = re.compile(r"u?[0-9a-fA-F]{0,3}").match(text, at)
        at = match.end() if match else at
    elif error.msg.startswith("Illegal"):
        at = text.index(next(letter for letter in text[at + 1 :] if not letter.isspace()), at + 1)
    return f"invalid character {quoted_letter(text[at])} {place}" if at < len(text) else "unexpected end of JSON input"


def _literal_fault(text: str, at: int) -> str | None:
    """A word that begins as one of JSON's, or a minus without a number; at its end Go reads a blank."""
    if text[at] == "-":
        return f"invalid character {quoted_letter((text + ' ')[at + 1])} in numeric literal"
    literal = next((word for word in _LITERALS if word[0] == text[at]), None)
    if literal is None:
        return None
    read = text[at : at + len(literal)].ljust(len(literal))
    place = next(place for place, letter in enumerate(literal) if read[place] != letter)
    expected = f"(expecting {quoted_letter(literal[place])})"
    return f"invalid character {quoted_letter(read[place])} in literal {literal} {expected}"


def _mismatch(value: object, wanted: str) -> str:
    return f"json: cannot unmarshal {_KINDS[type(value)]} into Go value of type {wanted}"
