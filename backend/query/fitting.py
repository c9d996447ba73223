"""Fitting: finds the spans of a request that match all filters.

It first searches the request's bytes for values that a matching span must contain, and decodes the request only if they
occur. store/search.py compares times and durations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import WARNINGS, find
from backend.codec.otlp import ResourceSpans, ScopeSpans, spans
from backend.codec.text import value_text
from backend.query.filter import Contains, Filter
from backend.query.needle import LINKED, RESOURCE, needles_of
from backend.query.trace import TraceReader
from backend.store.span import StoredRequest

Check = Callable[[ResourceSpans, ScopeSpans, Span], bool]
Attributes = Iterable[KeyValue]

ID_DIGITS = 8
"""Minimum length for free text to be searched in ids: shorter numbers occur in many of them."""
BETWEEN = "\0"
"""Separates joined texts; no searched text contains it."""
STATUSES: dict[str, int] = {
    "UNSET": Status.STATUS_CODE_UNSET,
    "OK": Status.STATUS_CODE_OK,
    "ERROR": Status.STATUS_CODE_ERROR,
}
_ID_OF: dict[str, Callable[[Span.Link], bytes]] = {
    key: attrgetter(name) for key, name in zip(LINKED, ("trace_id", "span_id"), strict=True)
}


class Fitting:
    """Filters, prepared for many requests."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._needles = [needle for one in filters for needle in needles_of(one)]
        self._reader = TraceReader()
        self._checks = [_check(one) for one in filters]

    def __call__(self, body: bytes, positions: Sequence[int]) -> set[int]:
        """The positions, of those given in ascending order, whose spans match all filters."""
        if not all(needle.is_in(body) for needle in self._needles):
            return set()
        trace = self._reader.read([StoredRequest(body, tuple(positions))])
        return {
            position
            for position, (group, part, span) in zip(positions, spans(trace), strict=True)
            if all(check(group, part, span) for check in self._checks)
        }


def values_under(
    key: str, group: ResourceSpans, part: ScopeSpans, span: Span, *, elements: bool = True
) -> Iterator[str]:
    """All values of a span under a key, as texts; for an array, its elements too."""
    if key == "scope.name":
        yield part.scope.name
    elif key == "scope.version":
        yield part.scope.version
    elif key.startswith(RESOURCE):
        yield from _texts([group.resource.attributes], key.removeprefix(RESOURCE), elements=elements)
    else:
        if read := _ID_OF.get(key):
            yield from (read(link).hex() for link in span.links)
        yield from _texts(_holders(group, part, span), key, elements=elements)


def attributes_of(group: ResourceSpans, part: ScopeSpans, span: Span) -> Iterator[KeyValue]:
    return chain.from_iterable(_holders(group, part, span))


def _check(one: Filter) -> Check:
    if not one.key and isinstance(one.condition, Contains):
        return FreeText(one.condition)
    if one.key == "span.status":
        chosen = one.chosen(STATUSES, lambda name: STATUSES.get(name.upper(), Status.STATUS_CODE_UNSET))
        return lambda _, __, span: span.status.code in chosen
    return partial(_has, one)


def _has(one: Filter, group: ResourceSpans, part: ScopeSpans, span: Span) -> bool:
    return one.fits(values_under(one.key, group, part, span, elements=one.elements))


def _holders(group: ResourceSpans, part: ScopeSpans, span: Span) -> Iterator[Attributes]:
    return chain(
        (span.attributes, part.scope.attributes, group.resource.attributes),
        (event.attributes for event in span.events),
        (link.attributes for link in span.links),
    )


def _texts(holders: Iterable[Attributes], key: str, *, elements: bool) -> Iterator[str]:
    for attributes in holders:
        value = find(attributes, key)
        if value is not None:
            yield value_text(value)
            if elements and value.WhichOneof("value") == "array_value":
                yield from map(value_text, value.array_value.values)


class FreeText:
    """Searches for a text in names, ids, messages, and attribute keys and values, except binary values.

    It joins them into one text, because searching each one takes three times as long.
    """

    def __init__(self, wanted: Contains) -> None:
        self._fits = wanted.fits
        self._may_be_id = len(wanted.text) >= ID_DIGITS
        self._group: ResourceSpans | None = None
        self._in_resource = False

    def __call__(self, group: ResourceSpans, part: ScopeSpans, span: Span) -> bool:
        if group is not self._group:  # many spans share one
            self._group, self._in_resource = group, self._in([], [group.resource.attributes])
        if self._in_resource:
            return True
        words = [span.name, span.status.message, part.scope.name, *(event.name for event in span.events)]
        if self._may_be_id:
            ids = [span.trace_id, span.span_id, span.parent_span_id]
            words += [
                one.hex() for one in (*ids, *(one for link in span.links for one in (link.trace_id, link.span_id)))
            ]
        holders = [span.attributes, part.scope.attributes, *(event.attributes for event in span.events)]
        return self._in(words, [*holders, *(link.attributes for link in span.links)])

    def _in(self, words: list[str], holders: Iterable[Attributes]) -> bool:
        for attributes in holders:
            _add_words(attributes, words)
        return self._fits(BETWEEN.join(words))


def _add_words(attributes: Attributes, words: list[str]) -> None:
    for attribute in attributes:
        key, value = attribute.key, attribute.value
        if key == WARNINGS:  # added by Jaeger, not sent
            continue
        words.append(key)
        kind = value.WhichOneof("value")
        if kind == "string_value":
            words.append(value.string_value)
        else:
            _add_leaves(value, kind, words)


def _add_leaves(value: AnyValue, kind: str | None, words: list[str]) -> None:
    """Collect the texts in a value, at any depth."""
    if kind == "array_value":
        for item in value.array_value.values:
            _add_leaves(item, item.WhichOneof("value"), words)
    elif kind == "kvlist_value":
        _add_words(value.kvlist_value.values, words)
    elif kind != "bytes_value" and not (kind == "double_value" and not math.isfinite(value.double_value)):
        words.append(value_text(value))
