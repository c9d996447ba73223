"""The report on the server: all that is measured of it, as text."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.serving import cost, growth, neighbour, offered, outage, peer, soak, visible, wrk
from bench.serving.comparison import Comparison
from bench.serving.sink import CollectorAlone
from bench.serving.trial import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.serving.peer import Go
    from bench.serving.sink import Sink
    from tests.realstack.build import Binaries

FEW = 3
"""Rounds at each offered rate: four servers and two rates make them long."""


class Report:
    """Measures, and tells part by part.

    Args:
        binaries: the real Collector and Jaeger; None where there is no Go to build them and the Go peers.
        length: seconds under load, each time.
        rounds: of the comparison.
        most_rate: of requests that are offered in a second.
        progress: is told what is measured.
    """

    def __init__(
        self, binaries: Binaries | None, length: float, rounds: int, most_rate: int, progress: Callable[[str], None]
    ) -> None:
        self._binaries = binaries
        self._length = length
        self._rounds = rounds
        self._most_rate = most_rate
        self._progress = progress

    def parts(
        self, *, requests: int, traces: int, soak_seconds: float, most_connections: int, most_workers: int
    ) -> Iterator[str]:
        """One after the other.

        Args:
            requests: to call the app with, for the cost of a layer.
            traces: of the pair, to wait for.
            soak_seconds: how long the soak takes.
            most_connections: where the growth ends.
            most_workers: likewise.
        """
        if problem := wrk.problem():
            yield f"No figures of the server: {problem}."
            return
        with self._built() as (go, comparison):
            comparison.run(self._length, self._rounds, self._progress)
            yield comparison.marks()
            yield comparison.table()
            yield self._neighbour(go, comparison)
            yield self._offered(go, comparison)
            first = comparison.sinks[comparison.first]
            peers = [peer.DEFAULT, comparison.untraced, *([go.article] if go else [])]
            yield growth.connections(peers, first, self._length, most_connections, self._progress)
            yield growth.workers(first, self._length, most_workers, self._progress)
        yield outage.measure(first, self._length, self._rounds, self._progress)
        self._progress("cost")
        yield cost.measure(first, requests, self._rounds)
        yield visible.table(
            [self._visible(make(), traces) for name, make in comparison.sinks.items() if name != CollectorAlone.name]
        )
        yield soak.measure(first, soak_seconds, self._progress)

    def neighbour(self) -> str:
        """That part alone."""
        with self._built() as (go, comparison):
            return wrk.problem() or self._neighbour(go, comparison)

    def offered(self) -> str:
        """That part alone; it needs no wrk."""
        with self._built() as (go, comparison):
            return self._offered(go, comparison)

    @contextmanager
    def _built(self) -> Iterator[tuple[Go | None, Comparison]]:
        with TemporaryDirectory(prefix="bench-") as folder:
            go = peer.build_go(Path(folder)) if self._binaries else None
            yield go, Comparison(go, self._binaries)

    def _neighbour(self, go: Go | None, comparison: Comparison) -> str:
        if not go:
            return "Nothing beside a busy neighbour: no Go peers."
        return neighbour.measure(peer.DEFAULT, go.article, self._rounds_with(comparison, self._rounds))

    def _offered(self, go: Go | None, comparison: Comparison) -> str:
        floor = go.untraced if go else comparison.untraced
        rounds = self._rounds_with(comparison, min(self._rounds, FEW))
        return offered.measure(peer.DEFAULT, floor, go, self._most_rate, rounds)

    def _rounds_with(self, comparison: Comparison, number: int) -> Rounds:
        return Rounds(comparison.sinks[comparison.first], self._length, number, self._progress)

    def _visible(self, receiver: Sink, traces: int) -> list[str]:
        self._progress(f"visible, {receiver.name}")
        with receiver:
            assert receiver.query  # noqa: S101 - only the Collector alone has none
            return visible.measure(receiver.name, receiver.otlp_port, receiver.query, traces)
