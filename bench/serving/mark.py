"""A mark: what is wanted of the ratio of two servers in one round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.figure import VERDICTS, markdown, median, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.serving.peer import Peer
    from bench.serving.trial import Trial

    Trials = Mapping[Peer, Sequence[Trial]]


@dataclass(frozen=True)
class Mark:
    """A ratio to reach, or not to exceed.

    Args:
        value: what is compared.
        least: the ratio to reach; with `most`, not to exceed.
    """

    name: str
    ours: Peer
    other: Peer
    value: Callable[[Trial], float]
    least: float = 0.0
    most: float = float("inf")

    def cells(self, trials: Trials) -> list[str]:
        pairs = zip(trials[self.ours], trials[self.other], strict=True)
        ratios = [self.value(a) / self.value(b) for a, b in pairs]
        wanted = f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"
        met = self.least <= median(ratios) <= self.most
        return [self.name, spread(ratios, lambda ratio: f"{ratio:.3g}"), wanted, VERDICTS[met]]


def table(title: str, rows: Sequence[Sequence[str]]) -> str:
    """As Markdown; the title stands above the names."""
    return markdown([[title, "ratio", "mark", ""], *rows])


def rate(one: Trial) -> float:
    return one.burst.rate


def p99(one: Trial) -> float:
    return one.burst.p99


def cpu(one: Trial) -> float:
    return one.server_cpu
