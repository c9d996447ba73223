"""A trial: one server and one receiver, both started anew, under load; what it reached and whether a span was lost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench.figure import a_second, spread
from bench.figure import seconds as duration
from bench.serving import wrk
from bench.serving.peer import Running
from bench.usage import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.serving.peer import Peer
    from bench.serving.sink import Sink
    from bench.serving.wrk import Burst

    Load = Callable[[str, float], Burst]
    """Puts load on a URL for so many seconds."""

CONNECTIONS = 8
WARM_UP_SECONDS = 1.0
STORE_SECONDS = 30
POLL_SECONDS = 0.2
AT_THE_LIMIT = partial(wrk.burst, connections=CONNECTIONS)


@dataclass(frozen=True)
class Trial:
    """What came of it.

    Args:
        server_cpu: processor seconds of a request, in the server; what it exports afterwards is in it.
        receiver_cpu: the same in the receiver.
        answered: requests, with those of the warm-up.
        stored: spans in the receiver once the server has ended.
    """

    burst: Burst
    server_cpu: float
    receiver_cpu: float
    answered: int
    stored: int

    @property
    def complete(self) -> float:
        """Spans stored for each request answered; 1 where none was lost."""
        return self.stored / self.answered


def run(peer: Peer, sink: Sink, seconds: float, load: Load = AT_THE_LIMIT) -> Trial:
    """Measure once."""
    with sink, Running(peer, sink.otlp_port) as server:
        warm_up = load(server.url, WARM_UP_SECONDS)
        before = cpu_seconds(server.child), sink.cpu_seconds()
        burst = load(server.url, seconds)
        after = cpu_seconds(server.child), sink.cpu_seconds()
        answered = warm_up.answered + burst.answered
        stored = 0
        if peer.traced:  # the others have nothing to export, and granian alone takes 5 s to stop
            server.stop()
            stored = wait_for(answered, sink)
    used = [(b - a) / burst.answered for a, b in zip(before, after, strict=True)]
    return Trial(burst, used[0], used[1], answered, stored)


@dataclass(frozen=True)
class Rounds:
    """Servers in turn, with the same receiver and load.

    Args:
        length: seconds under load, each time.
        number: of the rounds.
        progress: is told what is measured.
    """

    make_sink: Callable[[], Sink]
    length: float
    number: int
    progress: Callable[[str], None]

    def run(self, what: str, peers: Sequence[Peer], load: Load = AT_THE_LIMIT) -> dict[Peer, list[Trial]]:
        """Measure each once a round."""
        trials: dict[Peer, list[Trial]] = {one: [] for one in peers}
        for number in range(self.number):
            for one, done in trials.items():
                self.progress(f"{what}, round {number + 1}: {one.name}")
                done.append(run(one, self.make_sink(), self.length, load))
        return trials


def wait_for(spans: int, sink: Sink) -> int:
    """Wait until so many are stored, or no more are coming; how many there are."""
    stored, deadline = sink.stored(), time.monotonic() + STORE_SECONDS
    while stored < spans and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        before, stored = stored, sink.stored()
        if before == stored:
            break
    return stored


def pace(trials: Sequence[Trial], *percentiles: str) -> list[str]:
    """Requests a second, and these percentiles of the time that a request takes, as text."""
    times = ([getattr(one.burst, name) for one in trials] for name in percentiles)
    return [spread([one.burst.rate for one in trials], a_second), *(spread(each, duration) for each in times)]


def complete(trials: Sequence[Trial]) -> str:
    """Spans stored for each request answered, as text; 1 where none was lost in any."""
    parts = [one.complete for one in trials]
    return "1" if set(parts) == {1} else spread(parts, lambda part: f"{part:.4g}")
