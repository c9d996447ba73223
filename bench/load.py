"""The load: sender processes that build their requests, synchronize, and send."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import payload
from bench.called import CallingSender
from bench.framed import FramedSender

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

PROCESSES = 2
AT_ONCE = 8
"""Concurrent calls per process."""
START_SECONDS = 60
SEND_SECONDS = 300
SAMPLE = 25
"""Trace ids that each process reports, evenly spread over those it sent, the last one first."""
WARM_UP = 64


@dataclass(frozen=True)
class Load:
    """What to send.

    Args:
        spans: approximate number; rounded to whole requests per process.
        batch: spans per request.
        framed: write frames directly (framed.py) instead of making gRPC calls.
        seed: for the ids.
        warm_up: first send a few other traces.
    """

    spans: int
    batch: int
    framed: bool = False
    seed: int = 1
    warm_up: bool = True

    @property
    def requests(self) -> int:
        """Requests per process; covers whole traces."""
        traces = max(1, self.spans // (PROCESSES * payload.SPANS_A_TRACE))
        return max(1, traces * payload.SPANS_A_TRACE // self.batch)

    @property
    def sent(self) -> int:
        return self.requests * self.batch * PROCESSES


@dataclass(frozen=True)
class Sent:
    seconds: float
    """From the first request to the last acknowledgement."""
    trace_ids: tuple[bytes, ...]
    """Some ids that must be found now, the last one of each process first."""


def send(load: Load, port: int) -> Sent:
    """Send a load to a local receiver.

    Raises:
        RuntimeError: a sender failed.
    """
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES + 1), context.Queue()
    senders = [
        context.Process(target=_run, args=(load, port, number, barrier, results), daemon=True)
        for number in range(PROCESSES)
    ]
    for sender in senders:
        sender.start()
    barrier.wait(START_SECONDS)
    answers = [results.get(timeout=SEND_SECONDS) for _ in senders]
    for sender in senders:
        sender.join()
    if problems := [answer for answer in answers if isinstance(answer, str)]:
        raise RuntimeError(problems[0])
    samples = [found for _, _, found in answers]
    trace_ids = tuple(trace_id for together in zip(*samples, strict=True) for trace_id in together)
    return Sent(max(ended for _, ended, _ in answers) - min(began for began, _, _ in answers), trace_ids)


def _run(load: Load, port: int, number: int, barrier: Barrier, results: Queue[object]) -> None:
    made = list(payload.requests(load.requests, load.batch, load.seed * 1_000 + number))
    bodies = [one.body for one in made]
    trace_ids = [trace_id for one in made for trace_id in one.trace_ids]
    sender = (FramedSender if load.framed else CallingSender)(port, AT_ONCE)
    if load.warm_up:
        other = payload.requests(WARM_UP, min(load.batch, payload.SPANS_A_TRACE), load.seed * 1_000 + 500 + number)
        sender.send_all([one.body for one in other])
    barrier.wait(START_SECONDS)
    began = time.monotonic()
    try:
        sender.send_all(bodies)
    except Exception as problem:  # noqa: BLE001 - passed to the waiting process
        results.put(f"{type(problem).__name__}: {problem}")
    else:
        results.put((began, time.monotonic(), trace_ids[:: -max(1, len(trace_ids) // SAMPLE)]))
    sender.close()
