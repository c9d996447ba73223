"""A query for traces: the conditions that a span must meet.

A trace matches if one of its spans meets all of them. The store checks its columns; fitting.py checks the other tags
and filters on decoded spans. Tags mean the same as in the memory storage of Jaeger 2.20; that of 1.76 inverts
`error=true` and lacks `span.kind`.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.codec.jaeger_model import KINDS
from backend.query import parameters
from backend.query.filter import DURATION, Comparison, Filter, exact
from backend.query.fitting import Fitting
from backend.store.labels import Operation
from backend.store.ranking import ORDERS, Ranking
from backend.store.search import Fits
from backend.store.span import Search, StoredRequest
from backend.store.store import Store
from backend.web.reply import ParameterError

NEWEST = "newest"
SORTS = NEWEST, *ORDERS
MOST_COUNTED = 10_000
COUNT_SECONDS = 0.1
"""Limits for counting matches beyond the returned ones: number of traces, and time."""
_NAMES = "service", "operation"
_KINDS = {name.removeprefix("SPAN_KIND_").lower(): number for name, number in Span.SpanKind.items()}
_TRUTHS = {"false": False, "true": True}


@dataclass(frozen=True)
class Query:
    search: Search = field(default_factory=Search)
    filters: Sequence[Filter] = ()
    """Conditions without a column in the store."""
    limit: int | None = None
    """Maximum number of traces; None for all."""
    raw: bool = False
    possible: bool = True
    """Whether anything can match at all."""
    offset: int = 0
    """Number of traces to skip at the start."""
    sort: str = NEWEST


def new_query(
    search: Search, tags: Mapping[str, str], filters: Sequence[Filter], limit: int | None, *, raw: bool
) -> Query:
    """Turn tags and filters into column conditions where possible, and use displayed durations.

    `service` and `operation` are columns only for filters; for tags they are attributes, as in Jaeger.
    """
    durations = [one.condition for one in filters if _is_of_duration(one)]
    search = _lasting(search, [one for one in durations if isinstance(one, Comparison)])
    filters = [one for one in filters if not _is_of_duration(one)]
    # A span that does not end after its start is displayed with 1 ns; the store keeps it as received.
    possible = search.duration_max is None or search.duration_max >= 1
    if search.duration_min is not None and search.duration_min <= 1:
        search = replace(search, duration_min=None)
    names = [one for one in filters if one.key in _NAMES]
    both = [*exact(tags), *(one for one in filters if one.key not in _NAMES)]
    kinds = [one.chosen(_KINDS, kind) for one in both if one.key == "span.kind"]
    if names or kinds:
        search = replace(search, label=_labels(names, kinds))
    errors = [one.chosen(_TRUTHS, _truth) for one in both if one.key == "error"]
    if errors:
        left = set.intersection(*errors)
        possible = possible and bool(left)
        search = replace(search, error=left.pop() == 1 if len(left) == 1 else None)
    return Query(search, [one for one in both if one.key not in {"span.kind", "error"}], limit, raw, possible)


def kind(name: str) -> int:
    """The number of a kind such as `server`; unknown kinds count as unspecified."""
    return _KINDS.get(name.lower(), Span.SPAN_KIND_UNSPECIFIED)


class _TookTooLongError(Exception):
    pass


class Found:
    """The matching traces, in the query's order: their ids and requests, at least one each. Decodes lazily."""

    def __init__(self, store: Store, query: Query) -> None:
        self._store = store
        self._query = query
        self._ranking: Ranking | None = None
        self._seen = 0
        self._until = math.inf
        self._trace_ids = self._counted(self._ids()) if query.possible and query.limit != 0 else iter(())

    def __iter__(self) -> Iterator[tuple[bytes, Iterator[StoredRequest]]]:
        count, reading = 0, self._store.reading()
        for trace_id in islice(self._trace_ids, self._query.offset, None):
            requests = reading.pieces(trace_id)
            if first := next(requests, None):
                yield trace_id, chain([first], requests)
                count += 1
                if count == self._query.limit:
                    return

    def total(self) -> dict[str, object]:
        """Total number of matches, or a lower bound; call it after iterating over the returned traces."""
        if ranking := self._ranking:
            total: dict[str, object] = {"traces": ranking.total, "complete": ranking.complete}
            return total if ranking.complete else total | {"spans": ranking.spans}
        self._until = time.monotonic() + COUNT_SECONDS
        with suppress(_TookTooLongError):
            for _ in self._trace_ids:
                if self._seen > MOST_COUNTED or time.monotonic() > self._until:
                    return {"traces": self._seen - 1, "complete": False}
            return {"traces": self._seen, "complete": True}
        return {"traces": self._seen, "complete": False}

    def _ids(self) -> Iterator[bytes]:
        query = self._query
        fits = self._in_time(Fitting(query.filters)) if query.filters else None
        if query.sort == NEWEST:
            yield from self._store.search(query.search, fits)
            return
        most = sys.maxsize if query.limit is None else query.offset + query.limit
        self._ranking = self._store.ranking(query.search, fits, query.sort, most)
        yield from self._ranking.trace_ids()

    def _in_time(self, fitting: Fitting) -> Fits:
        def fits(body: bytes, positions: Sequence[int]) -> Collection[int]:
            if time.monotonic() > self._until:
                raise _TookTooLongError
            return fitting(body, positions)

        return fits

    def _counted(self, trace_ids: Iterator[bytes]) -> Iterator[bytes]:
        for trace_id in trace_ids:
            self._seen += 1
            yield trace_id


def _is_of_duration(one: Filter) -> bool:
    return one.key == DURATION and isinstance(one.condition, Comparison)


def _lasting(search: Search, durations: Sequence[Comparison]) -> Search:
    """Narrow the search to spans whose duration meets these comparisons too."""
    ranges = [one.range() for one in durations] + [(search.duration_min, search.duration_max)]
    return replace(
        search,
        duration_min=max((least for least, _ in ranges if least is not None), default=None),
        duration_max=min((most for _, most in ranges if most is not None), default=None),
    )


def _labels(names: Sequence[Filter], kinds: Sequence[set[int]]) -> Callable[[Operation], bool]:
    def fits(operation: Operation) -> bool:
        service, name, number = operation
        texts = {"service": service, "operation": name}
        return all(one.fits([texts[one.key]]) for one in names) and all(number in chosen for chosen in kinds)

    return fits


def _truth(text: str) -> bool | None:
    try:
        return parameters.truth(text)
    except ParameterError:
        return None


def operations_of(store: Store, service: str, kind_name: str) -> list[tuple[str, str]]:
    """Names and kinds, optionally of one kind; an invalid kind has no operations."""
    wanted = kind(kind_name) if kind_name else None
    if kind_name and kind_name != KINDS.get(wanted or 0):
        return []
    return [(name, KINDS.get(number, "")) for name, number in store.operations(service, wanted)]
