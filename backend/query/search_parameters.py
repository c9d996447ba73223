"""The parameters of a search, as v1 and v3 have them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.query import parameters
from backend.query.filter import Filter, read_filters
from backend.query.parameters import named
from backend.query.search import Query, new_query
from backend.store.span import Search
from backend.web.reply import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from werkzeug.datastructures import MultiDict

    T = TypeVar("T")

DEFAULT_LIMIT = 100
_US = 1_000
_TWO_DAYS = 2 * 24 * 60 * 60 * 1_000_000
_OLDER_STILL = {"query.searchDepth": "query.num_traces"}
_NO_DEPTH = "parameter {}: {} is not 1 or more"


@dataclass(frozen=True)
class SearchV1:
    query: Query
    trace_ids: tuple[bytes, ...]
    """These traces instead of a search."""


def read_v1(args: MultiDict[str, str], *, everything: bool = False) -> SearchV1:
    """Read a search; `everything` is what an export means when it says nothing: any service, any time, no limit.

    Raises:
        ParameterError: a parameter cannot be read.
    """
    now = time.time_ns() // _US
    start = integer(args, "start", parameters.INT64_MIN if everything else now - _TWO_DAYS)
    end = integer(args, "end", parameters.INT64_MAX if everything else now)
    tags, filters = _tags(args), _filters(args, "filter")
    text = args.get("limit", "")
    limit = named("limit", _limit, text) if text else None if everything else DEFAULT_LIMIT
    shortest, longest = duration(args, "minDuration"), duration(args, "maxDuration")
    trace_ids = tuple(named("traceID", parameters.trace_id, text) for text in args.getlist("traceID"))
    raw = truth(args, "raw")
    service = args.get("service", "")
    if not (trace_ids or service or everything):
        raise ParameterError("parameter service: name a service")
    if shortest and longest and longest < shortest:
        raise ParameterError("parameter maxDuration: it is less than minDuration")
    if limit is not None and limit <= 0 and not trace_ids:
        # Jaeger answers 500, but it is the asker's fault.
        raise ParameterError(_NO_DEPTH.format("limit", limit))
    search = Search(
        service=service or None,
        operation=args.get("operation") or None,
        start_min=parameters.clamped(start * _US),
        start_max=parameters.clamped(end * _US),
        duration_min=shortest or None,
        duration_max=longest or None,
    )
    return SearchV1(new_query(search, tags, filters, limit, raw=raw), trace_ids)


def read_v3(args: MultiDict[str, str]) -> Query:
    """Read a search.

    Raises:
        ParameterError: a parameter is missing or cannot be read.
    """
    attributes = read(args, "query.attributes", parameters.string_map) or {}
    filters = _filters(args, "query.filter")
    for name in ("query.startTimeMin", "query.startTimeMax"):
        if not given(args, name)[1]:
            raise ParameterError(f"parameter {name}: name a time such as 2026-11-23T13:34:28Z")
    start_min = read(args, "query.startTimeMin", parameters.moment) or 0
    start_max = read(args, "query.startTimeMax", parameters.moment) or 0
    depth = read(args, "query.searchDepth", parameters.whole_number)
    shortest = read(args, "query.durationMin", parameters.duration)
    longest = read(args, "query.durationMax", parameters.duration)
    raw = read(args, "query.rawTraces", parameters.truth) or False
    offset = read(args, "query.offset", _offset) or 0
    if depth is not None and depth <= 0:
        raise ParameterError(_NO_DEPTH.format("query.searchDepth", depth))
    search = Search(
        service=given(args, "query.serviceName")[1] or None,
        operation=given(args, "query.operationName")[1] or None,
        start_min=parameters.clamped(start_min),
        start_max=parameters.clamped(start_max),
        duration_min=shortest or None,
        duration_max=longest or None,
    )
    return replace(new_query(search, attributes, filters, depth or DEFAULT_LIMIT, raw=raw), offset=offset)


def integer(args: MultiDict[str, str], name: str, default: int) -> int:
    text = args.get(name, "")
    return named(name, parameters.whole_number, text) if text else default


def truth(args: MultiDict[str, str], name: str) -> bool:
    text = args.get(name, "")
    return named(name, parameters.truth, text) if text else False


def duration(args: MultiDict[str, str], name: str) -> int:
    text = args.get(name, "")
    return named(name, parameters.duration, text) if text else 0


def given(args: MultiDict[str, str], name: str) -> tuple[str, str]:
    """The name under which a parameter of v3 was given, and its text; empty if it was not given."""
    older = re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
    written = name
    for written in (name, older, _OLDER_STILL.get(name, older)):
        if args.get(written):
            return written, args[written]
    return written, ""


def read(args: MultiDict[str, str], name: str, convert: Callable[[str], T]) -> T | None:
    """The value of a parameter of v3, None if it was not given."""
    written, text = given(args, name)
    return named(written, convert, text) if text else None


def _limit(text: str) -> int:
    return parameters.whole_number(text, 32)


def _offset(text: str) -> int:
    offset = parameters.whole_number(text)
    if offset < 0:
        raise parameters.wrong(text, "0 or more")
    return offset


def _tags(args: MultiDict[str, str]) -> dict[str, str]:
    """`tag=key:value` and `tags={"key":"value"}`, each as often as one likes."""
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
