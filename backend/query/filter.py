"""Filters: what a span has to have under a key, and which spans of a request fit. Tags are filters too.

A request is decoded only if it may have a span that fits: bytes that it would have to hold are looked for first, at a
thirtieth of the cost. Times and durations are compared in store/search.py, in SQL.
Keys mean what they mean to tags in the memory storage of Jaeger 2.20,
`internal/storage/v2/memory`; besides, `link.trace_id` and `link.span_id` are those that a span links to, in hex.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import SERVICE_NAME, WARNINGS, find
from backend.codec.otlp import ResourceSpans, ScopeSpans, spans
from backend.codec.text import value_text
from backend.query.parameters import INT64_MAX, INT64_MIN, wrong
from backend.query.trace import TraceReader
from backend.store.span import StoredRequest
from backend.web.reply import ParameterError

Check = Callable[[ResourceSpans, ScopeSpans, Span], bool]

MAX_FILTERS = 32
MAX_LENGTH = 1_000
"""Characters of a filter. Both are more than anybody types, and little to look for in each span."""

_WILD = re.compile(r"(?<!\\)\*")
_RESOURCE = "resource."
_NOT_ATTRIBUTES = "span.status", "scope.name", "scope.version"
_ADDED_WHEN_READ = SERVICE_NAME, WARNINGS
_LINKED: dict[str, Callable[[Span.Link], bytes]] = {
    "link.trace_id": attrgetter("trace_id"),
    "link.span_id": attrgetter("span_id"),
}
_STATUSES: dict[str, int] = {
    "UNSET": Status.STATUS_CODE_UNSET,
    "OK": Status.STATUS_CODE_OK,
    "ERROR": Status.STATUS_CODE_ERROR,
}
# The tags of AnyValue's fields int_value, a varint, and double_value, eight bytes.
_INT, _DOUBLE = b"\x18", b"\x21"
_INT_DIGITS = 20
_COMMON = {"", "true", "false"}
_NESTED = "[", "{"
_NOT_A_NUMBER = "json: "
"""How text.py begins to show what JSON cannot hold."""


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
        raise ParameterError(f"more than {MAX_FILTERS} are given")
    return [_read(text) for text in given]


def _read(text: str) -> Filter:
    if len(text) > MAX_LENGTH:
        raise ParameterError(f"one is longer than {MAX_LENGTH} characters")
    key, equals, value = text.partition("=")
    other = key.endswith("!")
    key = key.removesuffix("!")
    if not (equals and key):
        raise wrong(text, "key=value or key!=value")
    return Filter(key, Pattern.read(value), other)


class Fitting:
    """Filters, ready to be tried on one request after the other."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._needles = [alternatives for one in filters for alternatives in _needles(one)]
        self._reader = TraceReader()
        self._checks = [_check(one) for one in filters]

    def __call__(self, body: bytes, positions: Sequence[int]) -> set[int]:
        """Those of the positions, ascending, whose spans fit all the filters."""
        if not all(any(needle in body for needle in alternatives) for alternatives in self._needles):
            return set()
        trace = self._reader.read([StoredRequest(body, tuple(positions))])
        return {
            position
            for position, (group, part, span) in zip(positions, spans(trace), strict=True)
            if all(check(group, part, span) for check in self._checks)
        }


def _needles(one: Filter) -> Iterator[tuple[bytes, ...]]:
    """For the key, and for the value if there is only one: bytes of which some are in each request that fits."""
    name = one.key.removeprefix(_RESOURCE)
    if one.key in _NOT_ATTRIBUTES or name in _ADDED_WHEN_READ:
        return
    if one.key in _LINKED:
        yield from _id_needles(one)
        return
    yield (name.encode(errors="replace"),)
    only = one.pattern.only
    if only is not None and not one.other and (alternatives := needles(only)):
        yield alternatives


def _id_needles(one: Filter) -> Iterator[tuple[bytes, ...]]:
    """Likewise; an id is there as its bytes, an attribute of that name as its text."""
    only = one.pattern.only
    if only and not one.other:
        with suppress(ValueError):
            yield (bytes.fromhex(only), *needles(only))


def _check(one: Filter) -> Check:
    if one.key == "span.status":
        chosen = one.chosen(_STATUSES, lambda name: _STATUSES.get(name.upper(), Status.STATUS_CODE_UNSET))
        return lambda _, __, span: span.status.code in chosen
    if one.key == "scope.name":
        return lambda _, part, __: one.fits([part.scope.name])
    if one.key == "scope.version":
        return lambda _, part, __: one.fits([part.scope.version])
    if one.key.startswith(_RESOURCE):
        name = one.key.removeprefix(_RESOURCE)
        return lambda group, _, __: one.fits(_texts([group.resource.attributes], name))
    return partial(_has, one)


def _has(one: Filter, group: ResourceSpans, part: ScopeSpans, span: Span) -> bool:
    holders = chain(
        (span.attributes, part.scope.attributes, group.resource.attributes),
        (event.attributes for event in span.events),
        (link.attributes for link in span.links),
    )
    texts = _texts(holders, one.key)
    if read := _LINKED.get(one.key):
        texts = chain((read(link).hex() for link in span.links), texts)
    return one.fits(texts)


def _texts(holders: Iterable[Iterable[KeyValue]], key: str) -> Iterator[str]:
    for attributes in holders:
        value = find(attributes, key)
        if value is not None:
            yield value_text(value)


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
