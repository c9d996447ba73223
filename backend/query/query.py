"""A query for traces: what a span has to be like for its trace to be found.

A trace is found if one of its spans fits all of it. The store answers what it has columns for; the tags are looked up
in the decoded spans. They mean what they mean to the memory storage of Jaeger 2.20, `internal/storage/v2/memory`, for
the one of 1.76 takes `error=true` for its opposite and does not know `span.kind`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.query import gotext, parameter
from backend.query.trace import SERVICE_NAME, WARNINGS, Reader, find, service, signed, spans
from backend.store.span import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope, KeyValue

    from backend.query.trace import ResourceSpans, ScopeSpans
    from backend.store.span import StoredRequest
    from backend.store.store import Store

_RESOURCE = "resource."
_NOT_ATTRIBUTES = "span.status", "scope.name", "scope.version"
_ADDED_WHEN_READ = SERVICE_NAME, WARNINGS


@dataclass(frozen=True)
class Query:
    search: Search = field(default_factory=Search)
    tags: Mapping[str, str] = field(default_factory=dict)
    """What the store has no column for."""
    limit: int | None = None
    """How many traces; None for all."""
    raw: bool = False
    possible: bool = True
    """Whether anything can fit at all."""


def query(search: Search, tags: Mapping[str, str], limit: int | None, *, raw: bool) -> Query:
    """Find in the tags what the store knows as columns, and let its durations be those that are shown."""
    left = dict(tags)
    # A span whose end is not after its start is shown with 1 ns; the store has it as it came.
    possible = search.duration_max is None or search.duration_max >= 1
    if search.duration_min is not None and search.duration_min <= 1:
        search = replace(search, duration_min=None)
    if "span.kind" in left:
        search = replace(search, kind=kind(left.pop("span.kind")))
    if "error" in left:
        try:
            search = replace(search, error=parameter.truth(left.pop("error")))
        except parameter.ParameterError:
            possible = False
    return Query(search, left, limit, raw, possible)


def kind(name: str) -> int:
    """The number of a kind such as `server`; an unknown one counts as unspecified."""
    try:
        return Span.SpanKind.Value(f"SPAN_KIND_{name.upper()}")
    except ValueError:
        return Span.SPAN_KIND_UNSPECIFIED


def found(store: Store, query: Query) -> Iterator[tuple[bytes, list[StoredRequest]]]:
    """The traces that fit, newest first: their ids, and the requests they are in. Nothing is decoded without need."""
    count = 0
    # Traces that came together share their requests: each is looked through once.
    fitting = lru_cache(maxsize=64)(partial(_fitting, query))
    if not query.possible or query.limit == 0:
        return
    for trace_id in store.search(query.search):
        requests = store.trace(trace_id)
        if requests and (not query.tags or any(not fitting(each.body).isdisjoint(each.positions) for each in requests)):
            yield trace_id, requests
            count += 1
            if count == query.limit:
                return


def _fitting(query: Query, body: bytes) -> frozenset[int]:
    """The positions of the spans in a request that fit; decoded only if the attributes' names occur in it."""
    names = (key.removeprefix(_RESOURCE) for key in query.tags if key not in _NOT_ATTRIBUTES)
    if not all(name.encode(errors="replace") in body for name in names if name not in _ADDED_WHEN_READ):
        return frozenset()
    return frozenset(
        position
        for position, (group, part, span) in enumerate(spans(Reader().read_all(body)))
        if _span_fits(query.search, group, span)
        and all(_has(key, value, group, part, span) for key, value in query.tags.items())
    )


def _span_fits(search: Search, group: ResourceSpans, span: Span) -> bool:
    start = signed(span.start_time_unix_nano)
    return (
        search.service in {None, service(group.resource)}
        and search.operation in {None, span.name}
        and search.kind in {None, span.kind}
        and search.error in {None, span.status.code == Status.STATUS_CODE_ERROR}
        and _between(start, search.start_min, search.start_max)
        and _between(signed(span.end_time_unix_nano) - start, search.duration_min, search.duration_max)
    )


def _between(number: int, least: int | None, most: int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _has(key: str, value: str, group: ResourceSpans, part: ScopeSpans, span: Span) -> bool:
    if key == "span.status":
        wanted = {"OK": Status.STATUS_CODE_OK, "ERROR": Status.STATUS_CODE_ERROR}.get(value.upper())
        return span.status.code == (wanted or Status.STATUS_CODE_UNSET)
    if key in _NOT_ATTRIBUTES:
        return value == _scope_text(key, part.scope)
    if key.startswith(_RESOURCE):
        return _holds(group.resource.attributes, key.removeprefix(_RESOURCE), value)
    holders: list[Iterable[KeyValue]] = [span.attributes, part.scope.attributes, group.resource.attributes]
    holders += [event.attributes for event in span.events]
    holders += [link.attributes for link in span.links]
    return any(_holds(attributes, key, value) for attributes in holders)


def _scope_text(key: str, scope: InstrumentationScope) -> str:
    return scope.name if key == "scope.name" else scope.version


def _holds(attributes: Iterable[KeyValue], key: str, value: str) -> bool:
    attribute = find(attributes, key)
    return attribute is not None and gotext.attribute(attribute) == value
