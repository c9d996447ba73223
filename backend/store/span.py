"""What goes into the store and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from backend.store.labels import Operation


class SpanRow(NamedTuple):
    """What the store knows of a span. A tuple, for one is made of each: a frozen dataclass costs three times that."""

    position: int
    """Of the span in its request: 0, 1, 2 ... over resource_spans, scope_spans, spans in order."""
    trace_id: bytes
    """16 bytes, not all zero."""
    span_id: bytes
    """8 bytes, not all zero."""
    parent_id: bytes
    """8 bytes, or b"" for a root."""
    service: str
    operation: str
    kind: int
    """The number of the OTLP SpanKind."""
    start: int
    """ns since the epoch."""
    end: int
    """ns since the epoch; may lie before the start."""
    error: bool
    """Whether the status code is ERROR."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request that holds spans of the trace that was asked for."""

    body: bytes
    positions: tuple[int, ...]
    """Where they are in it, ascending. Spans that an earlier request holds too are left out."""


@dataclass(frozen=True, slots=True)
class Search:
    """A trace matches if one of its spans matches all of it, as in Jaeger."""

    service: str | None = None
    operation: str | None = None
    label: Callable[[Operation], bool] | None = None
    """Whether spans of a service, name and kind can match; asked once for each that there is, not for each span."""
    start_min: int | None = None
    """ns since the epoch, inclusive; so is the maximum. Both are about the span's start."""
    start_max: int | None = None
    duration_min: int | None = None
    """ns, inclusive; so is the maximum."""
    duration_max: int | None = None
    error: bool | None = None
