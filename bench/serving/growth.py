"""Growth: what becomes of requests a second and of the waiting as connections and worker processes get more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.figure import a_second, markdown, seconds
from bench.serving import peer, trial, wrk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.serving.peer import Peer
    from bench.serving.sink import Sink

CONNECTIONS = (1, 16, 256)
WORKERS = (1, 2, 4)


def connections(
    peers: Sequence[Peer], make_sink: Callable[[], Sink], length: float, most: int, progress: Callable[[str], None]
) -> str:
    """A row for each number of connections up to the most, as Markdown."""
    rows = []
    for number in filter(lambda number: number <= most, CONNECTIONS):
        progress(f"{number} connections")
        rows.append([str(number), *(_cell(one, make_sink(), length, number) for one in peers)])
    return markdown([["connections", *(one.name for one in peers)], *rows])


def workers(make_sink: Callable[[], Sink], length: float, most: int, progress: Callable[[str], None]) -> str:
    """A row for each number of worker processes up to the most, traced and untraced."""
    rows = []
    for number in filter(lambda number: number <= most, WORKERS):
        progress(f"{number} workers")
        both = peer.ours("traced", "--workers", str(number)), peer.untraced(number)
        rows.append([str(number), *(_cell(one, make_sink(), length, 8) for one in both)])
    return markdown([["workers", "playground", "playground, untraced"], *rows])


def _cell(one: Peer, receiver: Sink, length: float, number: int) -> str:
    found = trial.run(one, receiver, length, partial(wrk.burst, connections=number))
    lost = f", {found.complete:.4g} of the spans" if one.traced and found.complete != 1 else ""
    return f"{a_second(found.burst.rate)}, p99 {seconds(found.burst.p99)}{lost}"
