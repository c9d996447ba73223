"""Filters: what a span has to have, as one writes it. Tags are filters too.

Keys mean what they mean to tags in the memory storage of Jaeger 2.20, `internal/storage/v2/memory`; besides,
`link.trace_id` and `link.span_id` are those that a span links to, in hex. Which spans fit, fitting.py tells.
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
"""Characters of a filter. Both are more than anybody types, and little to look for in each span."""
DURATION = "duration"
"""The key under which comparisons are with the span's own duration, in ns."""

_WILD = re.compile(r"(?<!\\)\*")
_SIGN = re.compile("!=|>=|<=|[=<>~]")
_QUOTED_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FORMS = "key, key=value, key!=value, key>1 (or >=, <, <=), key~text or ~text"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MAX_DIGITS = 400
"""Of a number; the longest double has 309 before the point."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Pattern:
    """Text in which `*` stands for any run of characters, also for none, and `\\*` for a star."""

    pieces: tuple[str, ...]
    """What has to be there, in this order, with anything between two of them; one piece is the whole text."""

    @classmethod
    def read(cls, text: str) -> Pattern:
        return cls(tuple(piece.replace("\\*", "*") for piece in _WILD.split(text)))

    @property
    def only(self) -> str | None:
        """The one text that fits; None where many can."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def fits(self, text: str) -> bool:
        """Each piece is taken where it comes first, so the text is gone through once, however many stars there are."""
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
    """Text that occurs somewhere, in upper or lower case."""

    text: str
    only: None = None

    def fits(self, text: str) -> bool:
        return self.lowered in text.lower()

    @cached_property
    def lowered(self) -> str:
        return self.text.lower()


@dataclass(frozen=True)
class Comparison:
    """A number that is above or below another one. What is no number is neither."""

    sign: str
    number: float
    only: None = None

    def fits(self, text: str) -> bool:
        number = number_of(text)
        return number is not None and _COMPARISONS[self.sign](number, self.number)

    def range(self) -> tuple[int | None, int | None]:
        """The whole numbers that fit: the least and the greatest."""
        bound = int(self.number)
        if self.sign in {">", ">="}:
            return bound + (self.sign == ">"), None
        return None, bound - (self.sign == "<")


@dataclass(frozen=True)
class Filter:
    key: str
    """Empty for free text, which may be anywhere in the span."""
    condition: Pattern | Contains | Comparison
    other: bool = False
    """`!=`: the span has the key, and nothing that the condition fits under it."""
    elements: bool = True
    """Whether the elements of an array count as values too; to Jaeger's tags they do not."""

    @property
    def only(self) -> str | None:
        """The one text that fits; None where many can."""
        return None if self.other else self.condition.only

    def fits(self, texts: Iterable[str]) -> bool:
        """Whether it is met by a span with these texts under the key."""
        there = False
        for text in texts:
            if self.condition.fits(text):
                return not self.other
            there = True
        return there and self.other

    def chosen(self, names: Mapping[str, int], read: Callable[[str], int | None]) -> set[int]:
        """Those of a few numbers that meet it: an exact value is read as a tag's is, all else has to fit the name."""
        only = self.condition.only
        if only is None:
            fitting = {number for name, number in names.items() if self.condition.fits(name)}
        else:
            fitting = {number for number in names.values() if number == read(only)}
        return set(names.values()) - fitting if self.other else fitting


def exact(tags: Mapping[str, str]) -> list[Filter]:
    return [Filter(key, Pattern((value,)), elements=False) for key, value in tags.items()]


def read_filters(texts: Sequence[str]) -> list[Filter]:
    """Read filters; a key ends at the first sign, unless it is quoted. Empty texts are no filters.

    Raises:
        ParameterError: one is something else, or there are too many.
    """
    given = [text for text in texts if text]
    if len(given) > MAX_FILTERS:
        raise ParameterError(f"more than {MAX_FILTERS} are given")
    return [_read(text) for text in given]


def number_of(text: str) -> float | None:
    """The number that a text is: an exact one where it is whole, however large, else a double."""
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
