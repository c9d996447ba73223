"""OTLP JSON."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.otlp_json import from_json
from tests.unit.backend.receiver.otlp import REQUESTS, SPAN, TRACE

# From opentelemetry-proto, examples/trace.json, with what else is allowed.
EXAMPLE: dict[str, Any] = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my.service"}}]},
            "scopeSpans": [
                {
                    "scope": {"name": "my.library", "version": "1.0.0"},
                    "spans": [
                        {
                            "traceId": "5B8EFFF798038103D269B633813FC60C",
                            "spanId": "EEE19B7EC3C1B174",
                            "parentSpanId": "eee19b7ec3c1b173",
                            "name": "I'm a server span",
                            "startTimeUnixNano": "1544712660000000000",
                            "endTimeUnixNano": 1544712661000000000,
                            "kind": 2,
                            "fromTheFuture": {"unknown": [1]},
                            "attributes": [
                                {"key": "text", "value": {"stringValue": "some value"}},
                                {"key": "large", "value": {"intValue": "-9223372036854775808"}},
                                {"key": "number", "value": {"intValue": 5}},
                                {"key": "bytes", "value": {"bytesValue": base64.b64encode(b"\0\xff").decode()}},
                            ],
                            "links": [{"traceId": TRACE.hex(), "spanId": SPAN.hex()}],
                        }
                    ],
                }
            ],
        }
    ]
}


def test_the_example_of_the_specification() -> None:
    body = from_json(json.dumps(EXAMPLE).encode()).SerializeToString()
    (row,) = decode(body).spans
    assert row.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    assert row.span_id.hex() == "eee19b7ec3c1b174"
    assert row.parent_id.hex() == "eee19b7ec3c1b173"
    assert (row.service, row.operation, row.kind) == ("my.service", "I'm a server span", 2)
    assert (row.start, row.end) == (1544712660000000000, 1544712661000000000)
    (span,) = ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans
    assert [value.value.WhichOneof("value") for value in span.attributes] == [
        "string_value",
        "int_value",
        "int_value",
        "bytes_value",
    ]
    assert span.attributes[1].value.int_value == -(2**63)
    assert span.attributes[3].value.bytes_value == b"\0\xff"
    assert (span.links[0].trace_id, span.links[0].span_id) == (TRACE, SPAN)


def test_ids_of_a_wrong_length_are_left_to_the_check_of_spans() -> None:
    text = '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "aabb", "spanId": ""}]}]}]}'
    assert decode(from_json(text.encode()).SerializeToString()).rejected == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"text"',
        "\xff",
        '{"resourceLogs": []}',
        '{"\\ud800": 1}',
        '{"batches": [{}]}',
        '{"resourceSpans": [{"spans": []}]}',
        '{"resourceSpans": [{"scopeSpans": [{"span": [{}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "SERVER"}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": 1e999}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"flags": NaN}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "\\ud800"}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "\\ud800"}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"status": {"code": "\\udfff"}}]}]}]}',
        '{"resourceSpans": [{"resource": {"droppedAttributesCount": 1e999}}]}',
        "[" * 100_000,
        '{"resourceSpans": 1}',
        '{"resourceSpans": [1]}',
        '{"resourceSpans": {"scopeSpans": []}}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": ["x"]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "no hex"}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": 5}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "soon"}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": 1e400}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": -1}]}]}]}',
        '{"resourceSpans": [{"scopeSpans": [{"spans": [{"links": "xy"}]}]}]}',
    ],
)
def test_what_is_no_request_is_told_in_one_line(text: str) -> None:
    with pytest.raises(MalformedRequestError) as told:
        from_json(text.encode("latin-1")).SerializeToString()
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 500


@settings(max_examples=50, deadline=None, database=None)
@given(sent=REQUESTS)
def test_json_says_the_same_as_protobuf(sent: ExportTraceServiceRequest) -> None:
    text = json.dumps(_ids_in_hex(MessageToDict(sent)))
    taken = ExportTraceServiceRequest.FromString(from_json(text.encode()).SerializeToString())
    assert MessageToDict(taken) == MessageToDict(sent)  # in which one not-a-number equals another


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["resourceSpans", "scopeSpans", "spans", "links", "traceId", "name"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, database=None)
@given(value=JSON_VALUES, holder=st.sampled_from(["resourceSpans", "scopeSpans", "spans", "span"]))
def test_any_json_is_taken_or_told(value: object, holder: str) -> None:
    spans = {"spans": [value] if holder == "span" else value}
    scopes = {"scopeSpans": value if holder == "scopeSpans" else [spans]}
    request = {"resourceSpans": value if holder == "resourceSpans" else [scopes]}
    with suppress(MalformedRequestError):
        decode(from_json(json.dumps(request).encode()).SerializeToString())


def _ids_in_hex(value: Any) -> Any:
    if isinstance(value, list):
        return [_ids_in_hex(one) for one in value]
    if isinstance(value, dict):
        return {
            key: base64.b64decode(inner).hex() if key in {"traceId", "spanId", "parentSpanId"} else _ids_in_hex(inner)
            for key, inner in value.items()
        }
    return value
