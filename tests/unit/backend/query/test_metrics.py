"""Latency, rate and errors of operations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.contract.otlp import MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api

SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT


def put(api: Api, make: Maker, named: str = "shop", name: str = "GET /", lasts: int = MILLISECOND, **rest: Any) -> None:
    key = f"{time.monotonic_ns()}"
    given: dict[str, Any] = {"name": name, "kind": SERVER} | rest
    api.put(service(named, make.span(key, trace=key, lasts=lasts, **given)))


def ask(api: Api, **parameters: object) -> Any:
    answer = api.ask("/api/metrics", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_services_have_their_numbers_and_durations(api: Api, make: Maker) -> None:
    for number in range(1, 101):
        put(api, make, lasts=number * MILLISECOND, status=error() if number > 90 else None)
    put(api, make, "mail", lasts=-SECOND)
    shop, mail = ask(api)["groups"]
    assert (shop["service"], shop["operation"], shop["count"], shop["errors"]) == ("shop", "", 100, 10)
    assert [shop[name] for name in ("p50", "p95", "p99")] == pytest.approx([50_000, 95_000, 99_000], rel=0.008)
    assert (mail["service"], mail["p50"]) == ("mail", 0.001)


def test_a_service_is_told_by_operation_and_kind(api: Api, make: Maker) -> None:
    put(api, make, lasts=40 * MILLISECOND)
    put(api, make, kind=CLIENT)
    put(api, make, "other")
    put(api, make, name="POST /", kind=Span.SPAN_KIND_UNSPECIFIED)
    found = sorted((one["operation"], one["spanKind"]) for one in ask(api, service="shop")["groups"])
    assert found == [("GET /", "client"), ("GET /", "server"), ("POST /", "unspecified")]
    (one,) = ask(api, service="shop", spanKind=["server", "consumer"])["groups"]
    assert (one["p50"], one["p99"]) == (40_000, 40_000), "of equal durations it is theirs to the digit"
    assert len(ask(api, service="shop", operation="GET /")["groups"]) == 2
    assert ask(api, service="nobody") == {"begin": 0, "step": 1000, "groups": [], "leftOut": 0, "points": []}


def test_points_lie_between_the_first_span_and_the_last(api: Api, make: Maker) -> None:
    for ago in (0, 1, 600, 7200):
        put(api, make, at=-ago * SECOND)
    everything = ask(api, lookback=86_400_000)
    assert everything["step"] == 120_000
    assert everything["begin"] % 120_000 == 0
    assert 60 <= len(everything["points"]) <= 62
    assert sum(point["count"] for point in everything["points"]) == 4
    assert everything["points"][1] == {"count": 0, "errors": 0, "p50": None, "p95": None, "p99": None}
    assert sum(point["count"] for point in ask(api)["points"]) == 3
    assert ask(api, step=60_000)["step"] == 60_000


def test_an_answer_is_kept_until_something_comes(api: Api, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    put(api, make)
    asked, measure = [], api.store.metrics
    end = time.time_ns() // MILLISECOND
    monkeypatch.setattr(api.store, "metrics", lambda one: asked.append(one) or measure(one))  # type: ignore[func-returns-value]
    for _ in range(2):
        assert len(ask(api, endTs=end)["groups"]) == 1
    assert len(asked) == 1
    put(api, make, "other")
    assert len(ask(api, endTs=end)["groups"]) == 2


@pytest.mark.parametrize("wrong", [{"lookback": -1}, {"step": -1}, {"step": 1}, {"spanKind": "odd"}, {"endTs": "now"}])
def test_a_question_that_is_none_is_refused(api: Api, wrong: dict[str, object]) -> None:
    answer = api.ask("/api/metrics", **wrong)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"][0]["msg"].startswith(f"parameter {next(iter(wrong))}: ")
