"""Fitting spans: which spans of a request have what filters ask for. The request is decoded only if it may have any.

Keys mean what they mean to tags in the memory storage of Jaeger 2.20, `internal/storage/v2/memory`; besides,
`link.trace_id` and `link.span_id` are those that a span links to, in hex.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from opentelemetry.proto.trace.v1.trace_pb2 import Status

from backend.query import gotext
from backend.query.needle import needles
from backend.query.trace import SERVICE_NAME, WARNINGS, Reader, find, spans
from backend.store.span import StoredRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from opentelemetry.proto.common.v1.common_pb2 import KeyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from backend.query.filter import Filter
    from backend.query.trace import ResourceSpans, ScopeSpans

    Check = Callable[[ResourceSpans, ScopeSpans, Span], bool]

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


class Fitting:
    """Filters, ready to be tried on one request after the other."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._needles = [alternatives for one in filters for alternatives in _needles(one)]
        self._reader = Reader()
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
            yield gotext.attribute(value)
