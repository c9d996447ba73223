"""POST /api/transform: OTLP JSON in, Jaeger's JSON out, nothing stored."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.contract.corpus import NAMES
from tests.contract.normalise import traces

if TYPE_CHECKING:
    from tests.contract.backends import Backend
    from tests.contract.conftest import Both

IDS = {"traceId", "spanId", "parentSpanId"}


def otlp_json(bodies: tuple[bytes, ...]) -> Any:
    """The requests as one, in OTLP JSON: as protobuf's JSON, but ids in hexadecimal."""
    merged = ExportTraceServiceRequest()
    for body in dict.fromkeys(bodies):
        merged.MergeFromString(body)
    return with_hex_ids(MessageToDict(merged, use_integers_for_enums=True))


def with_hex_ids(entry: Any) -> Any:
    if isinstance(entry, list):
        return [with_hex_ids(each) for each in entry]
    if not isinstance(entry, dict):
        return entry
    return {key: b64decode(each).hex() if key in IDS else with_hex_ids(each) for key, each in entry.items()}


@pytest.mark.parametrize("name", NAMES)
def test_transformed_traces_are_the_same(both: Both, cases: dict[str, Any], name: str) -> None:
    body = json.dumps(otlp_json(cases[name].requests))
    both.agree_on("POST", "/api/transform", traces, data=body, headers={"Content-Type": "application/json"})


def test_transformed_traces_are_not_stored(backend: Backend, cases: dict[str, Any]) -> None:
    body = json.dumps(otlp_json(cases["pair"].requests)).replace("pair-", "transformed-")
    answer = backend.request("POST", "/api/transform", data=body)
    assert [process["serviceName"] for trace in answer.json["data"] for process in trace["processes"].values()] == [
        "transformed-server",
        "transformed-client",
    ]
    assert "transformed-server" not in backend.get("/api/services").json["data"]


BODIES = [
    "{}",
    "null",
    '{"resourceSpans":[]}',
    '{"resourceSpans":null}',
    '{"resourceSpans":[{}]}',
    '{"resourceSpans":[{"scopeSpans":[{}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}',
    '{"unknown":1,"resourceSpans":[{"unknown":{"a":[1]},"scopeSpans":[]}]}',
    '{"resource_spans":[]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x","startTimeUnixNano":1,"endTimeUnixNano":"2001"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"}}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"i","value":{"intValue":7}},'
    '{"key":"s","value":{"intValue":"8"}},{"key":"n"}]}]}]}]}',
    *(
        f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":"x","attributes":[{attribute}]}}]}}]}}]}}'
        for attribute in (
            r'{"key":"cut","value":{"stringValue":"see you \ud83d"}}',
            r'{"key":"whole","value":{"stringValue":"see you \ud83d\ude00, \\ud83d"}}',
            r'{"key":"twice","value":{"stringValue":"\ude00\ud83d"}}',
            r'{"key":"\ud800","value":{"stringValue":"cut key"}}',
            '{"key":"two","value":{"stringValue":"8080","intValue":"8081"}}',
            '{"key":"two","value":{"intValue":"8081","stringValue":"8080"}}',
            '{"key":"null","value":null}',
            '{"key":"null","value":{"stringValue":null}}',
            '{"key":"null","value":{"arrayValue":{"values":[null,{"intValue":1}]}}}',
            '{"key":"unknown","value":{"fooValue":1}}',
            '{"key":"bytes","value":{"bytesValue":"+/8="}}',
            '{"key":"number","value":{"doubleValue":"1.5"}}',
            '{"key":"deep","value":' + 200 * '{"arrayValue":{"values":[' + '{"boolValue":true}' + 200 * "]}}" + "}",
        )
    ),
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x","kind":99,"status":null,"events":null,"links":null}]}]}]}',
    '{"resourceSpans":[null,{"resource":null,"scopeSpans":[null,{"scope":null,"spans":null}]}]}',
]


@pytest.mark.parametrize("body", BODIES)
def test_odd_bodies_are_transformed_the_same(both: Both, body: str) -> None:
    both.agree_on("POST", "/api/transform", traces, data=body)


WRONG_BODIES = [
    "",
    "x",
    "[]",
    "{",
    '{"resourceSpans":{}}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"x"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"x"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SERVER"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":1e999}]}]}]}',
    r'{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"\ud800"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":"bare"}]}]}]}]}',
]


@pytest.mark.parametrize("body", WRONG_BODIES)
def test_wrong_bodies_are_refused(backend: Backend, body: str) -> None:
    answer = backend.request("POST", "/api/transform", data=body)
    (fault,) = answer.json["errors"]
    assert (answer.status, answer.json["data"], fault["code"]) == (400, None, 400)
    assert fault["msg"]
    if backend.name == "embedded":
        assert fault["msg"].isprintable()
