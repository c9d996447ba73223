"""Jaeger's JSON: what goes out as such comes in again, and what is none is told."""

from __future__ import annotations

import copy
import json
from contextlib import closing, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec import jaeger_json, jaeger_model
from backend.codec.jaeger_json import to_protobuf
from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.text import value_text
from backend.query.app import create_app
from backend.query.trace import TraceReader
from backend.receiver.trace_files import load, make_upload
from backend.store.span import StoredRequest
from backend.store.store import Store
from tests.contract import normalise
from tests.contract.backends import recent_base
from tests.contract.corpus import NAMES, corpus
from tests.unit.backend.receiver.otlp import REQUESTS, request, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

Json = Any
TRACE, SPAN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
START = 1_700_000_000_000_000
"""µs"""


def trace(**fields: Json) -> Json:
    """A trace of one span with these fields."""
    span = {
        "traceID": TRACE,
        "spanID": SPAN,
        "operationName": "GET /",
        "references": [],
        "startTime": START,
        "duration": 1_500,
        "tags": [],
        "logs": [],
        "processID": "p1",
        "warnings": None,
    }
    return {
        "traceID": TRACE,
        "spans": [span | fields],
        "processes": {"p1": {"serviceName": "shop", "tags": [tag("host.name", "here")]}},
        "warnings": None,
    }


def tag(key: str, value: Json, kind: str | None = "string") -> Json:
    return {"key": key, "type": kind, "value": value}


def imported(document: Json) -> Span:
    """The only span."""
    (body,) = to_protobuf(document)
    (group,) = ExportTraceServiceRequest.FromString(body).resource_spans
    ((span,),) = (part.spans for part in group.scope_spans)
    return span


def told(document: Json) -> str:
    with pytest.raises(MalformedRequestError) as problem:
        to_protobuf(document)
    message = str(problem.value)
    assert message.isprintable()
    assert len(message) < 300
    assert message.startswith("not Jaeger's JSON: ")
    return message.removeprefix("not Jaeger's JSON: ")


def attributes_of(span: Span) -> dict[str, Json]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes}


def client_of(store: Store) -> FlaskClient:
    app = create_app(store)
    app.register_blueprint(make_upload(store))
    return app.test_client()


def in_any_order(name: str) -> Callable[[Json], Json]:
    """What is not kept, by the case of the corpus; all else is.

    `links`: a parent that is not the first reference becomes the first. `reserved`: attributes that are named like
    fields of OTLP become those fields, which come after the others.
    """

    def loose(span: Json) -> Json:
        if name == "links":
            return span | {"references": normalise.in_order(span["references"])}
        return normalise.sort_tags(span) if name == "reserved" else span

    return lambda found: found | {"spans": [loose(span) for span in found["spans"]]}


@pytest.fixture(scope="module")
def full_and_empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """One that the cases are put into, and one that only what the other exports is: a trace belongs to one case."""
    folder = tmp_path_factory.mktemp("exported")
    with closing(Store(folder / "full.db")) as full, closing(Store(folder / "empty.db")) as empty:
        yield full, empty


@pytest.mark.parametrize("name", NAMES)
def test_what_is_exported_comes_back_the_same(full_and_empty: tuple[Store, Store], name: str) -> None:
    case = corpus(recent_base())[name]
    full, empty = full_and_empty
    for body in case.requests:
        decoded = decode(body)
        full.append(decoded.body, decoded.spans)
    source, copied = client_of(full), client_of(empty)
    for trace_id, spans in case.expects.items():
        path = f"/api/traces/{trace_id}?raw=true"
        exported = source.get(path)
        answer = copied.post("/api/import", data=exported.data)
        assert answer.json == {"spans": spans, "rejected": 0}
        before, after = (normalise.traces(one.json, raw=True)["data"] for one in (exported, copied.get(path)))
        loose = in_any_order(name)
        assert not normalise.differences([*map(loose, before)], [*map(loose, after)])
    assert empty.span_count() == full.span_count()


def exported_again(body: bytes) -> list[Json]:
    """A request's traces in Jaeger's JSON."""
    decoded = decode(body)
    stored = StoredRequest(decoded.body, tuple(range(len(decoded.spans))))
    by_id: dict[bytes, list[jaeger_model.JaegerSpan]] = {}
    for one in jaeger_model.from_otlp(TraceReader().read([stored])):
        by_id.setdefault(one.trace_id, []).append(one)
    return [json.loads(json.dumps(jaeger_json.trace_json(spans))) for spans in by_id.values()]


@settings(max_examples=40, deadline=None, database=None)
@given(sent=REQUESTS)
@example(sent=request(span(start_time_unix_nano=2**63, end_time_unix_nano=2**63 - 1)))
def test_a_second_time_changes_nothing_any_more(sent: ExportTraceServiceRequest) -> None:
    once = [one for body in to_protobuf(exported_again(sent.SerializeToString())) for one in exported_again(body)]
    twice = [one for body in to_protobuf(once) for one in exported_again(body)]
    assert [normalise.trace(one) for one in twice] == [normalise.trace(one) for one in once]


def test_the_fields_of_a_span() -> None:
    (body,) = to_protobuf(
        trace(
            references=[
                {"refType": "FOLLOWS_FROM", "traceID": "1", "spanID": "2"},
                {"refType": "CHILD_OF", "traceID": TRACE.upper(), "spanID": PARENT},
                {"refType": "CHILD_OF", "traceID": TRACE, "spanID": "3"},
            ],
            tags=[
                tag("otel.scope.name", "lib"),
                tag("otel.scope.version", "1.2"),
                tag("text", "value"),
                tag("yes", True, "bool"),  # noqa: FBT003 - a value
                tag("number", 7, "int64"),
                tag("large", "-9223372036854775808", "int64"),
                tag("half", 0.5, "float64"),
                tag("whole", 3, "float64"),
                tag("none", "-Infinity", "float64"),
                tag("bytes", "AP8=", "binary"),
                tag("no bytes", None, "binary"),
                tag("span.kind", "client"),
                tag("otel.status_code", "ERROR"),
                tag("error", True, "bool"),  # noqa: FBT003
                tag("otel.status_description", "broken"),
                tag("w3c.tracestate", "k=v"),
            ],
            logs=[{"timestamp": START + 1, "fields": [tag("event", "exception"), tag("n", 1, "int64")]}],
            warnings=["late", "invalid parent span IDs=1; skipping clock skew adjustment"],
        )
    )
    (group,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert [(one.key, one.value.string_value) for one in group.resource.attributes] == [
        ("service.name", "shop"),
        ("host.name", "here"),
    ]
    (part,) = group.scope_spans
    assert (part.scope.name, part.scope.version) == ("lib", "1.2")
    (span,) = part.spans
    assert (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()) == (TRACE, SPAN, PARENT)
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (START * 1_000, (START + 1_500) * 1_000)
    assert (span.name, span.kind, span.trace_state) == ("GET /", Span.SPAN_KIND_CLIENT, "k=v")
    assert (span.status.code, span.status.message) == (Status.STATUS_CODE_ERROR, "broken")
    assert [(link.trace_id.hex(), link.span_id.hex(), len(link.attributes)) for link in span.links] == [
        (f"{1:032x}", f"{2:016x}", 0),
        (TRACE, f"{3:016x}", 1),
    ]
    (event,) = span.events
    assert (event.name, event.time_unix_nano) == ("exception", (START + 1) * 1_000)
    assert [(one.key, one.value.int_value) for one in event.attributes] == [("n", 1)]
    assert attributes_of(span) | {"@jaeger@warnings": ""} == {
        "text": "value",
        "yes": True,
        "number": 7,
        "large": -(2**63),
        "half": 0.5,
        "whole": 3.0,
        "none": float("-inf"),
        "bytes": b"\0\xff",
        "no bytes": b"",
        "@jaeger@warnings": "",
    }
    (kept,) = (one.value.array_value.values for one in span.attributes if one.key == "@jaeger@warnings")
    assert [one.string_value for one in kept] == ["late"]  # the other one is made anew, as long as it holds


def test_what_an_old_jaeger_client_wrote() -> None:
    """Short ids, no types, no kind of OpenTelemetry's, null and missing lists, fields that nobody knows."""
    old = trace(traceID="f1", spanID="a", flags=1, references=None, logs=None)
    del old["spans"][0]["warnings"], old["processes"]["p1"]["tags"]
    old["spans"][0]["tags"] = [
        {"key": "error", "value": True},
        {"key": "http.status_code", "value": 500},
        {"key": "ratio", "value": 0.5},
        {"key": "span.kind", "value": "unheard of"},
    ]
    span = imported(old)
    assert (span.trace_id.hex(), span.span_id.hex()) == (f"{0xF1:032x}", f"{0xA:016x}")
    assert (span.status.code, span.kind) == (Status.STATUS_CODE_ERROR, Span.SPAN_KIND_UNSPECIFIED)
    assert attributes_of(span) == {"http.status_code": 500, "ratio": 0.5, "span.kind": "unheard of"}


TAGS: list[tuple[str | None, Json, Json]] = [
    ("long", "7", 7),
    ("int", "-7", -7),
    ("Integer", 7, 7),
    ("boolean", "True", True),
    ("bool", "false", False),
    ("double", "1.5e3", 1500.0),
    ("float", 3, 3.0),
    ("float64", "nan", pytest.approx(float("nan"), nan_ok=True)),
    ("number", "Infinity", float("inf")),
    ("string", 5, 5),
    ("bool", 1, 1),
    ("int64", True, True),
    ("int64", "1_0", "1_0"),
    ("int64", "soon", "soon"),
    ("int64", 2**63, str(2**63)),
    ("long", str(2**64), str(2**64)),
    ("float64", 10**400, str(10**400)),
    ("float64", "1_0", "1_0"),
    ("binary", "AP8", "AP8"),
    ("json", "x", "x"),
    (None, 2**80, str(2**80)),
    ("string", None, None),
]


@pytest.mark.parametrize(("kind", "given", "kept"), TAGS)
def test_types_of_other_writers(kind: str | None, given: Json, kept: Json) -> None:
    """As the type says where the value fits; else as what the value is by itself."""
    (found,) = imported(trace(tags=[tag("k", given, kind)])).attributes
    if kept is None:
        assert found.value.WhichOneof("value") is None
        return
    value = attributes_of(Span(attributes=[found]))["k"]
    assert (value, type(value)) == (kept, type(kept)) or value == kept


@pytest.mark.parametrize("kind", [None, "array", "string[]"])
def test_lists_and_maps_of_other_writers(kind: str | None) -> None:
    (found,) = imported(trace(tags=[tag("k", ["a", 1, None, {"in": [True]}], kind)])).attributes
    assert value_text(found.value) == '["a",1,null,{"in":[true]}]'


@pytest.mark.parametrize("levels", [30, 45, 46, 60, 200, 400])
def test_a_tag_that_is_nested_deep_costs_no_span(levels: int) -> None:
    lists: Json = "x"
    maps: Json = "x"
    for _ in range(levels):
        lists, maps = [lists], {"k": maps}
    (body,) = to_protobuf(trace(tags=[tag("lists", lists, None), tag("maps", maps, None), tag("other", "y")]))
    (span,) = exported_again(body)[0]["spans"]
    texts = {one["key"]: one["value"] for one in span["tags"]}
    assert texts["other"] == "y"
    if levels <= 200:
        assert texts["lists"] == levels * "[" + '"x"' + levels * "]"
        assert texts["maps"] == levels * '{"k":' + '"x"' + levels * "}"


@pytest.mark.parametrize(("given", "code"), [("true", 2), ("True", 2), (True, 2), ("false", 0), (False, 0), ("no", 0)])
def test_an_error_may_be_a_text(given: Json, code: int) -> None:
    assert imported(trace(tags=[tag("error", given, None)])).status.code == code


def reference(kind: str, span_id: str, trace_id: str = TRACE) -> Json:
    return {"refType": kind, "traceID": trace_id, "spanID": span_id}


@pytest.mark.parametrize(
    ("fields", "parent", "links"),
    [
        ({"references": [reference("FOLLOWS_FROM", PARENT)]}, PARENT, [PARENT]),
        ({"references": [reference("FOLLOWS_FROM", PARENT, "1")]}, "", [PARENT]),
        ({"references": [reference("FOLLOWS_FROM", SPAN), reference("CHILD_OF", PARENT)]}, PARENT, [SPAN]),
        ({"references": [reference("FOLLOWS_FROM", "0"), reference("JOINS", PARENT)]}, PARENT, ["0" * 16, PARENT]),
        ({"references": [reference("JOINS", PARENT)]}, PARENT, [PARENT]),
        ({"references": None, "parentSpanID": PARENT}, PARENT, []),
        ({"references": [reference("CHILD_OF", PARENT)], "parentSpanID": "1"}, PARENT, []),
        ({"parentSpanID": ""}, "", []),
    ],
)  # fmt: skip
def test_references_of_every_type(fields: Json, parent: str, links: list[str]) -> None:
    found = imported(trace(**fields))
    assert found.parent_span_id.hex() == parent
    assert [link.span_id.hex() for link in found.links] == links


def test_a_parent_that_is_followed_stays_one_that_is_followed() -> None:
    (body,) = to_protobuf(trace(references=[reference("FOLLOWS_FROM", PARENT)]))
    (span,) = exported_again(body)[0]["spans"]
    assert span["references"] == [reference("FOLLOWS_FROM", PARENT)]


def test_a_span_of_less_than_a_microsecond_gets_no_warning() -> None:
    (body,) = to_protobuf(trace(duration=0))
    (span,) = exported_again(body)[0]["spans"]
    assert (span["duration"], span["warnings"]) == (0, None)


@pytest.mark.parametrize(
    ("micros", "nanos"),
    [
        (0, 0),
        ("1", 1_000),
        ("1.5", 1_500),
        (1.5, 1_500),
        (2**64 - 1, 2**64 - 1_000),
        (-1, 2**64 - 1_000),
        (9e15, 9 * 10**18),
    ],
)
def test_times(micros: float | str, nanos: int) -> None:
    assert imported(trace(startTime=micros, duration=0)).start_time_unix_nano == nanos


def test_an_id_of_zeros_is_rejected_and_the_rest_is_kept() -> None:
    document = trace()
    document["spans"].append(document["spans"][0] | {"spanID": "0"})
    (body,) = to_protobuf(document)
    decoded = decode(body)
    assert (len(decoded.spans), decoded.rejected) == (1, 1)


def without(document: Json, *path: str | int) -> Json:
    *path_to, last = path
    holder = document
    for step in path_to:
        holder = holder[step]
    del holder[last]
    return document


ONE = "trace 1: span 1: "
FAULTS: list[tuple[Json, str]] = [
    ({"data": None}, "data is null, not a list"),
    ({"data": {}}, "data is an object, not a list"),
    ({"data": ["shop"]}, 'data: element 1 is "shop", not an object'),
    ([trace(), 5], "data: element 2 is 5, not an object"),
    ({"data": [{"parent": "a", "child": "b", "callCount": 1}]}, "trace 1: no processes"),
    ({"spans": []}, "trace 1: no processes"),
    ([trace() | {"processes": []}], "trace 1: processes is a list, not an object"),
    ([trace(), trace() | {"spans": None}], "trace 2: spans is null, not a list"),
    (trace() | {"spans": ["x"]}, 'trace 1: spans: element 1 is "x", not an object'),
    (without(trace(), "spans", 0, "processID"), f"{ONE}no processID"),
    (trace(processID="p2\n"), f'{ONE}processID is "p2\\n", none of the processes'),
    (trace() | {"processes": {"p1": 7}}, f'{ONE}processID is "p1", none of the processes'),
    (without(trace(), "processes", "p1", "serviceName"), f'{ONE}process "p1": no serviceName'),
    (without(trace(), "spans", 0, "traceID"), f"{ONE}no traceID"),
    (trace(traceID=5), f"{ONE}traceID is 5, not a text"),
    (trace(traceID="0" * 33), f'{ONE}traceID is "{"0" * 33}", not up to 32 hexadecimal digits'),
    (trace(spanID=""), f'{ONE}spanID is "", not up to 16 hexadecimal digits'),
    (trace(spanID="12 34"), f'{ONE}spanID is "12 34", not up to 16 hexadecimal digits'),
    (trace(operationName=["x" * 99_999]), f"{ONE}operationName is a list, not a text"),
    (trace(operationName="\ud800"), f"{ONE}'utf-8' codec can't encode character '\\ud800' in position 0:"
     " surrogates not allowed"),
    (without(trace(), "spans", 0, "startTime"), f"{ONE}no startTime"),
    (trace(startTime="now"), f'{ONE}startTime is "now", not a number of µs'),
    (trace(startTime=True), f"{ONE}startTime is true, not a number of µs"),
    (trace(startTime=float("nan")), f"{ONE}startTime is NaN, not a number of µs"),
    (trace(startTime=float("inf")), f"{ONE}startTime is Infinity, not a number of µs"),
    (trace(startTime=10**400), f"{ONE}startTime is 1{'0' * 79}, not a number of µs"),
    (trace(startTime=10**16), f"{ONE}startTime is {10**16}: too many µs"),
    (trace(duration=10**17), f"{ONE}duration is {10**17}: too many µs"),
    (trace(duration=None), f"{ONE}duration is null, not a number of µs"),
    (trace(references={}), f"{ONE}references is an object, not a list"),
    (trace(references=[{"traceID": "1", "spanID": "1"}]), f"{ONE}no refType"),
    (trace(references=[{"refType": 5, "traceID": "1", "spanID": "1"}]), f"{ONE}refType is 5, not a text"),
    (trace(tags={"k": "v"}), f"{ONE}tags: tags is an object, not a list"),
    (trace(tags=[{"value": 1}]), f"{ONE}tags: no key"),
    (trace(logs=[{"fields": []}]), f"{ONE}no timestamp"),
    (trace(logs=[{"timestamp": START, "fields": 1}]), f"{ONE}fields: fields is 1, not a list"),
    (trace(warnings="late"), f'{ONE}warnings is "late", not a list'),
    (trace(warnings=[1]), f"{ONE}warnings are not texts"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_what_is_wrong_is_named(document: Json, message: str) -> None:
    assert told(document) == message


def paths(value: Json, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Of all members, however deep."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, one in inner for path in [(*here, key), *paths(one, (*here, key))]]


FULL = {
    "data": [
        trace(
            references=[{"refType": "CHILD_OF", "traceID": TRACE, "spanID": PARENT}],
            tags=[tag("text", "value"), tag("number", "7", "int64"), tag("bytes", "AP8=", "binary")],
            logs=[{"timestamp": START, "fields": [tag("event", "happened")]}],
            warnings=["one"],
        )
    ]
}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -(10**30), 2**63, 2**64, 10**400])
    | st.floats()
    | st.text(st.characters(), max_size=4)
    | st.sampled_from(["p1", "data", "CHILD_OF", "int64", "binary", TRACE, "\ud800", "event"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "type", "value", "spanID", "traceID", "spans"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, database=None)
@given(changes=st.lists(st.tuples(st.sampled_from(paths(FULL)), ANYTHING), min_size=1, max_size=3))
def test_a_document_with_anything_in_it_is_taken_or_told(changes: list[tuple[tuple[str | int, ...], Json]]) -> None:
    document: Json = copy.deepcopy(FULL)
    for (*path_to, last), value in changes:
        holder = document
        with suppress(KeyError, IndexError, TypeError):  # where an earlier change has taken the place
            for step in path_to:
                holder = holder[step]
            holder[last] = value
    try:
        bodies = to_protobuf(document)
    except MalformedRequestError:
        told(document)
    else:
        for body in bodies:
            decode(body)


def encoded(text: str) -> bytes:
    """With bytes that are no UTF-8 where half a surrogate pair stands for one."""
    return text.encode(errors="surrogateescape" if "\udcff" in text else "surrogatepass")


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return client_of(store)


OTHER = trace(traceID="ee", spanID="ff")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (json.dumps({"data": [trace(), OTHER], "total": 0, "limit": 0, "offset": 0, "errors": None}), 2),
        (json.dumps({"data": [trace(), OTHER]}, indent=2), 2),
        (json.dumps([trace(), OTHER], indent="\t"), 2),
        (json.dumps(trace()), 1),
        (f"\n{json.dumps(trace(), indent=4)}\n\n", 1),
        (f"{json.dumps(trace())}\n\n{json.dumps({'data': [OTHER]})}\r\n", 2),
        (f"\ufeff{json.dumps(trace())}", 1),
        ("[]", 0),
        ('{"data": []}', 0),
    ],
)
def test_all_shapes_are_taken(client: FlaskClient, store: Store, text: str, spans: int) -> None:
    for _ in range(2):  # the second time adds nothing
        answer = client.post("/api/import", data=text.encode())
        assert (answer.status_code, answer.json) == (200, {"spans": spans, "rejected": 0})
        assert store.span_count() == spans


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps([trace(), trace(duration="x")]), 'line 1: not Jaeger\'s JSON: trace 2: span 1: duration is "x",'),
        (json.dumps([trace(duration="x")], indent=1), "not Jaeger's JSON: trace 1: span 1: duration"),
        (json.dumps(trace(), indent=1)[:-40], "line 24, column 15: not JSON: Unterminated string"),
        ('{"data": [\n{"spans": [}\n]}', "line 2, column 12: not JSON: Expecting value"),
        ('{"data": "\ud800"}', 'line 1: not Jaeger\'s JSON: data is "\\ufffd\\ufffd\\ufffd", not a list'),
        ('{"data": "\udcff"}', 'line 1: not Jaeger\'s JSON: data is "\\ufffd", not a list'),
        ("[" * 100_000, "line 1, column 601: not JSON: Expecting value"),
        ('{"data": ' + "[" * 500 + "]" * 500 + "}", "line 1: not Jaeger's JSON: data: element 1 is a list,"),
        (f'{{"data": [{"9" * 5_000}]}}', "line 1: not "),
        ('"traceID"', 'line 1: no traces: "traceID"; OTLP has resourceSpans,'),
        ("", "it is empty"),
        (" \n\ufeff\n"[:2], "it is empty"),
    ],
)
def test_what_is_none_is_a_line_and_nothing_of_it_is_stored(
    client: FlaskClient, store: Store, text: str, message: str
) -> None:
    answer = client.post("/api/import", data=encoded(text))
    assert answer.json is not None
    (error,) = answer.json["errors"]
    assert (answer.status_code, error["code"]) == (400, 400)
    assert error["msg"].startswith(message)
    assert error["msg"].isprintable()
    assert store.span_count() == 0


def test_a_large_upload_is_read_by_lines_and_not_by_bytes(store: Store) -> None:
    """By the number of reads: a stream that is read in small pieces counts one for each byte."""

    class Counting(BytesIO):
        reads = 0

        def readinto(self, buffer: Any) -> int:
            Counting.reads += 1
            return super().readinto(buffer)

        def read(self, size: int | None = -1) -> bytes:
            Counting.reads += 1
            return super().read(size)

    text = json.dumps(trace(tags=[tag("text", "x" * 1_000_000)])).encode()
    answer = client_of(store).post("/api/import", input_stream=Counting(text), content_length=len(text))
    assert answer.status_code == 200
    assert Counting.reads < 1_000


def test_a_store_that_fails_is_told(failing_store: Store) -> None:
    answer = client_of(failing_store).post("/api/import", data=json.dumps(trace()))
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["errors"] == [{"code": 503, "msg": "the store is closed"}]


def test_the_bytes_worked_off_are_all_bytes(store: Store) -> None:
    worked_off: list[int] = []
    text = json.dumps([trace()], indent=2).encode()
    load(BytesIO(text), store, worked_off.append)
    assert sum(worked_off) == len(text)
