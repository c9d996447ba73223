"""Rows for the store's tests."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from backend.store.span import SpanRow

if TYPE_CHECKING:
    from collections.abc import Iterable

NEW_ID = itertools.count(1)
SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def trace_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def span_id(number: int) -> bytes:
    return number.to_bytes(8, "big")


def row(  # noqa: PLR0913, PLR0917 - a span has that many fields
    trace: int,
    span: int | None = None,
    parent: int | None = None,
    service: str = "shop",
    operation: str = "GET /",
    kind: int = 2,
    start: int = START,
    duration: int = SECOND,
    *,
    error: bool = False,
    position: int = 0,
) -> SpanRow:
    own = span_id(next(NEW_ID) if span is None else span)
    parent_id = span_id(parent) if parent else b""
    return SpanRow(position, trace_id(trace), own, parent_id, service, operation, kind, start, start + duration, error)


def rows(*spans: SpanRow) -> list[SpanRow]:
    """Set the positions."""
    return [span._replace(position=position) for position, span in enumerate(spans)]


def body(size: int = 16) -> bytes:
    return os.urandom(size)


def numbers(trace_ids: Iterable[bytes]) -> list[int]:
    return [int.from_bytes(one, "big") for one in trace_ids]
