"""The soak: memory of the server under full load for minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figure import a_second, markdown, mebibytes
from bench.serving import wrk
from bench.serving.peer import DEFAULT, Running
from bench.serving.trial import wait_for
from bench.usage import resident_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.serving.sink import Sink

PARTS = 10


def measure(make_sink: Callable[[], Sink], length: float, progress: Callable[[str], None]) -> str:
    """A row for each tenth of the time, as Markdown; memory of all the server's processes together."""
    rows, answered = [], 0
    with make_sink() as receiver, Running(DEFAULT, receiver.otlp_port) as server:
        for part in range(PARTS):
            progress(f"soak, {part + 1} of {PARTS}")
            burst = wrk.burst(server.url, length / PARTS, 8)
            answered += burst.answered
            rows.append([f"{answered:,}", a_second(burst.rate), mebibytes(resident_bytes(server.child))])
        server.stop()
        stored = wait_for(answered, receiver)
    title = f"soak of {length:.0f} s, {receiver.name}: {stored:,} spans stored of {answered:,} requests answered"
    return f"{title}\n\n{markdown([['answered', 'requests', 'resident memory'], *rows])}"
