"""Outage: what requests pay for a collector that hangs or is away, beside one that is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figure import a_second, markdown, median, seconds, spread
from bench.serving import trial
from bench.serving.peer import DEFAULT
from bench.serving.sink import Sink
from tests.children import free_port
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.serving.trial import Trial
    from tests.children import Child

MOST = 1.2


class Hanging(Sink):
    """Takes connections, and answers nothing."""

    name = "hangs"

    def start(self) -> list[Child]:
        silent = self._programs.enter_context(Proxy(target=0))
        silent.stall()
        self.otlp_port = silent.port
        return []

    def stored(self) -> int:
        return 0


class Away(Sink):
    """Nobody listens there."""

    name = "is away"

    def start(self) -> list[Child]:
        self.otlp_port = free_port()
        return []

    def stored(self) -> int:
        return 0


def measure(make_well: Callable[[], Sink], length: float, rounds: int, progress: Callable[[str], None]) -> str:
    """A row for each state of the collector, as Markdown; the ratios are of one round each."""
    receivers = {"is well": make_well, Hanging.name: Hanging, Away.name: Away}
    trials: dict[str, list[Trial]] = {name: [] for name in receivers}
    for number in range(rounds):
        for name, make_sink in receivers.items():
            progress(f"outage, round {number + 1}: the collector {name}")
            trials[name].append(trial.run(DEFAULT, make_sink(), length))
    well = trials["is well"]
    rows = [_row(name, each, well) for name, each in trials.items()]
    return markdown([["the collector", "requests", "p99", "p99 to that with it well", "mark", ""], *rows])


def _row(name: str, trials: list[Trial], well: list[Trial]) -> list[str]:
    cells = [
        name,
        spread([one.burst.rate for one in trials], a_second),
        spread([one.burst.p99 for one in trials], seconds),
    ]
    if trials is well:
        return [*cells, "", "", ""]
    ratios = [one.burst.p99 / other.burst.p99 for one, other in zip(trials, well, strict=True)]
    verdict = "met" if median(ratios) <= MOST else "missed"
    return [*cells, spread(ratios, lambda ratio: f"{ratio:.3g}"), f"≤ {MOST:g}", verdict]
