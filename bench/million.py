"""The million: memory and search once a million spans are stored."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from backend.codec.otlp import span_bytes
from backend.store.span import Search
from backend.store.store import Store
from bench.contender import Embedded, all_contenders
from bench.figure import VERDICTS, Figure, Values, mebibytes, median, peers_of, percentile, seconds, told_of_each
from bench.load import Load, send
from bench.payload import service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.contender import Contender

LIMIT = 20
MARK_SECONDS = 0.05
SETTLE_SECONDS = 3
BATCH = 500
"""Spans in a request: a million comes out even, and some traces lie in two requests."""


def compare(spans: int, calls: int, jaeger: Path | None) -> list[Figure]:
    """All hold the spans while all are searched in turn."""
    load = Load(spans, BATCH, framed=True, warm_up=False)
    ours = Embedded()
    contenders = [ours, *(make() for name, make in all_contenders(jaeger).items() if name != ours.name)]
    with ExitStack() as stack:
        for each in contenders:
            stack.enter_context(each)
            each.wait_until_found(send(load, each.otlp_port).trace_ids)
        time.sleep(SETTLE_SECONDS)
        memory: dict[str, Values] = {each.name: (float(each.resident_bytes()),) for each in contenders}
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


def _memory(spans: int, memory: dict[str, Values]) -> Figure:
    ours, peers = memory[Embedded.name], peers_of(memory)
    verdict = told_of_each(ours, peers, lambda ratio: ratio < 1)
    return Figure(f"resident memory after {spans:,} spans", ours, mebibytes, "below Jaeger's", verdict, peers)


def _searches(spans: int, times: dict[str, list[float]]) -> list[Figure]:
    name = f"newest {LIMIT} of {spans:,} spans, API"
    medians: dict[str, Values] = {each: (median(values),) for each, values in times.items()}
    longest: dict[str, Values] = {each: (percentile(values, 99),) for each, values in times.items()}
    ours = medians[Embedded.name]
    return [
        Figure(f"{name}, median", ours, seconds, "< 50 ms", VERDICTS[ours[0] < MARK_SECONDS], peers_of(medians)),
        Figure(f"{name}, p99", longest[Embedded.name], seconds, peers=peers_of(longest)),
    ]


def _store(db: Path, spans: int, calls: int) -> list[Figure]:
    """The store alone, in this process: its search without JSON and HTTP, and how long it takes to open."""
    began = time.monotonic()
    store = Store(db, span_bytes=span_bytes)
    opening = time.monotonic() - began
    with closing(store):
        if store.span_count() != spans:
            raise RuntimeError(f"{store.span_count()} spans are stored, not {spans}")
        times = [_timed(partial(_search_store, store, service(number))) for number in range(calls)]
    name = f"newest {LIMIT} of {spans:,} spans, store alone"
    return [
        Figure(f"{name}, median", (median(times),), seconds, "< 50 ms", VERDICTS[median(times) < MARK_SECONDS]),
        Figure(f"{name}, p99", (percentile(times, 99),), seconds),
        Figure(f"opening the file of {spans:,} spans", (opening,), seconds),
    ]


def _search_store(store: Store, name: str) -> None:
    if len(list(islice(store.search(Search(service=name)), LIMIT))) != LIMIT:
        raise RuntimeError(f"{name}: fewer than {LIMIT} traces")


def _timed(do: Callable[[], object]) -> float:
    """Seconds it takes."""
    began = time.monotonic()
    do()
    return time.monotonic() - began
