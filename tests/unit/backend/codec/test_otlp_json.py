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
from backend.codec.otlp_json import decode_json, from_json
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


GOOD = {"traceId": TRACE.hex(), "spanId": SPAN.hex(), "name": "good"}
ODD = {"traceId": TRACE.hex(), "spanId": "1" * 16}


def beside_a_good_one(odd: str) -> bytes:
    """A request of two spans; the odd one is JSON text, whatever it is."""
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{json.dumps(GOOD)},{odd}]}}]}}]}}'.encode("latin-1")


def with_field(name: str, value: str) -> str:
    return f'{json.dumps(ODD)[:-1]},"{name}":{value}}}'


def with_value(value: str) -> str:
    return with_field("attributes", f'[{{"key":"k","value":{value}}},{{"key":"other","value":{{"boolValue":true}}}}]')


@pytest.mark.parametrize(
    ("value", "kind", "kept"),
    [
        (r'{"stringValue":"cut \ud83d"}', "string_value", "cut \ufffd"),
        (r'{"stringValue":"\uDC00 cut"}', "string_value", "\ufffd cut"),
        (r'{"stringValue":"\ud83d\ude00"}', "string_value", "\U0001f600"),
        (r'{"stringValue":"\\ud83d"}', "string_value", "\\ud83d"),
        (r'{"stringValue":"\\\ud83d"}', "string_value", "\\\ufffd"),
        ('{"stringValue":"caf\xe9"}', "string_value", "caf\ufffd"),
        ('{"stringValue":"8080","intValue":"8081"}', "int_value", 8081),
        ('{"intValue":"8081","stringValue":"8080"}', "string_value", "8080"),
        ('{"arrayValue":{"values":[{}]},"boolValue":false}', "bool_value", False),
        ('{"intValue":"8081","stringValue":null}', "int_value", 8081),
        ('{"string_value":"snake"}', "string_value", "snake"),
        ("null", None, None),
        ("{}", None, None),
        ('{"stringValue":null}', None, None),
        ('{"fromTheFuture":[1]}', None, None),
        (f'{{"intValue":"{2**63}"}}', "string_value", str(2**63)),
        (f'{{"intValue":{-(2**63) - 1}}}', "string_value", str(-(2**63) - 1)),
        (f'{{"intValue":{"9" * 5_000}}}', "string_value", "9" * 5_000),
        (f'{{"intValue":"{"9" * 5_000}"}}', "string_value", "9" * 5_000),
        ('{"intValue":5.0}', "int_value", 5),
        ('{"doubleValue":1e999}', "double_value", float("inf")),
        ('{"doubleValue":"-Infinity"}', "double_value", float("-inf")),
        ('{"doubleValue":NaN}', "double_value", pytest.approx(float("nan"), nan_ok=True)),
        (f'{{"doubleValue":-{"9" * 400}}}', "double_value", float("-inf")),
        ('{"doubleValue":"1.5e3"}', "double_value", 1500.0),
        ('{"bytesValue":"+/8="}', "bytes_value", b"\xfb\xff"),
        ('{"bytesValue":"-_8="}', "bytes_value", b"\xfb\xff"),
        ('{"bytesValue":"-_8"}', "bytes_value", b"\xfb\xff"),
        ('{"bytesValue":""}', "bytes_value", b""),
    ],
)
def test_an_odd_value_is_kept_as_far_as_it_goes(value: str, kind: str | None, kept: object) -> None:
    decoded = decode_json(beside_a_good_one(with_value(value)))
    assert (len(decoded.spans), decoded.rejected) == (2, 0)
    first, other = _attributes(decoded.body)
    assert (first.key, first.value.WhichOneof("value"), other.value.bool_value) == ("k", kind, True)
    assert kind is None or getattr(first.value, kind) == kept


def _attributes(body: bytes) -> Any:
    return ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans[1].attributes


@pytest.mark.parametrize("levels", [45, 46, 150, 200, 1_000, 30_000])
def test_a_value_of_any_depth_costs_itself_at_most(levels: int) -> None:
    deep = '{"arrayValue":{"values":[' * levels + '{"stringValue":"bottom"}' + "]}}" * levels
    decoded = decode_json(beside_a_good_one(with_value(deep)))
    assert (len(decoded.spans), decoded.rejected) == (2, 0)
    first, other = _attributes(decoded.body)
    assert other.value.bool_value
    if 45 < levels <= 200:
        assert first.value.string_value == "[" * levels + '"bottom"' + "]" * levels


@pytest.mark.parametrize(
    "odd",
    [
        "null",
        json.dumps(dict.fromkeys(("name", "kind", "attributes", "events", "links", "status", "flags")) | ODD),
        with_field("attributes", "[null]"),
        with_field("events", '[null,{"name":null,"timeUnixNano":null}]'),
        with_field("links", '[{"traceId":null}]'),
        with_field("status", '{"code":null}'),
        with_field(r"\ud800", "1"),
        with_field("name", r'"\ud800"'),
        with_field("kind", "99"),
        with_field("kind", '"SPAN_KIND_SERVER"'),
        with_field("kind", '"2"'),
        with_field("startTimeUnixNano", "1.5e18"),
        with_field("start_time_unix_nano", '"5"'),
        with_value('{"kvlistValue":{"values":[null,{"key":null},{"key":"k","value":null}]}}'),
    ],
)
def test_what_is_odd_costs_nothing(odd: str) -> None:
    decoded = decode_json(beside_a_good_one(odd))
    assert (len(decoded.spans), decoded.rejected) == (1 if odd == "null" else 2, 0)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ('"text"', 'span is "text", not an object'),
        (with_field("name", "7"), "name is 7, not a text"),
        (with_field("kind", '"SERVER"'), 'kind is "SERVER", not a number or one of SPAN_KIND_UNSPECIFIED, '),
        (with_field("kind", r'"\ud800"'), 'kind is "\\ufffd", not a number'),
        (with_field("kind", "1e999"), "kind is Infinity, not a number"),
        (with_field("kind", str(2**31)), f"kind is {2**31}, not a number"),
        (with_field("flags", "NaN"), "flags is NaN, not a whole number"),
        (with_field("flags", "-1"), "flags is -1, not from 0 to 4294967295"),
        (with_field("startTimeUnixNano", '"soon"'), 'startTimeUnixNano is "soon", not a whole number'),
        (with_field("startTimeUnixNano", "9" * 5_000), 'startTimeUnixNano is "99999'),
        (with_field("endTimeUnixNano", str(2**64)), f"endTimeUnixNano is {2**64}, not from 0 to {2**64 - 1}"),
        (with_field("endTimeUnixNano", "true"), "endTimeUnixNano is true, not a whole number"),
        (with_field("attributes", "{}"), "attributes is an object, not a list"),
        (with_field("attributes", "[5]"), "KeyValue is 5, not an object"),
        (with_field("status", '{"code":"ERROR"}'), 'code is "ERROR", not a number'),
        (with_value('"bare"'), 'value is "bare", not an object'),
        (with_value('{"stringValue":5}'), "stringValue is 5, not a text"),
        (with_value('{"boolValue":"true"}'), 'boolValue is "true", not true or false'),
        (with_value('{"intValue":"1_0"}'), 'intValue is "1_0", not a whole number'),
        (with_value('{"intValue":1e999}'), "intValue is Infinity, not a whole number"),
        (with_value('{"doubleValue":"1_0"}'), 'doubleValue is "1_0", not a number'),
        (with_value('{"bytesValue":"*"}'), 'bytesValue is "*", not base64'),
        (with_value('{"arrayValue":[]}'), "arrayValue is a list, not an object"),
        (with_value('{"arrayValue":{"values":{}}}'), "values is an object, not a list"),
        (with_field("traceId", '"no hex"'), 'traceId is "no hex", not hexadecimal'),
        (with_field("links", '[{"spanId":5}]'), "spanId is 5, not a text"),
        (with_field("traceId", '"aabb"'), "a trace id must have 16 bytes"),
    ],
)
def test_what_is_no_otlp_costs_its_span_alone(odd: str, reason: str) -> None:
    decoded = decode_json(beside_a_good_one(odd))
    assert (len(decoded.spans), decoded.rejected) == (1, 1)
    told = decoded.response().partial_success.error_message
    assert told.startswith("1 of 2 spans rejected: ")
    assert reason in told
    assert told.isprintable()


def test_a_resource_that_is_none_costs_its_spans_alone() -> None:
    groups = [{"scopeSpans": [{"spans": [GOOD]}]}, {"resource": 5, "scopeSpans": [{"spans": [ODD, ODD]}, None]}, 7]
    decoded = decode_json(json.dumps({"resourceSpans": groups}).encode())
    assert (len(decoded.spans), decoded.rejected) == (1, 3)
    assert decoded.reasons == ("Resource is 5, not an object", "resourceSpans is 7, not an object")


@pytest.mark.parametrize("trace_id", ["Dg4ODg4ODg4ODg4ODg4ODg==", "Dg4ODg4ODg4ODg4ODg4ODg", "0E" * 16])
def test_ids_may_be_base64(trace_id: str) -> None:
    span = {"traceId": trace_id, "spanId": "_v7-_v7-_v4=", "parentSpanId": "/v7+/v7+/v4="}
    (row,) = decode_json(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()).spans
    assert (row.trace_id, row.span_id, row.parent_id) == (b"\x0e" * 16, b"\xfe" * 8, b"\xfe" * 8)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [GOOD | {"name": "é"}]}]}]}, ensure_ascii=False)
    assert decode_json(text.encode(encoding)).spans[0].operation == "é"


def test_the_layout_of_before_0_15_is_read() -> None:
    old = {"instrumentationLibrarySpans": [{"instrumentationLibrary": {"name": "lib"}, "spans": [GOOD]}]}
    decoded = decode_json(json.dumps({"resourceSpans": [old]}).encode())
    (part,) = ExportTraceServiceRequest.FromString(decoded.body).resource_spans[0].scope_spans
    assert (part.scope.name, part.spans[0].name) == ("lib", "good")


@pytest.mark.parametrize(
    "text", ["{}", '{"resourceSpans":[]}', '{"resourceSpans":null}', '{"resourceSpans":[null,{}]}']
)
def test_an_empty_request_is_one(text: str) -> None:
    decoded = decode_json(text.encode())
    assert (decoded.spans, decoded.rejected) == ([], 0)


@settings(max_examples=30, deadline=None, database=None)
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


@settings(max_examples=100, deadline=None, database=None)
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
