"""The report on the server: all that is measured of it, as text."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.serving import cost, growth, outage, peer, soak, visible, wrk
from bench.serving.comparison import Comparison
from bench.serving.sink import CollectorAlone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.serving.sink import Sink
    from tests.realstack.build import Binaries


class Report:
    """Measures, and tells part by part.

    Args:
        binaries: the real Collector and Jaeger; None where there is no Go to build them and the Go peers.
        length: seconds under load, each time.
        rounds: of the comparison.
        progress: is told what is measured.
    """

    def __init__(self, binaries: Binaries | None, length: float, rounds: int, progress: Callable[[str], None]) -> None:
        self._binaries = binaries
        self._length = length
        self._rounds = rounds
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
        with TemporaryDirectory(prefix="bench-") as folder:
            go = peer.build_go(Path(folder)) if self._binaries else None
            comparison = Comparison(go, self._binaries)
            comparison.run(self._length, self._rounds, self._progress)
            yield comparison.marks()
            yield comparison.table()
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

    def _visible(self, receiver: Sink, traces: int) -> list[str]:
        self._progress(f"visible, {receiver.name}")
        with receiver:
            assert receiver.query  # noqa: S101 - only the Collector alone has none
            return visible.measure(receiver.name, receiver.otlp_port, receiver.query, traces)
