"""Clock skew: Jaeger's warnings about spans that do not fit into their parents.

Jaeger can shift such spans; by default, and so here, it leaves them in place and reports by how much it would have
shifted them (`max_clock_skew_adjust: 0`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from backend.codec import text

MISSING_PARENT_V1 = "invalid parent span IDs={}; skipping clock skew adjustment"
MISSING_PARENT_V3 = "parent span ID={} is not in the trace; skipping clock skew adjustment"
_DUPLICATE = "duplicate span IDs; skipping clock skew adjustment"
_NOT_MOVED = "clock skew adjustment disabled; not applying calculated delta of {}"


class Timed(NamedTuple):
    """The parts of a span that matter for clock skew; an empty host means unknown. Times in ns."""

    span_id: bytes
    parent_id: bytes
    host: str
    start: int
    duration: int


def warnings(spans: Sequence[Timed], missing_parent: str) -> dict[int, list[str]]:
    """The warnings for a trace's spans, keyed by index in `spans`."""
    said: dict[int, list[str]] = defaultdict(list)
    places: dict[bytes, int] = {}
    for place, span in enumerate(spans):
        if places.setdefault(span.span_id, place) != place:
            said[place].append(_DUPLICATE)
    roots, children = [], defaultdict(list)
    for place in places.values():
        parent_id = spans[place].parent_id
        if parent_id in places:
            children[parent_id].append(place)
            continue
        roots.append(place)
        if any(parent_id):
            said[place].append(missing_parent.format(parent_id.hex()))
    # Parent cycles have no root and are never visited, as in Jaeger.
    waiting = [(root, 0) for root in roots]
    while waiting:
        place, delta = waiting.pop()
        if delta:
            said[place].append(_NOT_MOVED.format(text.duration(delta)))
        parent = spans[place]
        for child in children.get(parent.span_id, ()):
            same_host = parent.host and spans[child].host == parent.host
            waiting.append((child, delta if same_host else _delta(spans[child], parent)))
    return said


def _delta(child: Timed, parent: Timed) -> int:
    """The shift, in ns, that would move the child into its parent."""
    if child.duration > parent.duration:
        return max(0, parent.start - child.start)
    if child.start >= parent.start and child.start + child.duration <= parent.start + parent.duration:
        return 0
    return parent.start + (parent.duration - child.duration) // 2 - child.start
