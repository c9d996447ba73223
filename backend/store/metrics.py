"""Metrics: rate, duration and errors of operations, in total and over time.

Computed from the records alone: about 2.5 s for a million spans, less for one service. Durations go into histogram
buckets, so memory does not grow with the number of spans. A span that arrived in several requests counts each time.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.store.database import Database
from backend.store.labels import Labels, Operation
from backend.store.record import unpack

_BITS = 7
"""Significant bits of a duration: 64 buckets per power of two, so a percentile is off by 0.8 % at most."""
_SECOND = 1_000_000_000
_DAY = 86_400
_STEPS = 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, _DAY
"""Seconds."""
POINTS = 60
"""Maximum if no step is requested, plus the one just begun."""
_IN_TIME = "FROM block WHERE newest >= ? AND oldest <= ? AND (? IS NULL OR service = ?)"
_PAGE = 256


class Asked(NamedTuple):
    """What to measure; times in ns since the epoch, both inclusive."""

    start_min: int
    start_max: int
    service: str | None = None
    operation: str | None = None
    kinds: frozenset[int] | None = None
    """None for all."""
    step: int = 0
    """ns; 0 chooses a round one."""


@dataclass(slots=True)
class Measured:
    """The measurements of some spans."""

    count: int = 0
    errors: int = 0
    _shortest: int = 1 << 63
    _longest: int = 0
    _steps: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, duration: int, step: int, error: int) -> None:
        self.count += 1
        self.errors += error
        self._steps[step] += 1
        self._shortest = min(self._shortest, duration)
        self._longest = max(self._longest, duration)

    def percentiles(self, percents: Sequence[int]) -> list[int]:
        """The durations, ns, at these percentiles, by nearest rank; `percents` must ascend."""
        ranks = [max(1, -(-self.count * percent // 100)) for percent in percents]
        found: list[int] = []
        seen = 0
        for step in sorted(self._steps):
            seen += self._steps[step]
            while len(found) < len(ranks) and seen >= ranks[len(found)]:
                found.append(min(max(_middle(step), self._shortest), self._longest))
        return found


@dataclass(slots=True)
class Metrics:
    """The result; times in ns since the epoch. Without spans it has no groups and no points."""

    begin: int = 0
    step: int = _SECOND
    groups: dict[Operation, Measured] = field(default_factory=dict)
    """By service; for a single service also by operation and kind."""
    points: list[Measured] = field(default_factory=list)
    """For all groups together, one per step from `begin`."""


def measure(database: Database, labels: Labels, asked: Asked) -> Metrics:
    """Scan the requests with spans in that time range and, if given, of that service."""
    service = None if asked.service is None else labels.service_label(asked.service) or 0
    where = asked.start_min, asked.start_max, service, service
    with database.reader() as connection:
        oldest, newest = connection.execute(f"SELECT min(oldest), max(newest) {_IN_TIME}", where).fetchone()
    if oldest is None:
        return Metrics()
    first, last = max(oldest, asked.start_min), min(newest, asked.start_max)
    step = asked.step or round_step(last - first)
    begin = first // step * step
    found = Metrics(begin, step, points=[Measured() for _ in range((last - begin) // step + 1)])
    _count(_spans(database, where), _groups(labels, asked, found), found.points, (first, last, begin, step))
    found.groups = {name: own for name, own in found.groups.items() if own.count}
    return found


def round_step(length: int) -> int:
    """The smallest round step, ns, that splits the length of time into at most POINTS."""
    seconds = length / _SECOND / POINTS
    return next((one for one in _STEPS if one >= seconds), -int(-seconds // _DAY) * _DAY) * _SECOND


def _groups(labels: Labels, asked: Asked, found: Metrics) -> dict[int, Measured]:
    """The groups, keyed by operation label."""
    groups: dict[int, Measured] = {}
    for (service, operation, kind), label in labels.operations():
        if (
            asked.service in {None, service}
            and asked.operation in {None, operation}
            and (asked.kinds is None or kind in asked.kinds)
        ):
            name = (service, "", 0) if asked.service is None else (service, operation, kind)
            groups[label] = found.groups.setdefault(name, Measured())
    return groups


def _spans(database: Database, where: tuple[int, int, int | None, int | None]) -> Iterator[bytes]:
    with database.reader() as connection:
        requests = connection.execute(f"SELECT DISTINCT request {_IN_TIME} ORDER BY request", where).fetchall()
    for at in range(0, len(requests), _PAGE):
        page = [request for (request,) in requests[at : at + _PAGE]]
        with database.reader() as connection:
            yield from (spans for (spans,) in _read(connection, page))


def _read(connection: sqlite3.Connection, requests: list[int]) -> list[tuple[bytes]]:
    marks = ",".join("?" * len(requests))
    return connection.execute(f"SELECT spans FROM request WHERE id IN ({marks})", requests).fetchall()  # noqa: S608


def _count(
    requests: Iterator[bytes], groups: dict[int, Measured], points: list[Measured], times: tuple[int, int, int, int]
) -> None:
    first, last, begin, step = times
    for packed in requests:
        for _, _, _, start, length, operation, error, _ in unpack(packed):
            group = groups.get(operation)
            if group is None or not first <= start <= last:
                continue
            duration = length if length > 0 else 1  # same as displayed
            shift = duration.bit_length() - _BITS
            place = duration if shift <= 0 else shift << _BITS | duration >> shift
            group.add(duration, place, error)
            points[(start - begin) // step].add(duration, place, error)


def _middle(place: int) -> int:
    shift, head = place >> _BITS, place & (1 << _BITS) - 1
    return head << shift | (1 << shift >> 1)
