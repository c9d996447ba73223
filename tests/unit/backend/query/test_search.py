"""Searches: what is found, and how little is read for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope

from backend.query import search
from backend.store import ranking
from tests.contract.otlp import SECOND, error, event, link, pairs, resource, scope, service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api

MICROSECOND = 1_000
EVER = {"query__startTimeMin": "1970-01-01T00:00:00Z", "query__startTimeMax": "2262-01-01T00:00:00Z"}


def put_series(api: Api, make: Maker, count: int) -> None:
    for number in range(count):
        api.put(service("here", make.span(f"{number}", trace=f"{number}", at=number * SECOND // 100)))


def found(api: Api, **parameters: object) -> list[str]:
    traces = api.data("/api/traces", service="here", **parameters)
    return [span["operationName"] for trace in traces for span in trace["spans"]]


def test_no_more_traces_are_read_than_are_shown(api: Api, make: Maker) -> None:
    put_series(api, make, 50)
    assert found(api, limit=20) == [f"{number}" for number in range(49, 29, -1)]
    assert api.store.taken == 20
    answer = api.ask("/api/v3/trace-summaries", query__searchDepth=5, **EVER)
    assert answer.json is not None
    assert len(answer.json["summaries"]) == 5
    assert api.store.taken == 25


def test_the_last_two_days_are_searched_unless_another_time_is_asked_for(api: Api, make: Maker) -> None:
    day = 24 * 60 * 60 * SECOND
    for name, at in (("yesterday", -day), ("last week", -7 * day), ("tomorrow", day)):
        api.put(service("here", make.span(name, trace=name, at=at)))
    assert found(api) == ["yesterday"]
    week = (make.base - 8 * day) // MICROSECOND
    assert found(api, start=week) == ["yesterday", "last week"]
    assert found(api, start=week, end=week + 2 * day // MICROSECOND) == ["last week"]
    assert found(api, end=(make.base + 2 * day) // MICROSECOND) == ["tomorrow", "yesterday"]


def page(api: Api, offset: object, depth: int = 10, **parameters: object) -> list[str]:
    answer = api.ask("/api/v3/trace-summaries", query__offset=offset, query__searchDepth=depth, **EVER, **parameters)
    assert answer.json is not None
    return [summary["rootOperationName"] for summary in answer.json["summaries"]]


def test_pages_follow_each_other(api: Api, make: Maker) -> None:
    put_series(api, make, 25)
    newest_first = [f"{number}" for number in range(24, -1, -1)]
    assert page(api, 0) + page(api, 10) + page(api, 20) == newest_first
    assert page(api, "") == newest_first[:10]
    assert page(api, 24) == ["0"]
    assert page(api, 25) == page(api, 2**63 - 1) == []
    assert page(api, 3, query__durationMax="1h", query__filter="operation!=2*") == newest_first[8:18]


def test_traces_that_are_left_out_are_not_read(api: Api, make: Maker) -> None:
    put_series(api, make, 50)
    assert page(api, 40, 5) == ["9", "8", "7", "6", "5"]
    assert api.store.taken == 5


def test_traces_are_left_out_of_whole_traces_too(api: Api, make: Maker) -> None:
    put_series(api, make, 3)
    answer = api.ask("/api/v3/traces", query__offset=2, **EVER)
    assert answer.json is not None
    (group,) = answer.json["result"]["resourceSpans"]
    assert group["scopeSpans"][0]["spans"][0]["name"] == "0"
    assert api.ask("/api/v3/traces", query__offset=3, **EVER).status_code == 404


@pytest.mark.parametrize(
    ("offset", "fault"),
    [
        ("-1", "'-1' is not 0 or more"),
        ("x", "'x' is not a whole number"),
        ("1.5", "'1.5' is not a whole number"),
        (str(2**63), f"'{2**63}' is not a whole number of 64 bits"),
    ],
)
def test_an_offset_is_a_whole_number(api: Api, offset: str, fault: str) -> None:
    answer = api.ask("/api/v3/trace-summaries", query__offset=offset, **EVER)
    assert answer.json == {"error": {"httpCode": 400, "message": f"parameter query.offset: {fault}"}}


def test_a_search_by_tag_is_ordered_by_the_spans_that_have_it(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("a", trace="a", attributes={"k": "v"}), make.span("later", "a", trace="a", at=9)))
    api.put(service("here", make.span("b", trace="b", at=5, attributes={"k": "v"})))
    assert page(api, 0) == ["a", "b"]
    assert page(api, 0, query__attributes='{"k":"v"}') == ["b", "a"]


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"in.span": "x"}, ["one"]),
        ({"in.span": "y"}, []),
        ({"in.scope": "x"}, ["one", "two"]),
        ({"in.resource": "x"}, ["one", "two"]),
        ({"in.event": "x"}, ["two"]),
        ({"in.link": "x"}, ["two"]),
        ({"in.nothing": "x"}, []),
        ({"resource.in.resource": "x"}, ["one", "two"]),
        ({"resource.in.span": "x"}, []),
        ({"error": "true"}, ["two"]),
        ({"error": "false"}, ["one"]),
        ({"error": "perhaps"}, []),
        ({"span.status": "error"}, ["two"]),
        ({"span.status": "unset"}, ["one"]),
        ({"span.kind": "internal"}, ["one", "two"]),
        ({"span.kind": "server"}, []),
        ({"scope.name": "lib"}, ["one", "two"]),
        ({"scope.version": "2"}, []),
        ({"number": "7"}, ["one"]),
        ({"number": "7", "in.span": "x"}, ["one"]),
        ({"number": "7", "in.event": "x"}, []),
        ({"list": '["\\u003c",1]'}, ["two"]),
        ({"service.name": "here"}, ["one", "two"]),
    ],
)
def test_tags(api: Api, make: Maker, tags: dict[str, str], names: list[str]) -> None:
    one = make.span("one", trace="one", attributes={"in.span": "x", "number": 7})
    two = make.span(
        "two",
        trace="two",
        at=-SECOND,
        attributes={"list": ["<", 1]},
        status=error(),
        events=[event("e", make.base, {"in.event": "x"})],
        links=[link(make.trace_id("one"), make.span_id("one"), {"in.link": "x"})],
    )
    library = InstrumentationScope(name="lib", version="1", attributes=pairs({"in.scope": "x"}))
    api.put(resource({"service.name": "here", "in.resource": "x"}, scope([one, two], library)))
    assert found(api, tags=json.dumps(tags)) == names


def test_the_span_that_has_the_tag_has_to_fit_the_rest_too(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("a", attributes={"k": "v"}), make.span("b", lasts=SECOND)))
    assert found(api, tag="k:v", operation="a") == ["a", "b"]
    assert found(api, tag="k:v", operation="b") == []
    assert found(api, tag="k:v", minDuration="500ms") == []
    assert found(api, tag="k:v", maxDuration="500ms") == ["a", "b"]


def test_a_span_without_length_is_found_by_the_nanosecond_it_is_shown_with(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("now", lasts=0), make.span("backwards", lasts=-SECOND)))
    assert found(api, minDuration="1ns") == ["now", "backwards"]
    assert found(api, minDuration="2ns") == []
    assert found(api, maxDuration="1ns") == ["now", "backwards"]
    assert found(api, maxDuration="-1s") == []


def test_all_services_are_searched_in_v3_if_none_is_named(api: Api, make: Maker) -> None:
    api.put(service("one", make.span("a", trace="a")), service("two", make.span("b", trace="b")))
    answer = api.ask("/api/v3/trace-summaries", **EVER)
    assert answer.json is not None
    assert {summary["rootServiceName"] for summary in answer.json["summaries"]} == {"one", "two"}


def test_times_beyond_64_bits_are_the_farthest_there_are(api: Api, make: Maker) -> None:
    put_series(api, make, 1)
    assert found(api, start=-(2**63), end=2**63 - 1) == ["0"]
    answer = api.ask(
        "/api/v3/trace-summaries",
        query__startTimeMin="0001-01-01T00:00:00Z",
        query__startTimeMax="9999-12-31T23:59:59.999999999Z",
    )
    assert answer.json is not None
    assert len(answer.json["summaries"]) == 1


def put_shapes(api: Api, make: Maker) -> None:
    """Traces of 1, 3 and 2 spans that last 4, 5 and 9 s; a span of the second was sent twice."""
    api.put(service("a", make.span("one", trace="one", lasts=4 * SECOND)))
    twice = make.span("two", trace="two", at=SECOND, lasts=2 * SECOND)
    api.put(service("a", twice, make.span("child", trace="two", at=2 * SECOND)))
    api.put(service("b", twice, make.span("late", trace="two", at=6 * SECOND - 1, lasts=0, attributes={"k": "v"})))
    api.put(service("a", twice))
    ends = [
        make.span("end", trace="three", at=10 * SECOND, lasts=SECOND),
        make.span("three", trace="three", at=2 * SECOND),
    ]
    api.put(service("a", *ends))


def sorted_by(api: Api, sort: str, **parameters: object) -> tuple[list[str], dict[str, object]]:
    answer = api.ask("/api/v3/trace-summaries", query__sort=sort, query__total="true", **EVER, **parameters)
    assert answer.json is not None, answer.text
    return [summary["rootOperationName"] for summary in answer.json["summaries"]], answer.json["total"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("newest", ["three", "two", "one"]),
        ("longest", ["three", "two", "one"]),
        ("shortest", ["one", "two", "three"]),
        ("most", ["two", "three", "one"]),
        ("least", ["one", "three", "two"]),
    ],
)
def test_all_that_fit_are_sorted(api: Api, make: Maker, sort: str, names: list[str]) -> None:
    put_shapes(api, make)
    every = {"traces": 3, "complete": True}
    assert sorted_by(api, sort) == (names, every)
    assert sorted_by(api, sort, query__searchDepth=1) == (names[:1], every)
    assert sorted_by(api, sort, query__searchDepth=1, query__offset=1) == (names[1:2], every)
    only_two = (["two"], {"traces": 1, "complete": True})
    assert sorted_by(api, sort, query__serviceName="b") == sorted_by(api, sort, query__filter="k=v") == only_two
    assert sorted_by(api, sort, query__filter="k=w") == ([], {"traces": 0, "complete": True})
    assert api.ask("/api/v3/traces", query__sort=sort, **EVER).status_code == 200


def test_an_unknown_order_is_refused(api: Api) -> None:
    answer = api.ask("/api/v3/trace-summaries", query__sort="fastest", **EVER)
    message = "parameter query.sort: 'fastest' is not one of newest, longest, shortest, most, least"
    assert answer.json == {"error": {"httpCode": 400, "message": message}}


def test_what_takes_long_is_counted_so_far(api: Api, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    put_series(api, make, 50)
    monkeypatch.setattr(search, "MOST_COUNTED", 40)
    assert sorted_by(api, "newest", query__searchDepth=5)[1] == {"traces": 40, "complete": False}
    monkeypatch.setattr(search, "MOST_COUNTED", 50)
    assert sorted_by(api, "newest", query__searchDepth=5)[1] == {"traces": 50, "complete": True}
    assert api.ask("/api/v3/trace-summaries", **EVER).json.keys() == {"summaries"}  # type: ignore[union-attr]
    monkeypatch.setattr(search, "COUNT_SECONDS", -1)
    assert sorted_by(api, "newest", query__searchDepth=5, query__filter="service.name=here") == (
        [f"{number}" for number in range(49, 44, -1)], {"traces": 5, "complete": False}
    )  # fmt: skip
    ticks = iter(range(1000))
    monkeypatch.setattr("backend.store.ranking.time.monotonic", lambda: next(ticks))
    names, total = sorted_by(api, "longest", query__searchDepth=100)
    assert total == {"traces": ranking.SECONDS, "complete": False, "spans": ranking.SECONDS}
    assert names == [f"{number}" for number in range(49, 49 - ranking.SECONDS, -1)], "the newest"
