"""Filters: parses the conditions that a span must meet. Tags are filters too.

Keys mean the same as for tags in the memory storage of Jaeger 2.20, `internal/storage/v2/memory`; in addition,
`link.trace_id` and `link.span_id` are the ids in a span's links, in hex. fitting.py does the matching.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from backend.query import parameters
from backend.query.parameters import wrong
from backend.web.reply import ParameterError

MAX_FILTERS = 32
MAX_LENGTH = 1_000
"""Characters in a filter. Both limits exceed what anyone types, and are cheap to check on each span."""
DURATION = "duration"
"""For this key, comparisons use the span's duration, in ns."""

_WILD = re.compile(r"(?<!\\)\*")
_SIGN = re.compile("!=|>=|<=|[=<>~]")
_QUOTED_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FORMS = "key, key=value, key!=value, key>1 (or >=, <, <=), key~text or ~text"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MAX_DIGITS = 400
"""In a number; the longest double has 309 before the point."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Pattern:
    """Text in which `*` matches any number of characters, and `\\*` a literal star."""

    pieces: tuple[str, ...]
    """Texts that must occur in this order, with anything in between; a single piece must match the whole text."""

    @classmethod
    def read(cls, text: str) -> Pattern:
        return cls(tuple(piece.replace("\\*", "*") for piece in _WILD.split(text)))

    @property
    def only(self) -> str | None:
        """The only text that matches; None if there may be several."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def fits(self, text: str) -> bool:
        """Match each piece at its first occurrence: a single pass over the text, however many stars."""
        first, *middle = self.pieces
        if not middle:
            return text == first
        last = middle.pop()
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


@dataclass(frozen=True)
class Contains:
    """Text that occurs anywhere, ignoring case."""

    text: str
    only: None = None

    def fits(self, text: str) -> bool:
        return self.lowered in text.lower()

    @cached_property
    def lowered(self) -> str:
        return self.text.lower()


@dataclass(frozen=True)
class Comparison:
    """A comparison with a number. Never matches a value that is not a number."""

    sign: str
    number: float
    only: None = None

    def fits(self, text: str) -> bool:
        number = number_of(text)
        return number is not None and _COMPARISONS[self.sign](number, self.number)

    def range(self) -> tuple[int | None, int | None]:
        """The smallest and largest integers that match."""
        bound = int(self.number)
        if self.sign in {">", ">="}:
            return bound + (self.sign == ">"), None
        return None, bound - (self.sign == "<")


@dataclass(frozen=True)
class Filter:
    key: str
    """Empty for free text, which matches anywhere in the span."""
    condition: Pattern | Contains | Comparison
    other: bool = False
    """`!=`: the span has the key, but no value under it that meets the condition."""
    elements: bool = True
    """Whether array elements count as values too; for Jaeger's tags they do not."""

    @property
    def only(self) -> str | None:
        """The only text that matches; None if there may be several."""
        return None if self.other else self.condition.only

    def fits(self, texts: Iterable[str]) -> bool:
        """Whether a span with these values under the key matches."""
        there = False
        for text in texts:
            if self.condition.fits(text):
                return not self.other
            there = True
        return there and self.other

    def chosen(self, names: Mapping[str, int], read: Callable[[str], int | None]) -> set[int]:
        """The numbers that match: an exact value is read like a tag's; any other condition is tried on the names."""
        only = self.condition.only
        if only is None:
            fitting = {number for name, number in names.items() if self.condition.fits(name)}
        else:
            fitting = {number for number in names.values() if number == read(only)}
        return set(names.values()) - fitting if self.other else fitting


def exact(tags: Mapping[str, str]) -> list[Filter]:
    return [Filter(key, Pattern((value,)), elements=False) for key, value in tags.items()]


def read_filters(texts: Sequence[str]) -> list[Filter]:
    """Parse filters; a key ends at the first operator, unless it is quoted. Skips empty texts.

    Raises:
        ParameterError: one is malformed, or there are too many.
    """
    given = [text for text in texts if text]
    if len(given) > MAX_FILTERS:
        raise ParameterError(f"more than {MAX_FILTERS} are given")
    return [_read(text) for text in given]


def number_of(text: str) -> float | None:
    """Parse a number: an exact int if it is whole, however large, else a double; None if it is not a number."""
    if len(text) > _MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _read(text: str) -> Filter:
    if len(text) > MAX_LENGTH:
        raise ParameterError(f"one is longer than {MAX_LENGTH} characters")
    quoted = _QUOTED_KEY.match(text)
    found = _SIGN.match(text, quoted.end()) if quoted else _SIGN.search(text)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else text[: found.start()] if found else text
    if text.startswith('"') and not quoted:
        raise wrong(text, _FORMS)
    if not found:
        if not key or (quoted and quoted.end() < len(text)):
            raise wrong(text, _FORMS)
        return Filter(key, Pattern.read("*"))
    sign, value = found[0], text[found.end() :]
    if sign == "~" and value:
        return Filter(key, Contains(value))
    if not key or sign == "~":
        raise wrong(text, _FORMS)
    if sign in _COMPARISONS:
        return Filter(key, Comparison(sign, _bound(key, value)))
    return Filter(key, Pattern.read(value), other=sign == "!=")


def _bound(key: str, text: str) -> float:
    if key == DURATION:
        return parameters.duration(text)
    number = number_of(text)
    if number is None:
        raise wrong(text, "a number")
    return number
