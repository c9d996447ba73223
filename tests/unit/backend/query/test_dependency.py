"""Calls between services, with and without statistics."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.query.v1 import calls_with_statistics
from backend.store.calls import Calls
from tests.contract.otlp import MICROSECOND, MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api


def put_calls(api: Api, make: Maker) -> None:
    web = make.span("root", lasts=SECOND)
    api.put(service("web", web, make.span("own", "root", lasts=-SECOND)))
    spans = [make.span(f"{number}", "root", lasts=number * MILLISECOND) for number in (1, 2, 3)]
    spans[0].status.CopyFrom(error())
    api.put(service("db", *spans))


def test_the_answer_is_jaegers(api: Api, make: Maker) -> None:
    put_calls(api, make)
    expected = [
        {"parent": "web", "child": "db", "callCount": 3},
        {"parent": "web", "child": "web", "callCount": 1},
    ]
    assert api.data("/api/dependencies") == expected
    assert api.data("/api/dependencies", stats="false") == expected


def test_statistics_are_added_where_they_are_asked_for(api: Api, make: Maker) -> None:
    put_calls(api, make)
    called = make.span("called", "root", lasts=-SECOND, kind=Span.SPAN_KIND_SERVER)
    api.put(service("web", called, make.span("client", "root", kind=Span.SPAN_KIND_CLIENT)))
    assert api.data("/api/dependencies", stats="true") == [
        {
            "parent": "web",
            "child": "db",
            "callCount": 3,
            "inProcessCount": 0,
            "messageCount": 0,
            "errorCount": 1,
            "durationP50": 2000,
            "durationP99": 3000,
        },
        {
            "parent": "web",
            "child": "web",
            "callCount": 3,
            "inProcessCount": 2,
            "messageCount": 0,
            "errorCount": 0,
            "durationP50": 0,
            "durationP99": 0,
        },
    ]
    assert [entry["child"] for entry in api.data("/api/dependencies", stats="1", service="db")] == ["db"]


def test_messages_are_calls_that_are_told_apart(api: Api, make: Maker) -> None:
    sent = make.span("sent", kind=Span.SPAN_KIND_PRODUCER)
    taken = make.span("taken", "sent", kind=Span.SPAN_KIND_CONSUMER)
    api.put(service("front", sent), service("mail", taken, make.span("work", "taken")))
    calls, own = api.data("/api/dependencies", stats="true")
    assert (calls["callCount"], calls["messageCount"]) == (1, 1)
    assert (own["callCount"], own["inProcessCount"], own["durationP50"]) == (1, 1, None)


def test_services_that_call_nobody_are_named_too(api: Api, make: Maker) -> None:
    put_calls(api, make)
    api.put(service("alone", make.span("lone", trace="lone")))
    api.put(service("long ago", make.span("old", trace="old", at=-7200 * SECOND)))
    asked: dict[str, object] = {"stats": "true", "lookback": 3_600_000}
    assert api.ask("/api/dependencies", **asked).json["services"] == ["alone", "db", "web"]  # type: ignore[index]
    assert "services" not in api.ask("/api/dependencies").json  # type: ignore[operator]


def test_a_question_that_is_none_is_refused(api: Api) -> None:
    answer = api.ask("/api/dependencies", stats="please")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"][0]["msg"] == "parameter stats: 'please' is not true or false"


@pytest.mark.parametrize(
    ("durations", "p50", "p99"),
    [
        ([7], 7, 7),
        ([2, 1], 1, 2),
        ([3, 1, 2], 2, 3),
        (range(100, 0, -1), 50, 99),
        (range(1, 102), 51, 100),
        ([1] * 99 + [1_000], 1, 1),
        ([1] * 98 + [1_000] * 2, 1, 1_000),
    ],
)
def test_percentiles_are_of_the_nearest_rank(durations: Iterable[int], p50: int, p99: int) -> None:
    shown: dict[str, Any] = calls_with_statistics(
        Calls("a", "b", 0, array("q", (one * MICROSECOND for one in durations)))
    )
    assert (shown["durationP50"], shown["durationP99"]) == (p50, p99)
