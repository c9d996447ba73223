"""A trial: one server and one receiver, both started anew, under load; what it reached and whether a span was lost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.serving import wrk
from bench.serving.peer import Running
from bench.usage import cpu_seconds

if TYPE_CHECKING:
    from bench.serving.peer import Peer
    from bench.serving.sink import Sink
    from bench.serving.wrk import Burst

WARM_UP_SECONDS = 1.0
STORE_SECONDS = 30
POLL_SECONDS = 0.2


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


def run(peer: Peer, sink: Sink, seconds: float, connections: int = 8) -> Trial:
    """Measure once."""
    with sink, Running(peer, sink.otlp_port) as server:
        warm_up = wrk.burst(server.url, WARM_UP_SECONDS, connections)
        before = cpu_seconds(server.child), sink.cpu_seconds()
        burst = wrk.burst(server.url, seconds, connections)
        after = cpu_seconds(server.child), sink.cpu_seconds()
        answered = warm_up.answered + burst.answered
        stored = 0
        if peer.traced:  # the others have nothing to export, and granian alone takes 5 s to stop
            server.stop()
            stored = wait_for(answered, sink)
    used = [(b - a) / burst.answered for a, b in zip(before, after, strict=True)]
    return Trial(burst, used[0], used[1], answered, stored)


def wait_for(spans: int, sink: Sink) -> int:
    """Wait until so many are stored, or no more are coming; how many there are."""
    stored, deadline = sink.stored(), time.monotonic() + STORE_SECONDS
    while stored < spans and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        before, stored = stored, sink.stored()
        if before == stored:
            break
    return stored
