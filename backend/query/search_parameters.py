"""The search parameters of v1 and v3."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from backend.query import parameters
from backend.query.filter import Filter, read_filters
from backend.query.parameters import named
from backend.query.search import NEWEST, SORTS, Query, new_query
from backend.store.span import Search
from backend.web.reply import ParameterError

T = TypeVar("T")
D = TypeVar("D")

DEFAULT_LIMIT = 100
_US = 1_000
_TWO_DAYS = 2 * 24 * 60 * 60 * 1_000_000
_OLDER_STILL = {"query.searchDepth": "query.num_traces"}
_NO_DEPTH = "parameter {}: {} is not 1 or more"


@dataclass(frozen=True)
class SearchV1:
    query: Query
    trace_ids: tuple[bytes, ...]
    """Return these traces instead of searching."""


def read_v1(args: MultiDict[str, str], *, everything: bool = False) -> SearchV1:
    """Parse a search; `everything` sets an export's defaults: any service, any time, no limit.

    Raises:
        ParameterError: a parameter is invalid.
    """
    now = time.time_ns() // _US
    start = read(args, "start", parameters.whole_number, parameters.INT64_MIN if everything else now - _TWO_DAYS)
    end = read(args, "end", parameters.whole_number, parameters.INT64_MAX if everything else now)
    tags, filters = _tags(args), _filters(args, "filter")
    limit = read(args, "limit", _limit, None if everything else DEFAULT_LIMIT)
    search = _search(args, "service", "operation", start * _US, end * _US, "minDuration", "maxDuration")
    trace_ids = tuple(named("traceID", parameters.trace_id, text) for text in args.getlist("traceID"))
    raw = read(args, "raw", parameters.truth, default=False)
    if not (trace_ids or search.service or everything):
        raise ParameterError("parameter service: name a service")
    if search.duration_min and search.duration_max and search.duration_max < search.duration_min:
        raise ParameterError("parameter maxDuration: it is less than minDuration")
    if limit is not None and limit <= 0 and not trace_ids:
        raise ParameterError(_NO_DEPTH.format("limit", limit))  # Jaeger answers 500, but the request is at fault
    return SearchV1(new_query(search, tags, filters, limit, raw=raw), trace_ids)


def read_v3(args: MultiDict[str, str]) -> Query:
    """Parse a search.

    Raises:
        ParameterError: a parameter is missing or invalid.
    """
    attributes = read(args, "query.attributes", parameters.string_map, {})
    filters = _filters(args, "query.filter")
    for name in ("query.startTimeMin", "query.startTimeMax"):
        if not given(args, name)[1]:
            raise ParameterError(f"parameter {name}: name a time such as 2026-11-23T13:34:28Z")
    start = read(args, "query.startTimeMin", parameters.moment, 0)
    end = read(args, "query.startTimeMax", parameters.moment, 0)
    depth = read(args, "query.searchDepth", parameters.whole_number, DEFAULT_LIMIT)
    durations = "query.durationMin", "query.durationMax"
    search = _search(args, "query.serviceName", "query.operationName", start, end, *durations)
    raw = read(args, "query.rawTraces", parameters.truth, default=False)
    offset = read(args, "query.offset", _offset, 0)
    sort = read(args, "query.sort", _sort, NEWEST)
    if depth <= 0:
        raise ParameterError(_NO_DEPTH.format("query.searchDepth", depth))
    return replace(new_query(search, attributes, filters, depth, raw=raw), offset=offset, sort=sort)


def _search(  # noqa: PLR0913, PLR0917 - a search has that many
    args: MultiDict[str, str], service: str, operation: str, start: int, end: int, shortest: str, longest: str
) -> Search:
    """Build a search from the parameters of these names; a duration of 0 counts as not given."""
    return Search(
        service=given(args, service)[1] or None,
        operation=given(args, operation)[1] or None,
        start_min=parameters.clamped(start),
        start_max=parameters.clamped(end),
        duration_min=read(args, shortest, parameters.duration, 0) or None,
        duration_max=read(args, longest, parameters.duration, 0) or None,
    )


def given(args: MultiDict[str, str], name: str) -> tuple[str, str]:
    """The name under which a parameter was given, and its value, or empty; v3 has older names too."""
    older = re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
    written = name
    for written in (name, older, _OLDER_STILL.get(name, older)):
        if args.get(written):
            return written, args[written]
    return written, ""


def read(args: MultiDict[str, str], name: str, convert: Callable[[str], T], default: D) -> T | D:
    """A parameter's value, or the default if it was not given."""
    written, text = given(args, name)
    return named(written, convert, text) if text else default


def _limit(text: str) -> int:
    return parameters.whole_number(text, 32)


def _offset(text: str) -> int:
    offset = parameters.whole_number(text)
    if offset < 0:
        raise parameters.wrong(text, "0 or more")
    return offset


def _sort(text: str) -> str:
    if text not in SORTS:
        raise parameters.wrong(text, f"one of {', '.join(SORTS)}")
    return text


def _tags(args: MultiDict[str, str]) -> dict[str, str]:
    """`tag=key:value` and `tags={"key":"value"}`, both repeatable."""
    tags = {}
    for tag in args.getlist("tag"):
        key, colon, value = tag.partition(":")
        if not colon:
            raise ParameterError(f"parameter tag: {parameters.wrong(tag, 'key:value')}")
        tags[key] = value
    for text in args.getlist("tags"):
        tags.update(named("tags", parameters.string_map, text))
    return tags


def _filters(args: MultiDict[str, str], name: str) -> list[Filter]:
    try:
        return read_filters(args.getlist(name))
    except ParameterError as error:
        raise ParameterError(f"parameter {name}: {error}") from error
