"""The million: memory and search with a million stored spans."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from backend.codec.otlp import span_bytes
from backend.store.span import Search
from backend.store.store import Store
from bench.contender import Contender, Embedded, Jaeger
from bench.figure import Figure, mebibytes, median, percentile, seconds
from bench.load import Load, send
from bench.payload import service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 20
MARK_SECONDS = 0.05
SETTLE_SECONDS = 3
BATCH = 500
"""Spans per request: divides a million evenly, and splits some traces over two requests."""


def compare(spans: int, calls: int, jaeger: Path | None) -> list[Figure]:
    """Both hold the spans while we search each in turn."""
    load = Load(spans, BATCH, framed=True, warm_up=False)
    ours = Embedded()
    contenders: list[Contender] = [ours, *([Jaeger(jaeger)] if jaeger else [])]
    with ExitStack() as stack:
        for each in contenders:
            stack.enter_context(each)
            each.wait_until_found(send(load, each.otlp_port).trace_ids)
        time.sleep(SETTLE_SECONDS)
        memory = {each.name: each.resident_bytes() for each in contenders}
        times: dict[str, list[float]] = {each.name: [] for each in contenders}
        for number in range(calls):
            for each in contenders:
                times[each.name].append(_timed(partial(_search, each, service(number))))
        ours.stop()
        figures = [_memory(load.sent, memory), *_searches(load.sent, times)]
        return [*figures, *_store(ours.db, load.sent, calls)]


def _search(contender: Contender, name: str) -> None:
    status, body = contender.get(f"/api/traces?service={name}&limit={LIMIT}")
    if status != 200 or body.count(b'"processes"') != LIMIT:  # noqa: PLR2004
        raise RuntimeError(f"{contender.name}: {status} {body[:200]!r}")


def _memory(spans: int, memory: dict[str, int]) -> Figure:
    ours, theirs = memory[Embedded.name], memory.get(Jaeger.name)
    name = f"resident memory after {spans:,} spans"
    return Figure(
        name, (ours,), (theirs,) if theirs else (), mebibytes, "below Jaeger's", ours < theirs if theirs else None
    )


def _searches(spans: int, times: dict[str, list[float]]) -> list[Figure]:
    ours, theirs = times[Embedded.name], times.get(Jaeger.name, [])
    name = f"newest {LIMIT} of {spans:,} spans, API"
    return [
        Figure(
            f"{name}, median",
            (median(ours),),
            (median(theirs),) if theirs else (),
            seconds,
            "< 50 ms",
            median(ours) < MARK_SECONDS,
        ),
        Figure(f"{name}, p99", (percentile(ours, 99),), (percentile(theirs, 99),) if theirs else (), seconds),
    ]


def _store(db: Path, spans: int, calls: int) -> list[Figure]:
    """The store alone, in this process: its search time without JSON and HTTP, and the time to open it."""
    began = time.monotonic()
    store = Store(db, span_bytes=span_bytes)
    opening = time.monotonic() - began
    with closing(store):
        if store.span_count() != spans:
            raise RuntimeError(f"{store.span_count()} spans are stored, not {spans}")
        times = [_timed(partial(_search_store, store, service(number))) for number in range(calls)]
    name = f"newest {LIMIT} of {spans:,} spans, store alone"
    return [
        Figure(f"{name}, median", (median(times),), (), seconds, "< 50 ms", median(times) < MARK_SECONDS),
        Figure(f"{name}, p99", (percentile(times, 99),), (), seconds),
        Figure(f"opening the file of {spans:,} spans", (opening,), (), seconds),
    ]


def _search_store(store: Store, name: str) -> None:
    if len(list(islice(store.search(Search(service=name)), LIMIT))) != LIMIT:
        raise RuntimeError(f"{name}: fewer than {LIMIT} traces")


def _timed(do: Callable[[], object]) -> float:
    """Run it and return the seconds it takes."""
    began = time.monotonic()
    do()
    return time.monotonic() - began
