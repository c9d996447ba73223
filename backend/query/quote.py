"""Go's quotes around what cannot be read."""

from __future__ import annotations

_SHORT = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}
_ASCII_END, _BYTE_END, _PLANE_END = 0x80, 0x100, 0x10000


def quoted(text: str, mark: str = '"') -> str:
    """As `strconv.Quote`, or between other marks."""
    return mark + "".join(_written(letter, mark) for letter in text) + mark


def _written(letter: str, mark: str) -> str:
    code = ord(letter)
    if letter in {mark, "\\"}:
        return f"\\{letter}"
    if letter in _SHORT:
        return f"\\{_SHORT[letter]}"
    if letter.isprintable():
        return letter
    if code < _ASCII_END:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < _PLANE_END else f"\\U{code:08x}"


def quoted_as_time(text: str) -> str:
    """As package `time` quotes: bytes that are no ASCII, or that steer, by their numbers."""
    return f'"{"".join(map(_written_as_time, text.encode(errors="replace")))}"'


def _written_as_time(byte: int) -> str:
    letter = chr(byte)
    if letter in {'"', "\\"}:
        return f"\\{letter}"
    return letter if letter >= " " and byte < _ASCII_END else f"\\x{byte:02x}"


def quoted_letter(letter: str) -> str:
    """As `encoding/json` quotes the byte at which it gave up: of a letter of several bytes, the first."""
    if letter == '"':
        return "'\"'"
    return quoted(chr(letter.encode(errors="replace")[0]), "'")
