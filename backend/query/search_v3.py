"""The parameters of a search in v3: Jaeger 2's camelCase names, and the older ones with underscores that 1.76 has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.query import parameter
from backend.query.filter import Filter, read_filters
from backend.query.moment import moment
from backend.query.parameter import ParameterError
from backend.query.query import Query, query
from backend.query.string_map import string_map
from backend.store.span import Search

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from werkzeug.datastructures import MultiDict

    T = TypeVar("T")

DEFAULT_DEPTH = 100
_OLDER_STILL = {"query.searchDepth": "query.num_traces"}


def read_search(args: MultiDict[str, str]) -> Query:
    """Read a search.

    Raises:
        ParameterError: a parameter is missing or cannot be read.
    """
    attributes = read(args, "query.attributes", string_map) or {}
    filters = _filters(args)
    if not (named(args, "query.startTimeMin")[1] and named(args, "query.startTimeMax")[1]):
        raise ParameterError("query.startTimeMin and query.startTimeMax are required")
    start_min = read(args, "query.startTimeMin", moment) or 0
    start_max = read(args, "query.startTimeMax", moment) or 0
    depth = read(args, "query.searchDepth", _depth)
    shortest = read(args, "query.durationMin", parameter.duration)
    longest = read(args, "query.durationMax", parameter.duration)
    raw = read(args, "query.rawTraces", parameter.truth) or False
    offset = read(args, "query.offset", _offset) or 0
    if depth is not None and depth <= 0:
        raise ParameterError("search depth must be greater than 0 and less than max traces")
    search = Search(
        service=named(args, "query.serviceName")[1] or None,
        operation=named(args, "query.operationName")[1] or None,
        start_min=parameter.clamped(start_min),
        start_max=parameter.clamped(start_max),
        duration_min=shortest or None,
        duration_max=longest or None,
    )
    return replace(query(search, attributes, filters, depth or DEFAULT_DEPTH, raw=raw), offset=offset)


def named(args: MultiDict[str, str], name: str) -> tuple[str, str]:
    """The name under which a parameter was given, and its text; empty if it was not given."""
    older = re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
    given = name
    for given in (name, older, _OLDER_STILL.get(name, older)):
        if args.get(given):
            return given, args[given]
    return given, ""


def read(args: MultiDict[str, str], name: str, convert: Callable[[str], T]) -> T | None:
    """A parameter's value, None if it was not given."""
    given, text = named(args, name)
    if not text:
        return None
    try:
        return convert(text)
    except ParameterError as error:
        raise ParameterError(f"malformed parameter {given}: {error}") from error


def _depth(text: str) -> int:
    return parameter.whole_number(text, function="Atoi")


def _offset(text: str) -> int:
    offset = _depth(text)
    if offset < 0:
        raise ParameterError(f"{offset} is below 0")
    return offset


def _filters(args: MultiDict[str, str]) -> list[Filter]:
    try:
        return read_filters(args.getlist("query.filter"))
    except ParameterError as error:
        raise ParameterError(f"malformed parameter query.filter: {error}") from error
