"""Wrong questions: the status and the form are Jaeger's; the words are our own, and name what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.normalise import without_words

if TYPE_CHECKING:
    from tests.contract.backends import Backend
    from tests.contract.conftest import Both

SERIES = {"service": "series"}
LONG = 33 * "1"
# A path, its parameters, and the one that is wrong.
FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("/api/traces", {}, "service"),
    ("/api/traces", {"service": ""}, "service"),
    ("/api/traces", {"operation": "x"}, "service"),
    ("/api/operations", {}, "service"),
    *(("/api/traces", SERIES | {"limit": text}, "limit") for text in ("abc", "1.5", " 1", "1_000", "٣", "99999999999")),
    *(("/api/traces", SERIES | {"start": text}, "start") for text in ("x", "99999999999999999999")),
    ("/api/traces", SERIES | {"end": "1.5"}, "end"),
    *(("/api/traces", SERIES | {"minDuration": text}, "minDuration") for text in ("10", "x", "9999999h")),
    *(("/api/traces", SERIES | {"maxDuration": text}, "maxDuration") for text in ("1 s", "1d")),
    ("/api/traces", SERIES | {"minDuration": "2s", "maxDuration": "1s"}, "maxDuration"),
    *(
        ("/api/traces", SERIES | {"tags": text}, "tags")
        for text in ("no json", "", '{"a":', '{"a":"b"} x', "[]", '"a"', '{"a":1}', '{"a":true}')
    ),
    ("/api/traces", SERIES | {"tag": "a"}, "tag"),
    ("/api/traces", SERIES | {"raw": "perhaps"}, "raw"),
    *(("/api/traces", {"traceID": text}, "traceID") for text in ("xyz", "", LONG)),
    *(
        (f"/api/traces/{text}", {}, "trace id")
        for text in ("xyz", "-1", "0x1", "1_0", f"x{15 * '1'}", f"x{31 * '1'}", f"{31 * '1'}x", LONG)
    ),
    ("/api/traces/abc", {"raw": "perhaps"}, "raw"),
    ("/api/traces/abc", {"start": "x"}, "start"),
    ("/api/traces/abc", {"end": "x"}, "end"),
    ("/api/dependencies", {"endTs": "x"}, "endTs"),
    ("/api/dependencies", {"lookback": "1h"}, "lookback"),
]


def envelope(status: int, message: str) -> dict[str, Any]:
    return {"data": None, "total": 0, "limit": 0, "offset": 0, "errors": [{"code": status, "msg": message}]}


@pytest.mark.parametrize(("path", "parameters", "wrong"), FAULTS, ids=str)
def test_a_fault_is_told(backend: Backend, path: str, parameters: dict[str, str], wrong: str) -> None:
    answer = backend.get(path, parameters)
    message = answer.json["errors"][0]["msg"]
    assert (answer.status, answer.json) == (400, envelope(400, message))
    if backend.name == "embedded":
        assert message.startswith(f"parameter {wrong}: ")
        given = path.rpartition("/")[2] if wrong == "trace id" else parameters.get(wrong)
        assert not given or f"'{given}' is not " in message or "it is less than minDuration" in message


@pytest.mark.parametrize("trace_id", ["abc", "0", 32 * "f"])
def test_a_trace_that_is_not_there(backend: Backend, trace_id: str) -> None:
    answer = backend.get(f"/api/traces/{trace_id}")
    assert (answer.status, answer.json) == (404, envelope(404, "trace not found"))


MORE_FAULTS: list[tuple[str, Any]] = [
    ("/api/traces", [("service", "series"), ("limit", "x"), ("start", "y"), ("tags", "z")]),  # which comes first
    ("/api/traces", [("service", "series"), ("minDuration", "y"), ("limit", "x")]),
    ("/api/traces", [("minDuration", "2s"), ("maxDuration", "1s")]),
    ("/api/traces", [("service", "series"), ("service", "")]),
    ("/api/traces", [("service", ""), ("service", "series")]),
    ("/api/traces", [("service", "series"), ("minDuration", "1.5.5s")]),
    ("/api/traces", [("service", "series"), ("minDuration", "s")]),
    ("/api/traces", [("service", "series"), ("minDuration", ".s")]),
    ("/api/traces", [("service", "series"), ("minDuration", "+")]),
    ("/api/traces", [("service", "series"), ("minDuration", "1ms2")]),
    ("/api/traces", [("service", "series"), ("minDuration", "9223372036854775808ns")]),
    ("/api/traces", [("service", "series"), ("minDuration", "ü")]),
    ("/api/traces", [("service", "series"), ("tags", "{'a':'b'}")]),
    ("/api/traces", [("service", "series"), ("tags", "{a}")]),
    ("/api/traces", [("service", "series"), ("tags", '{"a":{}}')]),
    ("/api/traces", [("service", "series"), ("tags", '{"a":[]}')]),
    ("/api/traces", [("service", "series"), ("tags", "7")]),
    ("/api/traces", [("service", "series"), ("tags", "true")]),
    ("/api/traces", [("service", "series"), ("tags", '{"a":"\n"}')]),
    ("/api/traces", [("service", "series"), ("tags", "nul")]),
    ("/api/traces", [("service", "series"), ("tag", "")]),
    ("/api/traces", [("service", "series"), ("limit", '"<&>')]),
    ("/api/traces", [("traceID", "1"), ("traceID", "x")]),
    ("/api/traces", [("traceID", "x"), ("limit", "x")]),
    ("/api/traces/%20", None),
    ("/api/traces/%C3%BC", None),
    ("/api/v3/traces/xyz", None),
    ("/api/v3/traces/abc", None),
    ("/api/v3/traces/abc", {"raw_traces": "x"}),
    ("/api/v3/traces/abc", {"start_time": "x"}),
    ("/api/v3/traces/abc", {"end_time": "2020-01-01"}),
]


@pytest.mark.parametrize(("path", "parameters"), MORE_FAULTS, ids=lambda value: str(value)[:70])
def test_faults_are_the_same(both: Both, path: str, parameters: Any) -> None:
    both.agree(path, parameters, without_words)
