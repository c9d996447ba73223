"""Metrics: latency, rate and errors of services and operations, from the stored spans. Beyond Jaeger's API."""

from __future__ import annotations

import time
from functools import lru_cache

from flask import Flask, Response, request

from backend.codec.jaeger_model import KINDS
from backend.query import parameters
from backend.query.search_parameters import read
from backend.store.metrics import Asked, Measured, Metrics
from backend.store.store import Store
from backend.web.reply import ParameterError, answer, json_reply

MOST = 1_000
"""Services or operations to return: those with the most spans."""
MOST_POINTS = 1_000
KEPT = 8
"""Cached responses: a page that asks again with no new spans gets the last one."""
HOUR_MS = 60 * 60 * 1000
_MS = 1_000_000
_PERCENTS = 50, 95, 99
_NUMBERS = {name: number for number, name in KINDS.items()} | {"unspecified": 0}
_NAMES = {number: name for name, number in _NUMBERS.items()}


class OperationMetrics:
    """The route."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._measured = lru_cache(maxsize=KEPT)(lambda _, asked: store.metrics(asked))

    def register(self, app: Flask) -> None:
        answer(app, {"/api/metrics": self.metrics})

    def metrics(self) -> Response:
        """`GET /api/metrics?service=&operation=&spanKind=&endTs=&lookback=&step=`: per service, or per operation."""
        found: Metrics = self._measured(self._store.version(), _asked())
        groups = sorted(found.groups.items(), key=lambda item: (-item[1].count, item[0]))
        return json_reply(
            {
                "begin": found.begin // _MS,
                "step": found.step // _MS,
                "groups": [
                    {"service": service, "operation": operation, "spanKind": _NAMES.get(kind, "")} | _figures(own)
                    for (service, operation, kind), own in groups[:MOST]
                ],
                "leftOut": max(0, len(groups) - MOST),
                "points": [_figures(point) for point in found.points],
            }
        )


def _asked() -> Asked:
    end = read(request.args, "endTs", parameters.whole_number, time.time_ns() // _MS)
    lookback = read(request.args, "lookback", parameters.whole_number, HOUR_MS)
    step = read(request.args, "step", parameters.whole_number, 0)
    if lookback < 0:
        raise ParameterError(f"parameter lookback: {lookback} is not 0 or more")
    if step < 0 or (step and lookback // step >= MOST_POINTS):
        raise ParameterError(f"parameter step: {step} is not 0, for a round one, or a {MOST_POINTS}th of the lookback")
    kinds = request.args.getlist("spanKind")
    for kind in kinds:
        if kind not in _NUMBERS:
            raise ParameterError(f"parameter spanKind: {parameters.wrong(kind, ' or '.join(_NUMBERS))}")
    return Asked(
        parameters.clamped((end - lookback) * _MS),
        parameters.clamped(end * _MS),
        request.args.get("service") or None,
        request.args.get("operation"),
        frozenset(_NUMBERS[kind] for kind in kinds) or None,
        parameters.clamped(step * _MS),
    )


def _figures(measured: Measured) -> dict[str, float | None]:
    """Durations in µs, with nanosecond precision."""
    told: list[float | None] = [duration / 1000 for duration in measured.percentiles(_PERCENTS)]
    told = told or [None] * len(_PERCENTS)
    return {"count": measured.count, "errors": measured.errors} | {
        f"p{percent}": duration for percent, duration in zip(_PERCENTS, told, strict=True)
    }
