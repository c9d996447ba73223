"""A dependency: what the list of calls between services shows of two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.store.calls import Calls

_US = 1_000


def as_in_jaeger(calls: Calls) -> dict[str, object]:
    return {"parent": calls.parent, "child": calls.child, "callCount": len(calls.durations)}


def with_statistics(calls: Calls) -> dict[str, object]:
    """Likewise, with how many failed and how long they took, in whole microseconds as everywhere in v1."""
    durations = sorted(calls.durations)
    return as_in_jaeger(calls) | {
        "errorCount": calls.errors,
        "durationP50": _nearest_rank(durations, 50) // _US,
        "durationP99": _nearest_rank(durations, 99) // _US,
    }


def _nearest_rank(ascending: Sequence[int], percent: int) -> int:
    """The least that so many percent are not above."""
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)]
