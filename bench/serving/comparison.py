"""The comparison: each server with each receiver, in turn, and the marks that come of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.figure import VERDICTS, markdown, median, seconds
from bench.serving import mark, peer, sink, trial
from bench.serving.mark import Mark, cpu, p99, rate

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
                    self.trials[name].setdefault(one, []).append(trial.run(one, make_sink(), length))

    def marks(self) -> str:
        """With the first receiver, as Markdown."""
        ours, trials = peer.DEFAULT, self.trials[self.first]
        marks = [
            Mark("requests/s to the literal port's", ours, peer.LITERAL, rate, least=6),
            Mark("requests/s to untraced", ours, self.untraced, rate, least=0.5),
            Mark("CPU of a request to untraced", ours, self.untraced, cpu, most=2),
        ]
        if self.go:
            marks[:0] = [
                Mark("requests/s to Go's, article's versions", ours, self.go.article, rate, least=1.1),
                Mark("p99 to Go's, article's versions", ours, self.go.article, p99, most=1),
                Mark("requests/s to Go's, today's versions", ours, self.go.today, rate, least=1.5),
                Mark("p99 to Go's, today's versions", ours, self.go.today, p99, most=1),
            ]
        told = trial.complete([one for each in self.trials.values() for one in each[ours]])
        complete = ["spans stored / requests answered", told, "= 1", VERDICTS[told == "1"]]
        return mark.table("playground, default settings", [*(each.cells(trials) for each in marks), complete])

    def table(self) -> str:
        rows = [
            _row(name, one, trials[one])
            for name, trials in self.trials.items()
            for one in sorted(trials, key=lambda each: -median([rate(one) for one in trials[each]]))
        ]
        return markdown([HEAD, *rows])


def _row(receiver: str, one: Peer, trials: Sequence[Trial]) -> list[str]:
    return [
        receiver if one.traced else "none",
        one.name,
        *trial.pace(trials, "p50", "p99", "p999"),
        seconds(median([cpu(each) for each in trials])),
        seconds(median([each.receiver_cpu for each in trials])) if one.traced else "-",
        trial.complete(trials) if one.traced else "-",
    ]
