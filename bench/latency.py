"""Latency: from a span's acknowledged export to its trace in the API, one span at a time, on each back end in turn."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bench import payload
from bench.called import CallingSender
from bench.contender import Contender, Embedded, Jaeger
from bench.figure import Figure, percentile, seconds

if TYPE_CHECKING:
    from pathlib import Path

MARK_SECONDS = 0.3


def compare(spans: int, jaeger: Path | None) -> list[Figure]:
    # One whole trace per request, so that a trace is complete once it is found.
    requests = list(payload.requests(spans, payload.SPANS_A_TRACE, seed=7))
    contenders: list[Contender] = [Embedded(), *([Jaeger(jaeger)] if jaeger else [])]
    times: dict[str, list[float]] = {each.name: [] for each in contenders}
    with ExitStack() as stack:
        senders = [(each, CallingSender(stack.enter_context(each).otlp_port, 1)) for each in contenders]
        for request in requests:
            for each, sender in senders:
                sender.send_all([request.body])
                acknowledged = time.monotonic()
                each.wait_until_found(request.trace_ids)
                times[each.name].append(time.monotonic() - acknowledged)
        for _, sender in senders:
            sender.close()
    return [_figure(times, percent) for percent in (50, 99)]


def _figure(times: dict[str, list[float]], percent: int) -> Figure:
    found = {name: (percentile(values, percent),) for name, values in times.items()}
    ours, theirs = found[Embedded.name], found.get(Jaeger.name, ())
    is_mark = percent == 99  # noqa: PLR2004
    name = f"acknowledged to found, p{percent}"
    return Figure(
        name, ours, theirs, seconds, "≤ 300 ms" if is_mark else "", ours[0] <= MARK_SECONDS if is_mark else None
    )
