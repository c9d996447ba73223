"""The second API, `/api/v3`, as far as v1.76.0 has it; trace summaries are newer, and tested on ours alone."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.conftest import assert_equal
from tests.contract.corpus import NAMES, SERIES
from tests.contract.normalise import otlp
from tests.contract.otlp import MILLISECOND, SECOND

if TYPE_CHECKING:
    from tests.contract.backends import Answer, Backend
    from tests.contract.conftest import Both

SCHEMA_URLS = {"resourceSchemaUrl", "scopeSchemaUrl"}


def spans(answer: Any) -> Any:
    """The spans; without schema URLs, which the real one loses (test_differences.py)."""
    if "result" not in answer:
        return answer
    return [{key: entry for key, entry in span.items() if key not in SCHEMA_URLS} for span in otlp(answer)]


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return sorted(entry["span"]["name"] for entry in otlp(answer.json))


def moment(nanoseconds: int) -> str:
    """RFC 3339 with all nine digits."""
    seconds, rest = divmod(nanoseconds, SECOND)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(f"%Y-%m-%dT%H:%M:%S.{rest:09}Z")


def window(base: int, start: float = -10, end: float = 3600) -> dict[str, str]:
    return {
        "query.start_time_min": moment(base + int(start * SECOND)),
        "query.start_time_max": moment(base + int(end * SECOND)),
        "query.num_traces": "1000",
        "query.raw_traces": "true",
    }


def test_services(both: Both) -> None:
    both.agree("/api/v3/services", None, lambda answer: sorted(answer["services"]))


def test_nothing_there(empty: Backend) -> None:
    assert empty.get("/api/v3/operations", {"service": "nobody"}).json == {"operations": []}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("server", [("same", "server")]),
        ("producer", [("same", "producer"), ("single", "producer")]),
        ("SERVER", []),
        ("unknown", []),
    ],
)
def test_operations_of_a_kind(backend: Backend, kind: str, expected: list[tuple[str, str]]) -> None:
    found = backend.get("/api/v3/operations", {"service": "kinds", "span_kind": kind}).json["operations"]
    assert sorted((entry["name"], entry["spanKind"]) for entry in found) == expected


# Repeated keys become one and a text for warnings is a crash in the real one (test_differences.py).
@pytest.mark.realstack
@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"repeated_keys", "warned_text"}])
def test_traces_are_the_same(
    adjusted_by_real: dict[str, Answer], embedded: Backend, cases: dict[str, Any], name: str
) -> None:
    for trace_id in cases[name].expects:
        assert_equal(embedded.get(f"/api/v3/traces/{trace_id}"), adjusted_by_real[trace_id], spans)


# A retry is there twice in the real one's raw traces (test_differences.py).
@pytest.mark.parametrize("name", [name for name in NAMES if name != "retry"])
def test_raw_traces_are_the_same(both: Both, cases: dict[str, Any], name: str) -> None:
    for trace_id in cases[name].expects:
        both.agree(f"/api/v3/traces/{trace_id}", {"raw_traces": "true"}, spans)


def test_a_raw_trace_has_all_that_was_sent(backend: Backend, cases: dict[str, Any], base: int) -> None:
    (trace_id,) = cases["dropped"].expects
    (found,) = spans(backend.get(f"/api/v3/traces/{trace_id}", {"raw_traces": "true"}).json)
    span = found["span"]
    (link,) = span["links"]
    (event,) = span["events"]
    assert found["resource"]["droppedAttributesCount"] == 7
    assert found["scope"] == {
        "name": "scoped",
        "version": "2",
        "attributes": [{"key": "scope.key", "value": {"stringValue": "scope value"}}],
        "droppedAttributesCount": 6,
    }
    assert (span["traceId"], span["kind"], span["flags"]) == (trace_id, 1, 0x3FF)
    assert (span["startTimeUnixNano"], span["endTimeUnixNano"]) == (str(base), str(base + 10 * MILLISECOND))
    assert span["traceState"] == "vendor=opaque,other=00f067aa0ba902b7"
    dropped = [span[f"dropped{what}Count"] for what in ("Attributes", "Events", "Links")]
    assert (dropped, event["droppedAttributesCount"], link["droppedAttributesCount"]) == ([1, 2, 3], 4, 5)
    assert link["flags"] == 0x100


def test_all_types_of_attributes(backend: Backend, cases: dict[str, Any]) -> None:
    (trace_id,) = cases["types"].expects
    (found,) = spans(backend.get(f"/api/v3/traces/{trace_id}", {"raw_traces": "true"}).json)
    attributes = {entry["key"]: entry["value"] for entry in found["span"]["attributes"]}
    assert attributes["int"] == {"intValue": "42"}
    assert attributes["double.whole"] == {"doubleValue": 3}
    assert attributes["bool.false"] == {"boolValue": False}
    assert attributes["string.empty"] == {"stringValue": ""}
    assert attributes["bytes.empty"] == {"bytesValue": ""}
    assert attributes["array.empty"] == {"arrayValue": {}}
    assert attributes["map.empty"] == {"kvlistValue": {}}
    assert attributes["empty"] == {}


SEARCHES: list[tuple[dict[str, str], list[int]]] = [
    ({}, list(range(SERIES))),
    ({"query.num_traces": "2"}, [23, 24]),
    ({"query.operation_name": "run 7"}, [7]),
    ({"query.duration_min": "24ms"}, [23, 24]),
    ({"query.duration_max": "2000us"}, [0, 1]),
    ({"query.duration_min": "5ms", "query.duration_max": "6ms"}, [4, 5]),
]


@pytest.mark.parametrize(("parameters", "expected"), SEARCHES, ids=str)
def test_search_finds(backend: Backend, base: int, parameters: dict[str, str], expected: list[int]) -> None:
    found = backend.get("/api/v3/traces", window(base) | {"query.service_name": "series"} | parameters)
    assert names(found) == sorted(f"run {number}" for number in expected)


@pytest.mark.parametrize("parameters", [row[0] for row in SEARCHES], ids=str)
def test_searches_are_the_same(both: Both, base: int, parameters: dict[str, str]) -> None:
    both.agree("/api/v3/traces", window(base) | {"query.service_name": "series"} | parameters, spans)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(5, 6, ["run 5", "run 6"]), (5 + 1e-6, 6, ["run 6"]), (5, 6 - 1e-6, ["run 5"])],
)
def test_search_has_a_window(backend: Backend, base: int, start: float, end: float, expected: list[str]) -> None:
    assert names(backend.get("/api/v3/traces", window(base, start, end) | {"query.service_name": "series"})) == expected


def test_a_window_may_be_in_another_time_zone(backend: Backend, base: int) -> None:
    def local(text: str) -> str:
        return datetime.fromisoformat(text[:19] + "+00:00").astimezone(EAST).isoformat()

    parameters = {key: local(value) if "time" in key else value for key, value in window(base, 5, 6).items()}
    assert names(backend.get("/api/v3/traces", parameters | {"query.service_name": "series"})) == ["run 5", "run 6"]


EAST = timezone(datetime(2000, 1, 1, 5, 30) - datetime(2000, 1, 1))  # noqa: DTZ001

FAULTS: list[dict[str, str | None]] = [
    {"query.start_time_min": "x"},
    {"query.start_time_max": "2020-13-01T00:00:00Z"},
    {"query.num_traces": "x"},
    {"query.duration_min": "5"},
    {"query.duration_max": "x"},
    {"query.raw_traces": "x"},
]


def assert_fault(backend: Backend, answer: Answer, wrong: str, given: str | None) -> None:
    message = answer.json["error"]["message"]
    assert (answer.status, answer.json) == (400, {"error": {"httpCode": 400, "message": message}})
    if backend.name == "embedded":
        assert message.startswith(f"parameter {wrong}: '{given}' is not ")


@pytest.mark.parametrize("parameters", FAULTS, ids=str)
def test_a_fault_is_told(backend: Backend, base: int, parameters: dict[str, str | None]) -> None:
    answer = backend.get("/api/v3/traces", window(base) | {"query.service_name": "series"} | parameters)
    ((wrong, given),) = parameters.items()
    assert_fault(backend, answer, wrong, given)


@pytest.mark.parametrize(
    ("trace_id", "parameters", "wrong", "given"),
    [("xyz", {}, "trace id", "xyz"), ("abc", {"raw_traces": "x"}, "raw_traces", "x")],
)
def test_a_fault_about_one_trace_is_told(
    backend: Backend, trace_id: str, parameters: dict[str, str], wrong: str, given: str
) -> None:
    assert_fault(backend, backend.get(f"/api/v3/traces/{trace_id}", parameters), wrong, given)


@pytest.mark.parametrize(
    "parameters", [{"query.service_name": "nobody"}, {"query.duration_min": "2s", "query.duration_max": "1s"}]
)
def test_nothing_is_found(backend: Backend, base: int, parameters: dict[str, str]) -> None:
    found = backend.get("/api/v3/traces", window(base) | {"query.service_name": "series"} | parameters)
    for answer in (found, backend.get("/api/v3/traces/abc")):
        assert (answer.status, answer.json) == (404, {"error": {"httpCode": 404, "message": "No traces found"}})


SUMMARY_KEYS = {
    "traceId", "rootServiceName", "rootOperationName", "minStartTimeUnixNano", "maxEndTimeUnixNano", "spanCount",
    "errorSpanCount", "orphanSpanCount", "services",
}  # fmt: skip


def summary_window(base: int, service: str = "") -> dict[str, str]:
    times = {"query.startTimeMin": moment(base - SECOND), "query.startTimeMax": moment(base + 3600 * SECOND)}
    return times | ({"query.serviceName": service} if service else {})


def summaries(embedded: Backend, parameters: dict[str, str]) -> list[Any]:
    answer = embedded.get("/api/v3/trace-summaries", parameters)
    assert answer.status == 200, answer.text
    found: list[Any] = answer.json["summaries"]
    return found


def test_a_summary(embedded: Backend, cases: dict[str, Any], base: int) -> None:
    (summary,) = summaries(embedded, summary_window(base, "services-mail"))
    services = {entry["name"]: (entry["spanCount"], entry["errorSpanCount"]) for entry in summary.pop("services")}
    (trace_id,) = cases["services"].expects
    assert services == {
        "services-shop": (2, 0),
        "services-billing": (1, 0),
        "services-queue": (1, 0),
        "services-mail": (3, 0),
    }
    assert summary == {
        "traceId": trace_id,
        "rootServiceName": "services-shop",
        "rootOperationName": "POST /order",
        "minStartTimeUnixNano": str(base),
        "maxEndTimeUnixNano": str(base + 100 * MILLISECOND),
        "spanCount": 7,
        "errorSpanCount": 0,
        "orphanSpanCount": 0,
    }


def test_summaries_count_errors_and_orphans(embedded: Backend, base: int) -> None:
    (failed,) = summaries(embedded, summary_window(base, "errors"))
    assert (failed["spanCount"], failed["errorSpanCount"], failed["orphanSpanCount"]) == (5, 2, 0)
    parents = summaries(embedded, summary_window(base, "parents"))
    assert sorted(entry["orphanSpanCount"] for entry in parents)[-2:] == [1, 2]


@pytest.mark.parametrize("service", ["", "clocks", "parents", "unicode-日本", "short_ids", "duplicates", "retry"])
def test_every_summary_is_valid(embedded: Backend, base: int, service: str) -> None:
    """The UI checks the whole answer and shows nothing if one row is wrong."""
    found = summaries(embedded, summary_window(base, service) | {"query.searchDepth": "1000"})
    assert found
    for summary in found:
        assert set(summary) == SUMMARY_KEYS
        assert len(summary["traceId"]) == 32
        assert int(summary["traceId"], 16)
        assert str(int(summary["minStartTimeUnixNano"])) == summary["minStartTimeUnixNano"]
        assert str(int(summary["maxEndTimeUnixNano"])) == summary["maxEndTimeUnixNano"]
        assert sum(entry["spanCount"] for entry in summary["services"]) == summary["spanCount"]
        assert sum(entry["errorSpanCount"] for entry in summary["services"]) == summary["errorSpanCount"]
        assert isinstance(summary["rootServiceName"], str)
        assert isinstance(summary["rootOperationName"], str)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, range(SERIES)),
        ({"query.searchDepth": "2"}, [23, 24]),
        ({"query.operationName": "run 7"}, [7]),
        ({"query.durationMin": "24ms"}, [23, 24]),
        ({"query.durationMax": "2000us"}, [0, 1]),
        ({"query.attributes": '{"number":"7"}'}, [7]),
        ({"query.attributes": '{"number":"7","parity":"even"}'}, []),
    ],
    ids=str,
)
def test_summaries_are_searched(embedded: Backend, base: int, parameters: dict[str, str], expected: Any) -> None:
    found = summaries(embedded, summary_window(base, "series") | parameters)
    assert sorted(entry["rootOperationName"] for entry in found) == sorted(f"run {number}" for number in expected)


@pytest.mark.parametrize(
    "parameters",
    [
        {"query.startTimeMin": ""},
        {"query.startTimeMax": ""},
        {"query.startTimeMin": "yesterday"},
        {"query.startTimeMax": "2020-13-01T00:00:00Z"},
        {"query.searchDepth": "x"},
        {"query.durationMin": "5"},
        {"query.durationMax": "x"},
        {"query.attributes": "no json"},
        {"query.attributes": "[]"},
    ],
    ids=str,
)
def test_wrong_questions_for_summaries_are_refused(embedded: Backend, base: int, parameters: dict[str, str]) -> None:
    answer = embedded.get("/api/v3/trace-summaries", summary_window(base, "series") | parameters)
    assert (answer.status, answer.json["error"]["httpCode"]) == (400, 400)
    assert answer.json["error"]["message"]


def test_newer_parameter_names_find_the_same(embedded: Backend, base: int) -> None:
    """The UI of 2026 writes the names of v3's parameters in camel case."""
    answer = embedded.get("/api/v3/traces", summary_window(base, "series") | {"query.attributes": '{"number":"7"}'})
    assert names(answer) == ["run 7"]
