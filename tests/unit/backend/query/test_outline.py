"""What a summary tells beyond Jaeger's: the request, the error that others follow from, and bars."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.query.outline import BARS, ERRORS, Outline
from tests.contract.otlp import MILLISECOND, SECOND, error, event, pairs
from tests.shop import Shop

if TYPE_CHECKING:
    from tests.unit.backend.query.conftest import Api

BEGIN = time.time_ns() - 60 * SECOND


def span(number: int, parent: int = 0, at: int = 0, lasts: int = MILLISECOND, **rest: Any) -> Span:
    return Span(
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=f"span {number}",
        start_time_unix_nano=BEGIN + at,
        end_time_unix_nano=BEGIN + at + lasts,
        **rest,
    )


def summaries(api: Api, **parameters: str) -> Any:
    times = {"query__startTimeMin": "2000-01-01T00:00:00Z", "query__startTimeMax": "2100-01-01T00:00:00Z"}
    answer = api.ask("/api/v3/trace-summaries", **times, **parameters)
    return answer.json["summaries"] if answer.json else None


def outlined(*spans: Span, end: int = MILLISECOND) -> dict[str, Any]:
    outline = Outline()
    for one in spans:
        outline.add("shop", one)
    return outline.fields(["shop"], BEGIN, BEGIN + end)


def test_a_shop_whose_bank_refuses_a_payment(api: Api) -> None:
    shop = Shop(1)
    api.put(*shop.trace(BEGIN, declined=True))
    (plain,) = summaries(api)
    assert not {"bars", "request", "error"} & set(plain)
    (summary,) = summaries(api, query__outline="true")
    assert summary["request"] == {"method": "POST", "target": "/orders", "status": "500"}
    assert summary["error"] == {"service": "payment", "operation": "POST", "message": "402 Payment Required"}
    assert len(summary["bars"]) == BARS
    names = [service["name"] for service in summary["services"]]
    root = summary["bars"][0]
    assert (names[root[0]], root[1]) == ("shop-front", 0)
    assert {names[place] for place, _, _ in summary["bars"]} > {"payment", "shop-front"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"http.method": "GET", "http.target": "/a"}, {"method": "GET", "target": "/a"}),
        ({"rpc.system": "grpc", "rpc.method": "Export", "rpc.grpc.status_code": 14},
         {"method": "grpc", "target": "Export", "status": "14"}),
        ({"messaging.system": "kafka", "messaging.destination.name": "mails"}, {"method": "kafka", "target": "mails"}),
        ({"db.system.name": "postgresql", "db.namespace": "shop"}, {"method": "postgresql", "target": "shop"}),
    ],
    ids=lambda value: next(iter(value)),
)  # fmt: skip
def test_what_the_root_was_asked_for(attributes: dict[str, Any], expected: dict[str, str]) -> None:
    child = span(2, 1, attributes=pairs({"http.request.method": "PUT"}))
    assert outlined(child, span(1, attributes=pairs(attributes)))["request"] == expected


def test_nothing_is_said_of_what_is_not_there() -> None:
    assert set(outlined(span(1))) == {"bars"}


def test_the_error_is_the_deepest_and_of_several_the_first() -> None:
    deep = [span(1, status=error("root")), span(2, 1), span(3, 2, at=9, status=error("late")), span(4, 2, at=5)]
    deep[3].status.CopyFrom(error("first"))
    assert outlined(*deep)["error"]["message"] == "first"
    circle = [span(1, 2, status=error("one")), span(2, 1)]
    assert outlined(*circle)["error"]["message"] == "one"
    many = (span(number, number - 1, status=error(str(number))) for number in range(1, 2 * ERRORS))
    assert outlined(*many)["error"]["message"] == str(ERRORS)


@pytest.mark.parametrize(
    ("events", "attributes", "expected"),
    [
        ([event("exception", 1, {"exception.type": "E", "exception.message": "no"})], {}, "E: no"),
        ([event("exception", 1, {"exception.type": "E"})], {"error.type": "F"}, "E"),
        ([], {"error.type": "timeout"}, "timeout"),
        ([], {"http.response.status_code": 503}, "503"),
        ([], {}, ""),
    ],
)
def test_an_error_without_words_has_those_of_its_exception_or_its_code(
    events: list[Span.Event], attributes: dict[str, Any], expected: str
) -> None:
    failed = span(1, status=error(), events=events, attributes=pairs(attributes))
    assert outlined(failed)["error"]["message"] == expected


def test_bars_are_the_longest_spans_in_parts_of_a_thousand() -> None:
    spans = [span(number + 1, at=number, lasts=number) for number in range(100)]
    bars = outlined(*spans, end=1_000)["bars"]
    assert bars == [(0, number, number) for number in range(100 - BARS, 100)]
    assert outlined(span(1, lasts=0), end=0)["bars"] == [(0, 0, 0)]
    backwards = span(1, lasts=0)
    backwards.end_time_unix_nano -= 10
    assert outlined(backwards)["bars"] == [(0, 0, 0)]
