"""What goes beyond Jaeger's API: filters, paging, and calls with statistics. Tested on ours alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.backends import OK
from tests.contract.corpus import SERIES
from tests.contract.otlp import MILLISECOND
from tests.contract.test_v3 import names, summaries, summary_window, window

if TYPE_CHECKING:
    from tests.contract.backends import Backend


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["service=series"], range(SERIES)),
        (["service=ser*s", "operation=run 1*"], [1, *range(10, 20)]),
        (["service=series", "operation!=run *"], []),
        (["service=series", "number=2*"], [2, *range(20, SERIES)]),
        (["service=series", "parity!=odd", "number!=1*"], [0, 2, 4, 6, 8, 20, 22, 24]),
    ],
    ids=str,
)
def test_filters_find(embedded: Backend, base: int, filters: list[str], expected: Any) -> None:
    wanted = sorted(f"run {number}" for number in expected)
    v3 = [*(summary_window(base) | {"query.searchDepth": "1000"}).items(), *(("query.filter", one) for one in filters)]
    answer = embedded.get("/api/v3/trace-summaries", v3)
    assert sorted(entry["rootOperationName"] for entry in answer.json["summaries"]) == wanted
    if wanted:
        assert names(embedded.get("/api/v3/traces", v3)) == wanted
    v1 = [("service", "series"), ("limit", "1000"), *(("filter", one) for one in filters)]
    found = embedded.get("/api/traces", v1).json["data"]
    assert sorted(span["operationName"] for trace in found for span in trace["spans"]) == wanted
    assert len(embedded.get("/api/export", v1[2:]).text.splitlines()) == len(wanted)


def test_pages_make_up_the_whole(embedded: Backend, base: int) -> None:
    series = summary_window(base, "series")
    whole = [entry["rootOperationName"] for entry in summaries(embedded, series | {"query.searchDepth": "1000"})]
    assert whole == [f"run {number}" for number in reversed(range(SERIES))]
    pages = [
        entry["rootOperationName"]
        for offset in range(0, SERIES + 10, 10)
        for entry in summaries(embedded, series | {"query.searchDepth": "10", "query.offset": f"{offset}"})
    ]
    assert pages == whole


@pytest.mark.parametrize(
    "parameters",
    [{"query.offset": "-1"}, {"query.offset": "x"}, {"query.filter": "x>y"}, {"query.filter": "=x"}],
    ids=str,
)
def test_wrong_questions_are_refused(embedded: Backend, base: int, parameters: dict[str, str]) -> None:
    for path in ("/api/v3/traces", "/api/v3/trace-summaries"):
        answer = embedded.get(path, window(base) | parameters)
        assert answer.status == 400
        assert answer.json["error"]["message"].startswith("parameter query.")


def test_calls_have_statistics(embedded: Backend) -> None:
    plain = embedded.get("/api/dependencies").json["data"]
    answer = embedded.get("/api/dependencies", {"stats": "true"})
    assert answer.status == OK
    found = answer.json["data"]
    assert [{key: entry[key] for key in ("parent", "child", "callCount")} for entry in found] == plain
    (pair,) = (entry for entry in found if entry["parent"] == "pair-client")
    microseconds = 5 * MILLISECOND // 1_000
    assert pair == {
        "parent": "pair-client",
        "child": "pair-server",
        "callCount": 1,
        "inProcessCount": 0,
        "messageCount": 0,
        "errorCount": 0,
        "durationP50": microseconds,
        "durationP99": microseconds,
    }
