"""Wrong questions: the status, and the body to the letter, since programs show it to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.backends import Backend
    from tests.contract.conftest import Both

Row = tuple[str, dict[str, str], int, str]


def search(status: int, message: str, **parameters: str) -> Row:
    return ("/api/traces", {"service": "series"} | parameters, status, message)


def number(text: str, why: str = "invalid syntax") -> str:
    return f'strconv.ParseInt: parsing "{text}": {why}'


def identifier(text: str) -> str:
    return f'strconv.ParseUint: parsing "{text}": invalid syntax'


NO_JSON = "malformed 'tags' parameter, cannot unmarshal JSON: "
LONG = 33 * "1"
FAULTS: list[Row] = [
    ("/api/traces", {}, 400, "parameter 'service' is required"),
    ("/api/traces", {"service": ""}, 400, "parameter 'service' is required"),
    ("/api/traces", {"operation": "x"}, 400, "parameter 'service' is required"),
    ("/api/operations", {}, 400, "parameter 'service' is required"),
    search(400, number("abc"), limit="abc"),
    search(400, number("1.5"), limit="1.5"),
    search(400, number(" 1"), limit=" 1"),
    search(400, number("1_000"), limit="1_000"),
    search(400, number("٣"), limit="٣"),
    search(400, number("99999999999", "value out of range"), limit="99999999999"),
    search(400, "unable to parse param 'start': " + number("x"), start="x"),
    search(400, "unable to parse param 'start': " + number("99999999999999999999", "value out of range"),
           start="99999999999999999999"),
    search(400, "unable to parse param 'end': " + number("1.5"), end="1.5"),
    search(400, "unable to parse param 'minDuration': time: missing unit in duration \"10\"", minDuration="10"),
    search(400, "unable to parse param 'minDuration': time: invalid duration \"x\"", minDuration="x"),
    search(400, "unable to parse param 'minDuration': time: invalid duration \"9999999h\"", minDuration="9999999h"),
    search(400, "unable to parse param 'maxDuration': time: unknown unit \" s\" in duration \"1 s\"",
           maxDuration="1 s"),
    search(400, "unable to parse param 'maxDuration': time: unknown unit \"d\" in duration \"1d\"", maxDuration="1d"),
    search(400, "'maxDuration' should be greater than 'minDuration'", minDuration="2s", maxDuration="1s"),
    search(400, NO_JSON + "invalid character 'o' in literal null (expecting 'u')", tags="no json"),
    search(400, NO_JSON + "unexpected end of JSON input", tags=""),
    search(400, NO_JSON + "unexpected end of JSON input", tags='{"a":'),
    search(400, NO_JSON + "invalid character 'x' after top-level value", tags='{"a":"b"} x'),
    search(400, NO_JSON + "json: cannot unmarshal array into Go value of type map[string]string", tags="[]"),
    search(400, NO_JSON + "json: cannot unmarshal string into Go value of type map[string]string", tags='"a"'),
    search(400, NO_JSON + "json: cannot unmarshal number into Go value of type string", tags='{"a":1}'),
    search(400, NO_JSON + "json: cannot unmarshal bool into Go value of type string", tags='{"a":true}'),
    search(400, "malformed 'tag' parameter, expecting key:value, received: a", tag="a"),
    search(400, "unable to parse param 'raw': strconv.ParseBool: parsing \"perhaps\": invalid syntax", raw="perhaps"),
    ("/api/traces", {"traceID": "xyz"}, 400, "cannot parse traceID param: " + identifier("xyz")),
    ("/api/traces", {"traceID": ""}, 400, "cannot parse traceID param: " + identifier("")),
    ("/api/traces", {"traceID": LONG}, 400,
     f"cannot parse traceID param: TraceID cannot be longer than 32 hex characters: {LONG}"),
    ("/api/traces/xyz", {}, 400, identifier("xyz")),
    ("/api/traces/-1", {}, 400, identifier("-1")),
    ("/api/traces/0x1", {}, 400, identifier("0x1")),
    ("/api/traces/1_0", {}, 400, identifier("1_0")),
    (f"/api/traces/x{15 * '1'}", {}, 400, identifier(f"x{15 * '1'}")),
    (f"/api/traces/x{31 * '1'}", {}, 400, identifier(f"x{15 * '1'}")),
    (f"/api/traces/{31 * '1'}x", {}, 400, identifier(f"{15 * '1'}x")),
    (f"/api/traces/{LONG}", {}, 400, f"TraceID cannot be longer than 32 hex characters: {LONG}"),
    ("/api/traces/abc", {"raw": "perhaps"}, 400,
     "unable to parse param 'raw': strconv.ParseBool: parsing \"perhaps\": invalid syntax"),
    ("/api/traces/abc", {"start": "x"}, 400, "unable to parse param 'start': " + number("x")),
    ("/api/traces/abc", {"end": "x"}, 400, "unable to parse param 'end': " + number("x")),
    ("/api/traces/abc", {}, 404, "trace not found"),
    ("/api/traces/0", {}, 404, "trace not found"),
    (f"/api/traces/{32 * 'f'}", {}, 404, "trace not found"),
    ("/api/dependencies", {"endTs": "x"}, 400, "unable to parse param 'endTs': " + number("x")),
    ("/api/dependencies", {"lookback": "1h"}, 400, "unable to parse param 'lookback': " + number("1h")),
]  # fmt: skip
IDS = [f"{path} {parameters}" for path, parameters, _, _ in FAULTS]


@pytest.mark.parametrize(("path", "parameters", "status", "message"), FAULTS, ids=IDS)
def test_a_fault_is_told(backend: Backend, path: str, parameters: dict[str, str], status: int, message: str) -> None:
    answer = backend.get(path, parameters)
    assert answer.status == status
    assert answer.json == {
        "data": None,
        "total": 0,
        "limit": 0,
        "offset": 0,
        "errors": [{"code": status, "msg": message}],
    }


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
    both.agree(path, parameters, lambda answer: answer)
