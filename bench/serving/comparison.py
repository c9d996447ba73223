"""The comparison: each server with each receiver, in turn, and the marks that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench.figure import a_second, markdown, median, seconds, spread
from bench.serving import peer, sink, trial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.serving.peer import Go, Peer
    from bench.serving.sink import Sink
    from bench.serving.trial import Trial
    from tests.realstack.build import Binaries

HEAD = [
    "receiver",
    "server",
    "requests",
    "p50",
    "p99",
    "p99.9",
    "CPU of a request: server",
    "receiver",
    "spans / answers",
]
CONNECTIONS = 8


@dataclass(frozen=True)
class Mark:
    """What is wanted of a ratio of two servers in one round.

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

    def cells(self, trials: dict[Peer, list[Trial]]) -> list[str]:
        pairs = zip(trials[self.ours], trials[self.other], strict=True)
        ratios = [self.value(a) / self.value(b) for a, b in pairs]
        wanted = f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"
        met = self.least <= median(ratios) <= self.most
        return [self.name, spread(ratios, lambda ratio: f"{ratio:.3g}"), wanted, "met" if met else "missed"]


class Comparison:
    """Runs the servers.

    Args:
        go: the Go peers, if they could be built.
        binaries: the real Collector and Jaeger, likewise.
    """

    def __init__(self, go: Go | None, binaries: Binaries | None) -> None:
        self.untraced = peer.untraced()
        self.go = go
        self.sinks: dict[str, Callable[[], Sink]] = {}
        if binaries:
            for kind in (sink.CollectorAlone, sink.CollectorAndJaeger):
                self.sinks[kind.name] = partial(kind, binaries)
        self.sinks[sink.EmbeddedBackend.name] = sink.EmbeddedBackend
        self.first = next(iter(self.sinks))
        self.trials: dict[str, dict[Peer, list[Trial]]] = {name: {} for name in self.sinks}

    def run(self, length: float, rounds: int, progress: Callable[[str], None]) -> None:
        """Measure each pair once a round, of so many seconds; those that make no spans with the first receiver only."""
        traced, others = [peer.DEFAULT, peer.SIMPLE, peer.LITERAL], [self.untraced, peer.DISABLED]
        if self.go:
            traced += [self.go.article, self.go.today, self.go.batcher]
            others.append(self.go.untraced)
        for number in range(rounds):
            for name, make_sink in self.sinks.items():
                for one in traced + (others if name == self.first else []):
                    progress(f"round {number + 1}: {one.name}, {name}")
                    self.trials[name].setdefault(one, []).append(trial.run(one, make_sink(), length, CONNECTIONS))

    def marks(self) -> str:
        """With the first receiver, as Markdown."""
        ours, trials = peer.DEFAULT, self.trials[self.first]
        marks = [
            Mark("requests/s to the literal port's", ours, peer.LITERAL, _rate, least=6),
            Mark("requests/s to untraced", ours, self.untraced, _rate, least=0.5),
            Mark("CPU of a request to untraced", ours, self.untraced, _cpu, most=2),
        ]
        if self.go:
            marks[:0] = [
                Mark("requests/s to Go's, article's versions", ours, self.go.article, _rate, least=1.1),
                Mark("p99 to Go's, article's versions", ours, self.go.article, _p99, most=1),
                Mark("requests/s to Go's, today's versions", ours, self.go.today, _rate, least=1.5),
                Mark("p99 to Go's, today's versions", ours, self.go.today, _p99, most=1),
            ]
        rows = [mark.cells(trials) for mark in marks]
        complete = [one.complete for each in self.trials.values() for one in each[ours]]
        verdict = "met" if set(complete) == {1} else "missed"
        rows.append(["spans stored / requests answered", _told(complete), "= 1", verdict])
        return markdown([["playground, default settings", "ratio", "mark", ""], *rows])

    def table(self) -> str:
        rows = [
            _row(name, one, trials[one])
            for name, trials in self.trials.items()
            for one in sorted(trials, key=lambda each: -median([_rate(one) for one in trials[each]]))
        ]
        return markdown([HEAD, *rows])


def _rate(one: Trial) -> float:
    return one.burst.rate


def _p99(one: Trial) -> float:
    return one.burst.p99


def _cpu(one: Trial) -> float:
    return one.server_cpu


def _row(receiver: str, one: Peer, trials: Sequence[Trial]) -> list[str]:
    complete = [each.complete for each in trials]
    return [
        receiver if one.traced else "none",
        one.name,
        spread([_rate(each) for each in trials], a_second),
        *(spread([getattr(each.burst, name) for each in trials], seconds) for name in ("p50", "p99", "p999")),
        seconds(median([_cpu(each) for each in trials])),
        seconds(median([each.receiver_cpu for each in trials])) if one.traced else "-",
        _told(complete) if one.traced else "-",
    ]


def _told(complete: Sequence[float]) -> str:
    return "1" if set(complete) == {1} else spread(complete, lambda part: f"{part:.4g}")
