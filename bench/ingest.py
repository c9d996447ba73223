"""Ingest: spans a second until all are acknowledged and found."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.contender import Embedded, Idle, JaegerOnBadger, all_contenders
from bench.figure import BADGER, Figure, Values, a_second, peers_of, spread, told_of_each
from bench.load import AT_ONCE, PROCESSES, Load, send

if TYPE_CHECKING:
    from pathlib import Path

    from bench.contender import Contender

MOST_ON_BADGER = 100_000
"""Spans: it takes 0.12 ms of processor time for each, twenty times what it takes in memory."""
# What stores nothing, measured in turn with those that do: how much can be sent, and what gRPC leaves to Python.
IDLE = {
    "a server that does nothing": ("bench.noop",),
    "Python's gRPC server that does nothing": ("bench.bare",),
    "Python's gRPC server that decodes": ("bench.bare", "decode"),
}


def compare(load: Load, jaeger: Path | None, repetitions: int) -> tuple[Figure, list[str]]:
    """All in turn, each time from empty; and lines about the load and about servers that store nothing."""
    contenders = all_contenders(jaeger)
    rates: dict[str, list[float]] = {name: [] for name in [*contenders, *IDLE]}
    for _ in range(repetitions):
        for name, make in contenders.items():
            rates[name].append(rate(make(), load))
        for name, command in IDLE.items():
            rates[name].append(idle_rate(load, *command))
    name = (
        f"ingest, {load.batch} span{'s'[: load.batch > 1]} a request, {'own frames' if load.framed else 'gRPC calls'}"
    )
    notes = [
        f"{name}: {load.sent:,} spans a repetition, {PROCESSES} processes with {AT_ONCE} calls under way each"
        f"{f'; {MOST_ON_BADGER:,} to {BADGER}' if load.spans > MOST_ON_BADGER and jaeger else ''}; against",
        *(f"- {idle}: {spread(rates[idle], a_second)}" for idle in IDLE),
    ]
    return _figure(name, {one: tuple(rates[one]) for one in contenders}), notes


def _figure(name: str, rates: dict[str, Values]) -> Figure:
    ours, peers = rates[Embedded.name], peers_of(rates)
    verdict = told_of_each(ours, peers, lambda ratio: ratio >= 1)
    return Figure(name, ours, a_second, "≥ 1 times Jaeger", verdict, peers)


def rate(contender: Contender, load: Load) -> float:
    """Spans a second of one contender."""
    if isinstance(contender, JaegerOnBadger):
        load = replace(load, spans=min(load.spans, MOST_ON_BADGER))
    with contender:
        sent = send(load, contender.otlp_port)
        acknowledged = time.monotonic()
        contender.wait_until_found(sent.trace_ids[:PROCESSES])
        found = time.monotonic()
        contender.wait_until_found(sent.trace_ids)
        return load.sent / (sent.seconds + found - acknowledged)


def idle_rate(load: Load, *command: str) -> float:
    """Spans a second of a server that stores nothing."""
    with Idle(*command) as server:
        return load.sent / send(load, server.otlp_port).seconds
