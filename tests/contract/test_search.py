"""Searches: every parameter, with what it must find, and whole answers compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.corpus import SERIES
from tests.contract.normalise import traces
from tests.contract.otlp import MILLISECOND, SECOND

if TYPE_CHECKING:
    from tests.contract.backends import Answer, Backend
    from tests.contract.conftest import Both


@dataclass(frozen=True)
class At:
    """A time as seconds after the corpus's base; in a query as microseconds."""

    seconds: float
    plus: int = 0


def resolved(parameters: dict[str, Any], base: int) -> list[tuple[str, str]]:
    """The parameters as they go into a URL; a list is a parameter given several times."""

    def text(value: Any) -> str:
        return str(int(base + value.seconds * SECOND) // 1_000 + value.plus) if isinstance(value, At) else str(value)

    return [
        (key, text(entry))
        for key, value in parameters.items()
        for entry in (value if isinstance(value, list) else [value])
    ]


def operations(answer: Answer) -> list[str]:
    """The names of all spans found."""
    assert answer.status == 200, answer.text
    return sorted(span["operationName"] for trace in answer.json["data"] for span in trace["spans"])


def runs(*numbers: int) -> list[str]:
    return sorted(f"run {number}" for number in numbers)


def tags(**values: str) -> str:
    return json.dumps(values)


ALL = range(SERIES)
SERIES_SEARCHES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, runs(*ALL)),
    ({"lookback": "1h"}, runs(*ALL)),  # a word of the UI's to itself
    ({"lookback": "nonsense"}, runs(*ALL)),
    ({"unknown": "parameter"}, runs(*ALL)),
    ({"operation": "run 7"}, runs(7)),
    ({"operation": "run"}, []),
    ({"operation": "RUN 7"}, []),
    ({"operation": ""}, runs(*ALL)),
    ({"limit": "3"}, runs(22, 23, 24)),
    ({"limit": "1"}, runs(24)),
    ({"limit": "+2"}, runs(23, 24)),
    ({"limit": "007"}, runs(*range(18, 25))),
    ({"limit": ""}, runs(*ALL)),
    ({"limit": "100000"}, runs(*ALL)),
    ({"limit": "2", "maxDuration": "10ms"}, runs(8, 9)),
    ({"minDuration": "20ms"}, runs(19, 20, 21, 22, 23, 24)),
    ({"minDuration": "20.000001ms"}, runs(20, 21, 22, 23, 24)),
    ({"minDuration": "20ms1ns"}, runs(20, 21, 22, 23, 24)),
    ({"maxDuration": "2ms"}, runs(0, 1)),
    ({"maxDuration": "2000us"}, runs(0, 1)),
    ({"maxDuration": "2000µs"}, runs(0, 1)),
    ({"maxDuration": "2000\u03bcs"}, runs(0, 1)),
    ({"maxDuration": "2000000ns"}, runs(0, 1)),
    ({"maxDuration": "0.002s"}, runs(0, 1)),
    ({"maxDuration": ".002s"}, runs(0, 1)),
    ({"maxDuration": "1999999ns"}, runs(0)),
    ({"minDuration": "5ms", "maxDuration": "5ms"}, runs(4)),
    ({"minDuration": "1h2m3s"}, []),
    ({"minDuration": "0"}, runs(*ALL)),
    ({"minDuration": "0s", "maxDuration": "0s"}, runs(*ALL)),
    ({"minDuration": "5ms", "maxDuration": "0s"}, runs(*range(4, 25))),
    ({"minDuration": "-1s"}, runs(*ALL)),
    ({"maxDuration": "-1s"}, []),
    ({"minDuration": ""}, runs(*ALL)),
    ({"start": At(20)}, runs(20, 21, 22, 23, 24)),
    ({"start": At(20, 1)}, runs(21, 22, 23, 24)),
    ({"end": At(3)}, runs(0, 1, 2, 3)),
    ({"end": At(3, -1)}, runs(0, 1, 2)),
    ({"start": At(5), "end": At(6)}, runs(5, 6)),
    ({"start": At(5, 1), "end": At(6, -1)}, []),
    ({"start": At(6), "end": At(5)}, []),
    ({"start": "0"}, runs(*ALL)),
    ({"start": "-1"}, runs(*ALL)),
    ({"start": "", "end": ""}, runs(*ALL)),
    ({"end": "0"}, []),
    ({"start": "0", "end": At(0)}, runs(0)),
    ({"end": "9223372036854775"}, runs(*ALL)),
    ({"tags": tags(number="7")}, runs(7)),
    ({"tags": tags(number="07")}, []),
    ({"tags": tags(parity="odd", number="7")}, runs(7)),
    ({"tags": tags(parity="even", number="7")}, []),
    ({"tags": tags(odd="true", parity="odd"), "limit": "1"}, runs(23)),
    ({"tags": tags(odd="True")}, []),
    ({"tags": tags(unknown="x")}, []),
    ({"tags": "{}"}, runs(*ALL)),
    ({"tags": "null"}, runs(*ALL)),
    ({"tags": ' { "number" : "7" } '}, runs(7)),
    ({"tags": '{"number": "6", "number": "7"}'}, runs(7)),
    ({"tags": [tags(number="7"), tags(parity="odd")]}, runs(7)),
    ({"tag": "number:7"}, runs(7)),
    ({"tag": ["number:7", "parity:odd"]}, runs(7)),
    ({"tag": "number:7", "tags": tags(number="8")}, runs(8)),
    ({"tag": "number:"}, []),
    ({"tag": "number:7", "limit": "2", "operation": "run 7", "minDuration": "8ms", "maxDuration": "8ms",
      "start": At(7), "end": At(7)}, runs(7)),
    ({"raw": "true"}, runs(*ALL)),
    ({"raw": "0"}, runs(*ALL)),
    ({"raw": "T", "limit": "1"}, runs(24)),
]  # fmt: skip
SERIES_IDS = [json.dumps(parameters, default=str, ensure_ascii=False) for parameters, _ in SERIES_SEARCHES]


@pytest.mark.parametrize(("parameters", "expected"), SERIES_SEARCHES, ids=SERIES_IDS)
def test_search_finds(backend: Backend, base: int, parameters: dict[str, Any], expected: list[str]) -> None:
    assert operations(backend.get("/api/traces", resolved({"service": "series"} | parameters, base))) == expected


@pytest.mark.parametrize("parameters", [parameters for parameters, _ in SERIES_SEARCHES], ids=SERIES_IDS)
def test_searches_are_the_same(both: Both, base: int, parameters: dict[str, Any]) -> None:
    both.agree("/api/traces", resolved({"service": "series"} | parameters, base), traces)


ROOT, GOOD, UNSET = ["other", "root"], ["good"], ["unset"]
TAGGED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, sorted(ROOT + GOOD + UNSET)),
    (dict.fromkeys(["on.resource"], "x"), ROOT),
    (dict.fromkeys(["on.scope"], "x"), ROOT),
    (dict.fromkeys(["on.span"], "x"), ROOT),
    (dict.fromkeys(["on.other"], "x"), ROOT),
    (dict.fromkeys(["on.event"], "x"), ROOT),
    (dict.fromkeys(["on.good"], "true"), GOOD),
    (dict.fromkeys(["on.span", "on.resource", "on.scope", "on.event"], "x"), ROOT),
    (dict.fromkeys(["on.span", "on.other"], "x"), []),  # on different spans
    ({"on.event": "x", "count": "3"}, ROOT),
    ({"string": "text"}, ROOT),
    ({"string": "Text"}, []),
    ({"string.empty": ""}, ROOT),
    ({"bool.true": "true"}, ROOT),
    ({"bool.false": "false"}, ROOT),
    ({"bool.true": "1"}, []),
    ({"int": "42"}, ROOT),
    ({"int": "42.0"}, []),
    ({"double": "3.25"}, ROOT),
    ({"double": "3.250"}, []),
    ({"double.whole": "3"}, ROOT),
    ({"double.whole": "3.0"}, []),
    ({"bytes.empty": ""}, ROOT),
    ({"bytes.long": 400 * "/"}, []),
    ({"array": '["a","b"]'}, ROOT),
    ({"array": '["a", "b"]'}, []),
    ({"array.empty": "[]"}, ROOT),
    ({"map": '{"a":[1,2.5,"three"],"b":1,"c":{"d":{"e":"AQ=="}}}'}, ROOT),
    ({"map.empty": "{}"}, ROOT),
    ({"empty": ""}, ROOT),
    ({"service.name": "tagged"}, sorted(ROOT + GOOD + UNSET)),
    ({"a:b": "c:d"}, ROOT),
    ({"tricky": 'quote " and ü'}, ROOT),
    ({"spaced": " x "}, ROOT),
    ({"spaced": "x"}, []),
    # What Jaeger makes tags of in its JSON is no attribute, and not found as one; but see test_differences.py.
    ({"event": "happened"}, []),
    ({"otel.status_code": "ERROR"}, []),
    ({"otel.status_description": "broken"}, []),
    ({"otel.scope.name": "tagger"}, []),
    ({"w3c.tracestate": "state=kept"}, []),
]
TAGGED_IDS = [json.dumps(row[0], ensure_ascii=False)[:60] for row in TAGGED]


@pytest.mark.parametrize(("wanted", "expected"), TAGGED, ids=TAGGED_IDS)
def test_search_finds_attributes(backend: Backend, wanted: dict[str, str], expected: list[str]) -> None:
    found = backend.get("/api/traces", {"service": "tagged", "tags": json.dumps(wanted)})
    assert operations(found) == expected


@pytest.mark.parametrize("wanted", [row[0] for row in TAGGED], ids=TAGGED_IDS)
def test_searches_for_attributes_are_the_same(both: Both, wanted: dict[str, str]) -> None:
    both.agree("/api/traces", {"service": "tagged", "tags": json.dumps(wanted)}, traces)


def test_a_tag_may_hold_colons(backend: Backend) -> None:
    """Everything after the first colon is the value."""
    assert operations(backend.get("/api/traces", {"service": "tagged", "tag": "on.span:x"})) == ROOT
    assert operations(backend.get("/api/traces", {"service": "tagged", "tag": "a:b:c:d"})) == []


@pytest.mark.parametrize(
    "service",
    [
        "unicode-日本",
        "unicode-a b/c?d&e+f%25",
        "//unicode//slashes/",
        "many",
        "missing-service-name",
        "nobody",
        "SERIES",
    ],
)
def test_searches_by_service_are_the_same(both: Both, service: str) -> None:
    both.agree("/api/traces", {"service": service}, traces)


def test_a_trace_is_found_by_any_of_its_services(backend: Backend) -> None:
    found = {
        service: operations(backend.get("/api/traces", {"service": f"services-{service}"}))
        for service in ("shop", "mail")
    }
    assert found["shop"] == found["mail"]
    assert len(found["shop"]) == 7


def test_the_operation_must_be_of_the_service(backend: Backend) -> None:
    both_from_one_span = {"service": "services-mail", "operation": "POST /order"}
    assert operations(backend.get("/api/traces", both_from_one_span)) == []


def test_one_span_must_match_everything(backend: Backend) -> None:
    """`root` lasts a second, `other` a millisecond."""
    parameters = {"service": "tagged", "tags": tags(**{"on.other": "x"})}
    assert operations(backend.get("/api/traces", parameters | {"maxDuration": "1ms"})) == ROOT
    assert operations(backend.get("/api/traces", parameters | {"minDuration": "2ms"})) == []


def test_times_outside_of_the_default_window_are_not_found(backend: Backend) -> None:
    """Without `start` and `end`: two days back, until now."""
    found = operations(backend.get("/api/traces", {"service": "clocks"}))
    assert found == ["backwards", "no length", "one ns", "under a microsecond", "zero end"]


def test_several_ids(backend: Backend, cases: dict[str, Any]) -> None:
    """Each is answered, the unknown in `errors`; the search's own parameters do not matter."""
    first, second = list(cases["series"].expects)[:2]
    answer = backend.get("/api/traces", [("traceID", first), ("traceID", "abc"), ("traceID", second), ("limit", "1")])
    assert operations(answer) == runs(0, 1)
    assert answer.json["errors"] == [{"msg": "trace not found", "traceID": "0000000000000abc"}]


@pytest.mark.parametrize("ids", [[0, 1], [0, 0], ["abc"], ["abc", 1, 16 * "f" + 16 * "0"], [3], ["upper", 3]], ids=str)
def test_several_ids_are_the_same(both: Both, cases: dict[str, Any], ids: list[Any]) -> None:
    known = list(cases["series"].expects)
    wanted = [known[each] if isinstance(each, int) else known[5].upper() if each == "upper" else each for each in ids]
    both.agree("/api/traces", [("traceID", each) for each in wanted], traces)


def test_newest_first(backend: Backend) -> None:
    """By the order of arrival in the real one, of start in the embedded one; these came as they started."""
    found = backend.get("/api/traces", {"service": "series", "limit": "5"}).json["data"]
    starts = [trace["spans"][0]["startTime"] for trace in found]
    assert starts == sorted(starts, reverse=True)


def test_a_duration_is_the_spans_own(backend: Backend) -> None:
    longest = f"{SERIES * MILLISECOND}ns"
    found = operations(backend.get("/api/traces", {"service": "series", "minDuration": longest}))
    assert found == runs(SERIES - 1)
