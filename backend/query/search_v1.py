"""The parameters of a search in v1.

Read in the order of `cmd/query/app/query_parser.go`, so that of several faults the same one is told.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.query import parameter
from backend.query.filter import Filter, read_filters
from backend.query.parameter import ParameterError
from backend.query.query import Query, query
from backend.query.string_map import string_map
from backend.store.span import Search

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from werkzeug.datastructures import MultiDict

    T = TypeVar("T")

DEFAULT_LIMIT = 100
_US = 1_000
_TWO_DAYS = 2 * 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True)
class Asked:
    query: Query
    trace_ids: tuple[bytes, ...]
    """These traces instead of a search."""


def read_search(args: MultiDict[str, str], *, everything: bool = False) -> Asked:
    """Read a search; `everything` is what an export means when it says nothing: any service, any time, no limit.

    Raises:
        ParameterError: a parameter cannot be read.
    """
    now = time.time_ns() // _US
    start = integer(args, "start", parameter.INT64_MIN if everything else now - _TWO_DAYS)
    end = integer(args, "end", parameter.INT64_MAX if everything else now)
    tags, filters = _tags(args), _filters(args)
    text = args.get("limit", "")
    limit = parameter.whole_number(text, 32) if text else None if everything else DEFAULT_LIMIT
    shortest, longest = _duration(args, "minDuration"), _duration(args, "maxDuration")
    trace_ids = tuple(_trace_id(text) for text in args.getlist("traceID"))
    raw = truth(args, "raw")
    service = args.get("service", "")
    if not (trace_ids or service or everything):
        raise ParameterError("parameter 'service' is required")
    if shortest and longest and longest < shortest:
        raise ParameterError("'maxDuration' should be greater than 'minDuration'")
    if limit is not None and limit <= 0 and not trace_ids:
        # The real one answers 500, but it is the asker's fault.
        raise ParameterError("search depth must be greater than 0 and less than max traces")
    search = Search(
        service=service or None,
        operation=args.get("operation") or None,
        start_min=parameter.clamped(start * _US),
        start_max=parameter.clamped(end * _US),
        duration_min=shortest or None,
        duration_max=longest or None,
    )
    return Asked(query(search, tags, filters, limit, raw=raw), trace_ids)


def integer(args: MultiDict[str, str], name: str, default: int) -> int:
    text = args.get(name, "")
    return _named(name, parameter.whole_number, text) if text else default


def truth(args: MultiDict[str, str], name: str) -> bool:
    text = args.get(name, "")
    return _named(name, parameter.truth, text) if text else False


def _duration(args: MultiDict[str, str], name: str) -> int:
    text = args.get(name, "")
    return _named(name, parameter.duration, text) if text else 0


def _named(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ParameterError as error:
        raise ParameterError(f"unable to parse param '{name}': {error}") from error


def _trace_id(text: str) -> bytes:
    try:
        return parameter.trace_id(text)
    except ParameterError as error:
        raise ParameterError(f"cannot parse traceID param: {error}") from error


def _tags(args: MultiDict[str, str]) -> dict[str, str]:
    """`tag=key:value` and `tags={"key":"value"}`, each as often as one likes."""
    tags = {}
    for tag in args.getlist("tag"):
        key, colon, value = tag.partition(":")
        if not colon:
            raise ParameterError(f"malformed 'tag' parameter, expecting key:value, received: {tag}")
        tags[key] = value
    try:
        for text in args.getlist("tags"):
            tags.update(string_map(text))
    except ParameterError as error:
        raise ParameterError(f"malformed 'tags' parameter, cannot unmarshal JSON: {error}") from error
    return tags


def _filters(args: MultiDict[str, str]) -> list[Filter]:
    try:
        return read_filters(args.getlist("filter"))
    except ParameterError as error:
        raise ParameterError(f"malformed 'filter' parameter, {error}") from error
