"""The store's input, output and search criteria."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from backend.store.labels import Operation


class SpanRow(NamedTuple):
    """The columns of a span. A tuple, because every span gets one: a frozen dataclass costs three times as much."""

    position: int
    """Index of the span in its request: 0, 1, 2 ... over resource_spans, scope_spans, spans in order."""
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
    """ns since the epoch; may be before the start."""
    error: bool
    """Whether the status code is ERROR."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request with spans of the requested trace."""

    body: bytes
    positions: tuple[int, ...]
    """Positions of these spans, ascending, without those that an earlier request also holds."""


@dataclass(frozen=True, slots=True)
class Search:
    """A trace matches if one of its spans meets all criteria, as in Jaeger."""

    service: str | None = None
    operation: str | None = None
    label: Callable[[Operation], bool] | None = None
    """Whether spans of an operation can match; called once per operation, not per span."""
    start_min: int | None = None
    """For the span's start, ns since the epoch; both limits are inclusive."""
    start_max: int | None = None
    duration_min: int | None = None
    """ns; both limits are inclusive."""
    duration_max: int | None = None
    error: bool | None = None
