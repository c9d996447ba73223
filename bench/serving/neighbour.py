"""The neighbour: the comparison with Go where another program takes half a core.

`python -m bench.serving.neighbour` is that program.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.figure import markdown
from bench.serving import mark, trial
from bench.serving.mark import Mark
from bench.usage import cpu_seconds
from tests.children import python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.serving.peer import Peer
    from bench.serving.trial import Rounds, Trial

PERIOD_SECONDS = 0.01
SHARE = 0.5
"""Of a core, in each period."""


def measure(ours: Peer, other: Peer, rounds: Rounds) -> str:
    """The mark, a row for each server, and what the neighbour took, as Markdown."""
    with python("-m", "bench.serving.neighbour") as busy:
        busy.wait_for("busy")
        began, before = time.monotonic(), cpu_seconds(busy)
        trials = rounds.run("beside a busy neighbour", [ours, other])
        assert busy.running, busy.report()  # noqa: S101 - it never ends by itself
        took = (cpu_seconds(busy) - before) / (time.monotonic() - began)
    wanted = Mark("requests/s to Go's, article's versions", ours, other, mark.rate, least=0.9)
    return "\n\n".join(
        [
            mark.table("playground, beside a busy neighbour", [wanted.cells(trials)]),
            markdown([["server", "requests", "p50", "p99", "spans / answers"], *map(_row, trials, trials.values())]),
            f"The neighbour took {took:.2f} of a core.",
        ]
    )


def _row(one: Peer, trials: Sequence[Trial]) -> list[str]:
    return [
        one.name,
        *trial.pace(trials, "p50", "p99"),
        trial.complete(trials),
    ]


def be_busy() -> None:
    """Use the processor for that share of each period: it gets less only where the machine has no more."""
    print("busy", flush=True)
    due = time.monotonic()
    while True:
        until = time.thread_time() + SHARE * PERIOD_SECONDS
        while time.thread_time() < until:
            pass
        now = time.monotonic()
        due = max(due + PERIOD_SECONDS, now)
        time.sleep(due - now)


if __name__ == "__main__":
    be_busy()
