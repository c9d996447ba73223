"""Latency: from a span's acknowledged export to its trace in the API, one span after the other, all in turn."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bench import payload
from bench.called import CallingSender
from bench.contender import Embedded, all_contenders
from bench.figure import VERDICTS, Figure, Values, peers_of, percentile, seconds

if TYPE_CHECKING:
    from pathlib import Path

MARK_SECONDS = 0.3


def compare(spans: int, jaeger: Path | None) -> list[Figure]:
    # Requests of a whole trace each, so that what is found is all of it.
    requests = list(payload.requests(spans, payload.SPANS_A_TRACE, seed=7))
    contenders = [make() for make in all_contenders(jaeger).values()]
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
    found: dict[str, Values] = {name: (percentile(values, percent),) for name, values in times.items()}
    ours = found[Embedded.name]
    is_mark = percent == 99  # noqa: PLR2004
    mark, verdict = ("≤ 300 ms", VERDICTS[ours[0] <= MARK_SECONDS]) if is_mark else ("", "")
    return Figure(f"acknowledged to found, p{percent}", ours, seconds, mark, verdict, peers_of(found))
