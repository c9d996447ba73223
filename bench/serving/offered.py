"""Offered: how long a request takes where as many come each second, whichever server answers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bench.figure import a_second, markdown
from bench.serving import mark, steady, trial
from bench.serving.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.serving.peer import Go, Peer
    from bench.serving.trial import Rounds, Trial

RATES = (500, 1_000)
LENGTH = 5 / 3
"""Of the load, to that of wrk's: the 99.9th percentile wants thousands of requests."""


def measure(ours: Peer, floor: Peer, go: Go | None, most: int, rounds: Rounds) -> str:
    """The marks, and a row for each rate and server, as Markdown.

    Args:
        floor: the server that does the least; what it shows is the sender's own time and the machine's.
        most: requests a second.
    """
    peers = [floor, *([go.article, go.today] if go else []), ours]
    longer = replace(rounds, length=rounds.length * LENGTH)
    rates = [rate for rate in RATES if rate <= most]
    trials = {rate: longer.run(f"{rate} requests/s", peers, partial(steady.burst, rate=rate)) for rate in rates}
    rows = [_row(rate, one, each) for rate, done in trials.items() for one, each in done.items()]
    parts = [markdown([["offered", "server", "answered", "p50", "p99", "p99.9", "spans / answers"], *rows])]
    if go:
        marks = [cells for rate, done in trials.items() for cells in _marks(ours, go, rate, done)]
        parts.insert(0, mark.table("playground, the same offered rate", marks))
    return "\n\n".join(parts)


def _marks(ours: Peer, go: Go, rate: int, trials: dict[Peer, list[Trial]]) -> list[list[str]]:
    peers = {"article's": go.article, "today's": go.today}
    return [
        Mark(f"p99 to Go's, {name} versions, {rate:,} requests/s", ours, other, mark.p99, most=1).cells(trials)
        for name, other in peers.items()
    ]


def _row(rate: int, one: Peer, trials: Sequence[Trial]) -> list[str]:
    return [
        a_second(rate),
        one.name,
        *trial.pace(trials, "p50", "p99", "p999"),
        trial.complete(trials) if one.traced else "-",
    ]
