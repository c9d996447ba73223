"""A filter: what a span has to have under a key. Tags are filters too, of the kind that Jaeger knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.query.parameter import ParameterError
from backend.query.pattern import Pattern
from backend.query.quote import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MAX_FILTERS = 32
MAX_LENGTH = 1_000
"""Characters of a filter. Both are more than anybody types, and little to look for in each span."""


@dataclass(frozen=True)
class Filter:
    key: str
    pattern: Pattern
    other: bool = False
    """`!=`: the span has the key, and nothing that the pattern fits under it."""

    def fits(self, texts: Iterable[str]) -> bool:
        """Whether it is met by a span with these texts under the key."""
        there = False
        for text in texts:
            if self.pattern.fits(text):
                return not self.other
            there = True
        return there and self.other

    def chosen(self, names: Mapping[str, int], read: Callable[[str], int | None]) -> set[int]:
        """Those of a few numbers that meet it: an exact value is read as a tag's is, a pattern has to fit the name."""
        only = self.pattern.only
        fitting = {number for name, number in names.items() if only is None and self.pattern.fits(name)}
        if only is not None:
            fitting = {number for number in names.values() if number == read(only)}
        return set(names.values()) - fitting if self.other else fitting


def exact(tags: Mapping[str, str]) -> list[Filter]:
    return [Filter(key, Pattern((value,))) for key, value in tags.items()]


def read_filters(texts: Sequence[str]) -> list[Filter]:
    """Read `key=value` and `key!=value`; the key ends at the first of either. Empty texts are no filters.

    Raises:
        ParameterError: one is something else, or there are too many.
    """
    given = [text for text in texts if text]
    if len(given) > MAX_FILTERS:
        raise ParameterError(f"more than {MAX_FILTERS} filters")
    return [_read(text) for text in given]


def _read(text: str) -> Filter:
    if len(text) > MAX_LENGTH:
        raise ParameterError(f"longer than {MAX_LENGTH} characters")
    key, equals, value = text.partition("=")
    other = key.endswith("!")
    key = key.removesuffix("!")
    if not (equals and key):
        raise ParameterError(f"expecting key=value or key!=value, received: {quoted(text)}")
    return Filter(key, Pattern.read(value), other)
