"""One trace by its id, of every case of the corpus."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.corpus import DEPTH, MANY, NAMES
from tests.contract.normalise import traces

if TYPE_CHECKING:
    from tests.contract.backends import Backend
    from tests.contract.conftest import Both

Span = dict[str, Any]


def path(trace_id: str) -> str:
    return f"/api/traces/{trace_id}"


@pytest.mark.parametrize("name", NAMES)
def test_traces_are_the_same(both: Both, cases: dict[str, Any], name: str) -> None:
    for trace_id in cases[name].expects:
        both.agree(path(trace_id), None, traces)


# A retry is there twice in the real one's raw traces (test_differences.py).
@pytest.mark.parametrize("name", [name for name in NAMES if name != "retry"])
def test_raw_traces_are_the_same(both: Both, cases: dict[str, Any], name: str) -> None:
    """In the order of arrival, tags in the order they were sent in."""
    for trace_id in cases[name].expects:
        both.agree(path(trace_id), {"raw": "true"}, lambda answer: traces(answer, raw=True))


@pytest.mark.parametrize("name", NAMES)
def test_traces_are_whole(backend: Backend, cases: dict[str, Any], name: str) -> None:
    for trace_id, spans in cases[name].expects.items():
        answer = backend.get(path(trace_id)).json
        (trace,) = answer["data"]
        assert {key: answer[key] for key in ("total", "limit", "offset", "errors")} == {
            "total": 0,
            "limit": 0,
            "offset": 0,
            "errors": None,
        }
        assert trace["traceID"] == trace_id.removeprefix(16 * "0")
        assert (len(trace["spans"]), trace["warnings"]) == (spans, None)
        assert {span["traceID"] for span in trace["spans"]} == {trace["traceID"]}
        assert {span["processID"] for span in trace["spans"]} == set(trace["processes"])


def spans_of(backend: Backend, cases: dict[str, Any], name: str, trace: int = 0, **parameters: str) -> dict[str, Span]:
    """The spans of one trace of a case by name, their tags as a dict besides."""
    answer = backend.get(path(list(cases[name].expects)[trace]), parameters)
    return {
        span["operationName"]: span | {"tag": {tag["key"]: (tag["type"], tag["value"]) for tag in span["tags"]}}
        for span in answer.json["data"][0]["spans"]
    }


def test_all_types_of_attributes(backend: Backend, cases: dict[str, Any]) -> None:
    span = spans_of(backend, cases, "types")["typed"]
    assert span["tag"] == {
        "string": ("string", "text"),
        "string.empty": ("string", ""),
        "bool.true": ("bool", True),
        "bool.false": ("bool", False),
        "int": ("int64", 42),
        "double": ("float64", 3.25),
        "double.whole": ("float64", 3),
        "bytes": ("binary", b64encode(bytes(range(256))).decode()),
        "bytes.empty": ("binary", None),  # Go's empty slice
        "bytes.long": ("binary", b64encode(300 * b"\xfe").decode()),
        "array": ("string", '["a","b"]'),
        "array.mixed": ("string", '["a",true,-1,0.5,"AP8=",null,[1],{"k":"v"}]'),
        "array.empty": ("string", "[]"),
        "map": ("string", '{"a":[1,2.5,"three"],"b":1,"c":{"d":{"e":"AQ=="}}}'),
        "map.empty": ("string", "{}"),
        "map.html": ("string", '{"\\u003c\\u0026\\u003e":"\\u2028 \'quoted\' \\"twice\\" \\\\"}'),
        "empty": ("string", ""),
        "span.kind": ("string", "internal"),
        "otel.scope.name": ("string", "typed"),
        "otel.scope.version": ("string", "1"),
    }


def test_integers_survive_javascript(backend: Backend, cases: dict[str, Any]) -> None:
    tag = spans_of(backend, cases, "numbers")["n"]["tag"]
    assert tag[f"int.{2**63 - 1}"] == ("int64", str(2**63 - 1))
    assert tag[f"int.{-(2**63)}"] == ("int64", str(-(2**63)))
    assert tag[f"int.{2**53 + 1}"] == ("int64", str(2**53 + 1))
    assert tag[f"int.{2**53}"] == ("int64", str(2**53))
    assert tag[f"int.{2**53 - 1}"] == ("int64", 2**53 - 1)
    assert tag[f"int.{-(2**53) + 1}"] == ("int64", -(2**53) + 1)
    assert json.loads(tag["ints"][1])[0] == 2**63 - 1


def test_errors(backend: Backend, cases: dict[str, Any]) -> None:
    spans = spans_of(backend, cases, "errors")
    failed = spans["root"]["tag"]
    assert (failed["error"], failed["otel.status_code"]) == (("bool", True), ("string", "ERROR"))
    assert failed["otel.status_description"] == ("string", "ValueError: no such thing")
    assert "otel.status_description" not in spans["without words"]["tag"]
    assert spans["fine"]["tag"]["otel.status_code"] == ("string", "OK")
    assert {name for name, span in spans.items() if "error" in span["tag"]} == {"root", "without words"}
    (log,) = spans["root"]["logs"]
    assert log["fields"][0] == {"key": "event", "type": "string", "value": "exception"}
    assert {field["key"] for field in log["fields"][1:]} == {
        "exception.type",
        "exception.message",
        "exception.stacktrace",
        "exception.escaped",
    }


def test_references(backend: Backend, cases: dict[str, Any]) -> None:
    """The parent comes first; a link to the parent decides what kind of reference it is."""
    spans = spans_of(backend, cases, "links")
    root = spans["root"]["spanID"]

    def kinds(name: str) -> list[str]:
        return [reference["refType"] for reference in spans[name]["references"]]

    assert kinds("root") == []
    assert kinds("to others") == ["CHILD_OF", "FOLLOWS_FROM", "CHILD_OF", "FOLLOWS_FROM"]
    assert kinds("to its parent") == ["FOLLOWS_FROM"]
    assert kinds("to its parent as a parent") == ["CHILD_OF"]
    assert kinds("only links") == ["FOLLOWS_FROM"]
    assert kinds("foreign first") == ["CHILD_OF", "FOLLOWS_FROM"]
    assert all(spans[name]["references"][0]["spanID"] == root for name in spans if name != "root")


def test_warnings(backend: Backend, cases: dict[str, Any]) -> None:
    orphans = spans_of(backend, cases, "parents")
    missing = orphans["orphan"]["references"][0]["spanID"]
    assert orphans["orphan"]["warnings"] == [f"invalid parent span IDs={missing}; skipping clock skew adjustment"]
    skewed = spans_of(backend, cases, "skew")
    expected = {
        "root": None,
        "longer and within": None,
        "before": ["clock skew adjustment disabled; not applying calculated delta of 2.045s"],
        "overlaps end": ["clock skew adjustment disabled; not applying calculated delta of -50.000001ms"],
        "longer and before": ["clock skew adjustment disabled; not applying calculated delta of 1ns"],
        "much before": ["clock skew adjustment disabled; not applying calculated delta of 2h0m2.0495s"],
    }
    assert {name: skewed[name]["warnings"] for name in expected} == expected
    assert spans_of(backend, cases, "reserved")["list"]["warnings"][:2] == ["one", "two"]


def test_times_that_cannot_be(backend: Backend, cases: dict[str, Any], base: int) -> None:
    """No duration is negative; the warning names the end that was sent."""
    for number in range(2):
        (span,) = spans_of(backend, cases, "clocks", number).values()
        assert span["duration"] == 0
        assert span["warnings"][0].startswith("Negative duration detected, sanitizing end timestamp. Original end")
    (zero,) = spans_of(backend, cases, "clocks", 4).values()
    assert (zero["startTime"], zero["duration"]) == (0, 0)
    (last,) = spans_of(backend, cases, "clocks", 9).values()
    assert last["startTime"] == (2**63 - 2) // 1000


def test_unicode_comes_back(backend: Backend, cases: dict[str, Any]) -> None:
    spans = spans_of(backend, cases, "unicode")
    tag = spans["GET /größe/✓"]["tag"]
    assert tag["emoji"] == ("string", "👩‍👩‍👧‍👦 🚀")
    assert tag["controls"] == ("string", "\x00\x01\x1f\x7f\t\n\r")
    assert tag["last"] == ("string", "\U0010ffff\uffff")
    assert tag[""] == ("string", "an empty key")
    assert tag["long"] == ("string", "ü" * 50_000)
    assert "" in spans


def test_a_deep_trace_is_linked_from_top_to_bottom(backend: Backend, cases: dict[str, Any]) -> None:
    spans = {span["spanID"]: span for span in spans_of(backend, cases, "nesting").values()}
    (lowest,) = [span for span in spans.values() if span["operationName"] == f"level {DEPTH - 1}"]
    depth = 0
    while lowest["references"]:
        lowest = spans[lowest["references"][0]["spanID"]]
        depth += 1
    assert (depth, lowest["operationName"]) == (DEPTH - 1, "level 0")


def test_several_hundred_spans(backend: Backend, cases: dict[str, Any]) -> None:
    spans = spans_of(backend, cases, "many")
    assert len(spans) == MANY
    assert {span["processID"] for span in spans.values()} == {"p1"}


def test_a_process_is_a_resource(backend: Backend, cases: dict[str, Any]) -> None:
    """One for all spans of equal resources, also over several requests."""
    (trace,) = backend.get(path(next(iter(cases["services"].expects)))).json["data"]
    processes = sorted((process["serviceName"], json.dumps(process["tags"])) for process in trace["processes"].values())
    assert [service for service, _ in processes] == [
        "services-billing",
        "services-mail",
        "services-mail",
        "services-queue",
        "services-shop",
    ]
    assert processes[0][1] == "[]"
    assert '"m1"' in processes[1][1]


@pytest.mark.parametrize("form", ["upper", "short", "shorter"])
def test_ids_may_be_written_otherwise(both: Both, cases: dict[str, Any], form: str) -> None:
    (short,) = cases["short_ids"].expects
    wanted = {"upper": short.upper(), "short": short[16:], "shorter": short.lstrip("0")}[form]
    found = both.agree(path(wanted), None, traces)
    assert found["data"][0]["traceID"] == short[16:]


def test_upper_case_ids(backend: Backend, cases: dict[str, Any]) -> None:
    for trace_id in cases["pair"].expects:
        upper, lower = (traces(backend.get(path(written)).json) for written in (trace_id.upper(), trace_id))
        assert upper == lower


@pytest.mark.parametrize("value", ["true", "false", "", "0", "anything"])
def test_pretty_print(backend: Backend, cases: dict[str, Any], value: str) -> None:
    """Four blanks, for all but nothing and `false`."""
    (trace_id,) = cases["dropped"].expects
    text = backend.get(path(trace_id), {"prettyPrint": value}).text
    pretty = value not in {"", "false"}
    assert text.startswith('{\n    "data": [\n        {\n            "traceID": ' if pretty else '{"data":[{"traceID":')


@pytest.mark.parametrize("parameters", [{"prettyPrint": "true"}, {"raw": "false"}, {"start": "1", "end": "2"}], ids=str)
def test_parameters_that_change_nothing(both: Both, cases: dict[str, Any], parameters: dict[str, str]) -> None:
    """The memory store of the real one does not look at a trace's times."""
    (trace_id,) = cases["errors"].expects
    both.agree(path(trace_id), parameters, traces)


@pytest.mark.parametrize("value", ["1", "t", "T", "TRUE", "true", "True"])
def test_raw_in_all_its_spellings(backend: Backend, cases: dict[str, Any], value: str) -> None:
    """A raw trace has no warnings about clocks, but those the receiver made."""
    assert spans_of(backend, cases, "parents", raw=value)["orphan"]["warnings"] is None


def test_the_content_type(backend: Backend, cases: dict[str, Any]) -> None:
    (trace_id,) = cases["errors"].expects
    assert backend.get(path(trace_id)).headers["Content-Type"] == "application/json"
