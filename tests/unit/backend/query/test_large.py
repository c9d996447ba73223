"""Large traces: answered in parts, as the others but for what depends on the trace's other spans."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from backend.query import trace as trace_module
from backend.web import reply
from tests.contract.otlp import MILLISECOND, error, resource, scope

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api

SPANS = 11


def put(api: Api, make: Maker) -> str:
    """A trace in three requests of two services, none of which Jaeger would remark anything about."""
    for first in (0, 4, 8):
        for place, service in enumerate(("shop", "till")):
            spans = [
                make.span(
                    f"{number}",
                    "0" if number else "",
                    at=number * MILLISECOND,
                    lasts=(50 - number) * MILLISECOND,
                    attributes={"b": number, "a": f"'\u2028{number}", "ip": 16_909_060},
                    status=error() if number == 5 else None,
                )
                for number in range(first, min(first + 4, SPANS))
                if number % 2 == place
            ]
            api.put(resource({"service.name": service, "host.name": "node"}, scope(spans)))
    return make.trace_id().hex()


def merged(document: Any) -> Any:
    """An answer of v3, its spans by id: large traces have more groups."""
    return {
        span["spanId"]: (group["resource"], span)
        for group in document["result"]["resourceSpans"]
        for part in group["scopeSpans"]
        for span in part["spans"]
    }


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let all but the smallest traces be large ones."""

    def begin() -> None:
        monkeypatch.setattr(trace_module, "LARGE_SPANS", 4)
        monkeypatch.setattr(trace_module, "PART_SPANS", 3)
        monkeypatch.setattr(reply, "STREAMED_CHARACTERS", 100)

    return begin


@pytest.mark.parametrize("query", ["", "?raw=true"])
def test_v1_answers_the_same(api: Api, make: Maker, large: Any, query: str) -> None:
    path = f"/api/traces/{put(api, make)}{query}"
    whole = api.ask(path)
    large()
    assert api.ask(path).json == whole.json
    assert len(whole.json["data"][0]["spans"]) == SPANS  # type: ignore[index]


@pytest.mark.parametrize("query", ["", "?rawTraces=true"])
def test_v3_answers_the_same(api: Api, make: Maker, large: Any, query: str) -> None:
    path = f"/api/v3/traces/{put(api, make)}{query}"
    whole = merged(api.ask(path).json)
    large()
    assert merged(api.ask(path).json) == whole
    assert len(whole) == SPANS


def test_searches_find_the_same(api: Api, make: Maker, large: Any) -> None:
    put(api, make)
    paths = "/api/traces?service=shop&lookback=87600h", f"/api/traces?traceID={make.trace_id().hex()}&traceID=ab"
    whole = [api.ask(path).json for path in paths]
    large()
    assert [api.ask(path).json for path in paths] == whole
    assert [len(one["data"][0]["spans"]) for one in whole] == [SPANS, SPANS]  # type: ignore[index]
    assert whole[1]["errors"] == [{"msg": "trace not found", "traceID": "00000000000000ab"}]  # type: ignore[index]


def test_an_export_is_several_lines_that_bring_it_all_back(api: Api, make: Maker, large: Any) -> None:
    put(api, make)
    large()
    lines = api.ask("/api/export").text.rstrip("\n").split("\n")
    assert len(lines) > 1
    assert sum(len(merged({"result": json.loads(line)})) for line in lines) == SPANS


def test_spans_that_were_sent_twice_are_told_apart_in_it(api: Api, make: Maker, large: Any) -> None:
    large()
    for _ in range(2):
        put(api, make)
    put(api, make)
    api.put(
        resource({"service.name": "again"}, scope([make.span("3", "0", at=3 * MILLISECOND, lasts=47 * MILLISECOND)]))
    )
    answer = api.ask(f"/api/traces/{make.trace_id().hex()}").json
    assert len(answer["data"][0]["spans"]) == SPANS + 1  # type: ignore[index]
