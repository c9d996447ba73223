"""One trace: what Jaeger repairs, remarks and keeps apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tests.contract.otlp import MILLISECOND, SECOND, resource, scope, service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Attributes
    from tests.unit.backend.query.conftest import Api


def test_a_missing_parent_is_told_until_it_arrives(api: Api, make: Maker) -> None:
    api.put(service("server", make.span("child", "root")))
    parent = make.span_id("root").hex()
    assert api.spans(make.trace_id())["child"]["warnings"] == [
        f"invalid parent span IDs={parent}; skipping clock skew adjustment"
    ]
    api.put(service("client", make.span("root", lasts=SECOND)))
    assert [span["warnings"] for span in api.spans(make.trace_id()).values()] == [None, None]


def test_raw_spans_have_no_remarks(api: Api, make: Maker) -> None:
    api.put(service("server", make.span("child", "root")))
    assert api.spans(make.trace_id(), raw="true")["child"]["warnings"] is None


def test_numbers_that_json_does_not_know_become_words(api: Api, make: Maker) -> None:
    numbers = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
    api.put(service("here", make.span("odd", attributes={**numbers, "list": [math.nan], "float": 1.0})))
    tags = {tag["key"]: tag["value"] for tag in api.spans(make.trace_id())["odd"]["tags"]}
    assert (tags["nan"], tags["inf"], tags["-inf"], tags["list"], tags["float"]) == (
        "NaN",
        "Infinity",
        "-Infinity",
        "",
        1,
    )


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (-(2**53) + 1, -(2**53) + 1),
        (-(2**63), "-9223372036854775808"),
    ],
)
def test_integers_survive_javascript(api: Api, make: Maker, number: int, shown: object) -> None:
    api.put(service("here", make.span("count", attributes={"n": number})))
    (tag,) = (tag for tag in api.spans(make.trace_id())["count"]["tags"] if tag["key"] == "n")
    assert tag == {"key": "n", "type": "int64", "value": shown}


def test_reading_a_trace_changes_nothing(api: Api, make: Maker) -> None:
    api.put(resource({"service.name": "here", "ip": 1}, scope([make.span("child", "root", attributes={"ip": 2})])))
    paths = [f"/api/traces/{make.trace_id().hex()}", f"/api/v3/traces/{make.trace_id().hex()}"]
    first = [api.ask(path).data for path in paths]
    assert [api.ask(path).data for path in paths] == first


def test_traces_that_came_together_do_not_touch_each_other(api: Api, make: Maker) -> None:
    moved: Attributes = {"telemetry.sdk.name": "of a span"}
    api.put(service("here", make.span("a", trace="a", attributes=moved), make.span("b", trace="b")))
    answer = api.ask(
        "/api/v3/traces", query__startTimeMin="1970-01-01T00:00:00Z", query__startTimeMax="2262-01-01T00:00:00Z"
    )
    assert answer.json is not None
    groups = answer.json["result"]["resourceSpans"]
    keys = {
        group["scopeSpans"][0]["spans"][0]["name"]: {entry["key"] for entry in group["resource"]["attributes"]}
        for group in groups
    }
    assert keys == {"a": {"service.name", "telemetry.sdk.name"}, "b": {"service.name"}}


def test_spans_that_are_each_others_parents_are_shown(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("a", "b"), make.span("b", "a"), make.span("self", "self")))
    assert set(api.spans(make.trace_id())) == {"a", "b", "self"}


def test_a_trace_of_ten_thousand_spans_in_a_row_opens(api: Api, make: Maker) -> None:
    spans = [make.span(f"{number}", f"{number - 1}" if number else "", at=number) for number in range(10_000)]
    for at in range(0, len(spans), 1000):
        api.put(service("deep", *spans[at : at + 1000]))
    assert len(api.spans(make.trace_id())) == 10_000
    answer = api.ask(f"/api/v3/traces/{make.trace_id().hex()}")
    assert answer.json is not None
    assert sum(len(group["scopeSpans"][0]["spans"]) for group in answer.json["result"]["resourceSpans"]) == 10_000


def test_ten_thousand_spans_of_one_id_do_not_take_for_ever(api: Api, make: Maker) -> None:
    api.put(service("same", *(make.span("same", name=f"{number}") for number in range(10_000))))
    assert len(api.spans(make.trace_id())) == 10_000


def test_a_summary_counts_what_is_there(api: Api, make: Maker) -> None:
    api.put(service("b", make.span("child", "root", at=MILLISECOND), make.span("lost", "elsewhere")))
    api.put(service("a", make.span("root", lasts=SECOND)))
    answer = api.ask(
        "/api/v3/trace-summaries",
        query__startTimeMin="1970-01-01T00:00:00Z",
        query__startTimeMax="2262-01-01T00:00:00Z",
    )
    assert answer.json == {
        "summaries": [
            {
                "traceId": make.trace_id().hex(),
                "rootServiceName": "a",
                "rootOperationName": "root",
                "minStartTimeUnixNano": str(make.base),
                "maxEndTimeUnixNano": str(make.base + SECOND),
                "spanCount": 3,
                "errorSpanCount": 0,
                "orphanSpanCount": 1,
                "services": [
                    {"name": "a", "spanCount": 1, "errorSpanCount": 0},
                    {"name": "b", "spanCount": 2, "errorSpanCount": 0},
                ],
            }
        ]
    }
