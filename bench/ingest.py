"""Ingest: spans a second until all are acknowledged and found."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from bench.contender import Contender, Embedded, Idle, Jaeger
from bench.figure import Figure, a_second, median, spread
from bench.load import AT_ONCE, PROCESSES, Load, send

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What stores nothing, measured in turn with those that do: how much can be sent, and what gRPC leaves to Python.
IDLE = {
    "a server that does nothing": ("bench.noop",),
    "Python's gRPC server that does nothing": ("bench.bare",),
    "Python's gRPC server that decodes": ("bench.bare", "decode"),
}


def compare(load: Load, jaeger: Path | None, repetitions: int) -> tuple[Figure, list[str]]:
    """Both in turn, each time from empty; and lines about the load and about servers that store nothing."""
    contenders: dict[str, Callable[[], Contender]] = {"embedded": Embedded}
    if jaeger:
        contenders["Jaeger"] = partial(Jaeger, jaeger)
    rates: dict[str, list[float]] = {name: [] for name in [*contenders, *IDLE]}
    for _ in range(repetitions):
        for name, make in contenders.items():
            rates[name].append(rate(make(), load))
        for name, command in IDLE.items():
            rates[name].append(idle_rate(load, *command))
    name = (
        f"ingest, {load.batch} span{'s'[: load.batch > 1]} a request, {'own frames' if load.framed else 'gRPC calls'}"
    )
    ours, theirs = tuple(rates["embedded"]), tuple(rates.get("Jaeger", ()))
    met = median([a / b for a, b in zip(ours, theirs, strict=True)]) >= 1 if theirs else None
    notes = [
        f"{name}: {load.sent:,} spans a repetition, {PROCESSES} processes with {AT_ONCE} calls under way each; against",
        *(f"- {idle}: {spread(rates[idle], a_second)}" for idle in IDLE),
    ]
    return Figure(name, ours, theirs, a_second, "≥ 1 times Jaeger", met), notes


def rate(contender: Contender, load: Load) -> float:
    """Spans a second of one contender."""
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
