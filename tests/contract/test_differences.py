"""Where the embedded back end differs on purpose. Both sides are held to it, so that the end of one is noticed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from tests.contract.corpus import DEPTH, Maker, extremes
from tests.contract.normalise import otlp
from tests.contract.otlp import SECOND, request, service
from tests.contract.test_v3 import window

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.backends import Backend

Cases = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """`ask` gets a back end, the corpus and its base."""

    name: str
    reason: str
    ask: Callable[[Backend, Cases, int], Any]
    real: Any
    embedded: Any
    alone: bool = False
    """Whether the back end has to be one of its own, because it asks about all that is in it, or spoils it.

    Of the others each looks at a service or trace of the corpus, which one of them has sent, or of its own.
    """


def send(backend: Backend, cases: Cases, name: str) -> list[str]:
    """Send it once: a real Jaeger would have twice what it is sent twice."""
    if name not in backend.sent:
        for body in cases[name].requests:
            backend.export(body)
        backend.sent.add(name)
    return list(cases[name].expects)


def found(backend: Backend, service_name: str, **parameters: str) -> Any:
    answer = backend.get("/api/traces", {"service": service_name} | parameters)
    if answer.status != 200:
        return answer.status
    return sorted(span["operationName"] for trace in answer.json["data"] for span in trace["spans"])


def search_for(**tags: str) -> Callable[[Backend, Cases, int], Any]:
    def ask(backend: Backend, cases: Cases, _: int) -> Any:
        send(backend, cases, "tagged")
        return found(backend, "tagged", tags=json.dumps(tags))

    return ask


def limit(text: str) -> Callable[[Backend, Cases, int], Any]:
    def ask(backend: Backend, cases: Cases, _: int) -> Any:
        send(backend, cases, "pair")
        return found(backend, "pair-client", limit=text)

    return ask


def far_end(backend: Backend, cases: Cases, _: int) -> Any:
    send(backend, cases, "pair")
    return found(backend, "pair-client", end=str(2**63 - 1))


def not_a_number(backend: Backend, _: Cases, base: int) -> Any:
    make = Maker("not_a_number", base)
    attributes: Any = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "list": [math.nan]}
    backend.export(request(service("numberless", make.span("x", attributes=attributes))))
    answer = backend.get(f"/api/traces/{make.trace_id().hex()}")
    if answer.status != 200:
        return answer.status, found(backend, "numberless")
    tags = {tag["key"]: tag["value"] for tag in answer.json["data"][0]["spans"][0]["tags"]}
    return {key: tags[key] for key in attributes}, found(backend, "numberless")


def retry(backend: Backend, cases: Cases, _: int) -> Any:
    (trace_id,) = send(backend, cases, "retry")
    calls = backend.get("/api/dependencies").json["data"]
    return backend.spans_of(trace_id), [link["callCount"] for link in calls]


def read_twice(backend: Backend, cases: Cases, _: int) -> Any:
    trace_id = send(backend, cases, "parents")[0]
    answers = [backend.get(f"/api/v3/traces/{trace_id}").json for _ in range(2)]
    return len({json.dumps(otlp(answer)) for answer in answers})


def schema_urls(backend: Backend, cases: Cases, _: int) -> Any:
    (trace_id,) = send(backend, cases, "dropped")
    (span,) = otlp(backend.get(f"/api/v3/traces/{trace_id}").json)
    return span.get("resourceSchemaUrl"), span.get("scopeSchemaUrl")


def late_arrival(backend: Backend, _: Cases, base: int) -> Any:
    """A trace that began before the other, and came after it."""
    make = Maker("late", base)
    for name, at in (("new", SECOND), ("old", 0)):
        backend.export(request(service("late", make.span(name, trace=name, at=at))))
    return found(backend, "late", limit="1")


def without_id(backend: Backend, cases: Cases, base: int) -> Any:
    """A span without a trace id, and whether what came before it is still found."""
    send(backend, cases, "pair")
    span = Maker("without_id", base).span("x", trace_id=bytes(16))
    answer = backend.export(request(service("idless", span)))
    return answer.partial_success.rejected_spans, len(found(backend, "pair-client"))


def short_id(backend: Backend, _: Cases, base: int) -> Any:
    """A span whose trace id is too short, and whether its neighbour is kept."""
    make = Maker("short_id", base)
    body = request(service("short_id", make.span("bad", trace_id=b"\1\2"), make.span("good")))
    try:
        backend.export(body)
    except grpc.RpcError as error:
        return error.code().name, backend.spans_of(make.trace_id().hex())
    return "OK", backend.spans_of(make.trace_id().hex())


def status(path: str, method: str = "GET", **parameters: str) -> Callable[[Backend, Cases, int], Any]:
    return lambda backend, _, __: backend.request(method, path, params=parameters).status


def v3_search(parameters: dict[str, str]) -> Callable[[Backend, Cases, int], Any]:
    def ask(backend: Backend, cases: Cases, base: int) -> Any:
        send(backend, cases, "pair")
        return backend.get("/api/v3/traces", window(base) | {"query.num_traces": ""} | parameters).status

    return ask


def times_missing(*parameters: str) -> Callable[[Backend, Cases, int], Any]:
    def ask(backend: Backend, _: Cases, base: int) -> Any:
        answer = backend.get("/api/v3/traces", window(base) | dict.fromkeys(parameters, ""))
        return answer.status, answer.json["error"]["message"]

    return ask


def bad_utf8(backend: Backend, _: Cases, base: int) -> Any:
    (span,) = backend.get(f"/api/traces/{sent_extreme(backend, base, 'bad_utf8')}").json["data"][0]["spans"]
    return {tag["key"]: tag["value"] for tag in span["tags"] if tag["key"] != "span.kind"}


def deep_kinds(backend: Backend, _: Cases, base: int) -> Any:
    """How v3 has the values. What v1 has is the same in both."""
    trace_id = sent_extreme(backend, base, "deep_values")
    (span,) = backend.get(f"/api/traces/{trace_id}").json["data"][0]["spans"]
    tags = {tag["key"]: tag["value"] for tag in span["tags"] if tag["key"] != "span.kind"}
    assert tags == {
        "arrays": DEPTH * "[" + '"bottom"' + DEPTH * "]",
        "maps": DEPTH * '{"k":' + '"bottom"' + DEPTH * "}",
    }
    text = backend.get(f"/api/v3/traces/{trace_id}").text  # too deep for Python's JSON
    return [kind for kind in ("arrayValue", "kvlistValue") if kind in text]


def sent_extreme(backend: Backend, base: int, name: str) -> str:
    case = extremes(base)[name]
    backend.export(case.requests[0])
    (trace_id,) = case.expects
    return trace_id


def with_span(**fields: Any) -> str:
    span = {"traceId": 16 * "01", "spanId": 8 * "01", "name": "x"} | fields
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def with_value(value: str) -> str:
    return with_span(attributes=[{"key": "k", "value": "?"}]).replace('"?"', value)


def transformed(*bodies: str | bytes) -> Callable[[Backend, Cases, int], Any]:
    """How many spans each body has, or the status that refuses it. The real one reads all OTLP JSON with this code."""

    def ask(backend: Backend, _: Cases, __: int) -> Any:
        answers = [backend.request("POST", "/api/transform", data=body) for body in bodies]
        return [
            sum(len(trace["spans"]) for trace in answer.json["data"] or []) if answer.status == 200 else answer.status
            for answer in answers
        ]

    return ask


def v3_keys(name: str) -> Callable[[Backend, Cases, int], Any]:
    """The keys of a span's attributes in v3's adjusted trace."""

    def ask(backend: Backend, cases: Cases, _: int) -> Any:
        (trace_id,) = send(backend, cases, name)
        answer = backend.get(f"/api/v3/traces/{trace_id}")
        if answer.status != 200:
            return answer.status, answer.text
        return [attribute["key"] for attribute in otlp(answer.json)[0]["span"]["attributes"]]

    return ask


def calls_at_the_edge(backend: Backend, _: Cases, base: int) -> Any:
    """Calls of a trace that began before the window."""
    make = Maker("edge", base)
    spans = [
        make.span("root", lasts=60 * SECOND),
        make.span("early", "root", at=SECOND, lasts=SECOND),
        make.span("late", "root", at=30 * SECOND, lasts=SECOND),
    ]
    backend.export(request(service("edge", *spans)))
    end = str((base + 90 * SECOND) // 1_000_000)
    links = backend.get("/api/dependencies", {"endTs": end, "lookback": "70000"}).json["data"]
    return [link["callCount"] for link in links]


def v3_operations(backend: Backend, cases: Cases, _: int) -> Any:
    send(backend, cases, "kinds")
    operations = backend.get("/api/v3/operations", {"service": "kinds"}).json["operations"]
    return sorted(entry.get("spanKind", "(none)") for entry in operations if entry["name"] == "same")


KINDS = ["client", "consumer", "internal", "producer", "server"]
KNOWN_DIFFERENCES = [
    Difference(
        "error=true", "finds spans with errors; Jaeger reads the text as false, and finds status OK",
        search_for(error="true"), ["good"], ["other", "root"],
    ),
    Difference(
        "error=false", "Jaeger finds only status OK; here also spans without a status, which are no errors",
        search_for(error="false"), ["good"], ["good", "other", "root", "unset"],
    ),
    Difference(
        "span.kind=server", "found, as newer Jaegers do", search_for(**{"span.kind": "server"}), [], ["other", "root"]
    ),
    Difference(
        "attributes of links", "found, as newer Jaegers do", search_for(**{"on.link": "x"}), [], ["other", "root"]
    ),
    Difference("limit=0", "a wrong parameter is 400; Jaeger answers 500", limit("0"), 500, 400),
    Difference("limit=-1", "a wrong parameter is 400; Jaeger answers 500", limit("-1"), 500, 400),
    Difference(
        "a limit above what can be stored", "returns all that is found; Jaeger answers 500", limit("100001"),
        500, ["GET", "GET /"],
    ),
    Difference(
        "a time that overflows", "means the far future; Jaeger's multiplication overflows into the past",
        far_end, [], ["GET", "GET /"],
    ),
    Difference(
        "NaN", "JSON has no NaN: Jaeger answers 500 to any query that finds the span",
        not_a_number, (500, 500), ({"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "list": ""}, ["x"]),
    ),
    Difference(
        "a retry", "stored once; Jaeger stores the spans twice, hides that in adjusted traces, and counts calls twice",
        retry, (4, [2]), (2, [1]), alone=True,
    ),
    Difference(
        "asking twice", "gives the same answer; Jaeger's v3 changes what is stored and adds its warnings again",
        read_twice, 2, 1,
    ),
    Difference(
        "schema URLs", "kept; Jaeger drops them", schema_urls, (None, None),
        ("https://opentelemetry.io/schemas/1.31.0", "https://opentelemetry.io/schemas/1.30.0"),
    ),
    Difference(
        "the newest trace", "began last; in Jaeger it arrived last",
        late_arrival, ["old"], ["new"],
    ),
    Difference(
        "no trace id", "rejected, because OTLP calls it invalid; Jaeger stores the span, and then finds nothing older",
        without_id, (0, 0), (1, 2), alone=True,
    ),
    Difference(
        "v3 with values nested 200 deep", "returns their text, as v1 does: protobuf's library cannot read such depth",
        deep_kinds, ["arrayValue", "kvlistValue"], [],
    ),
    Difference(
        "bad UTF-8", "becomes U+FFFD; Jaeger turns the value into bytes", bad_utf8,
        {"value": "Y2Fm6Q=="}, {"value": "caf\ufffd"},
    ),
    Difference(
        "OTLP JSON with odd numbers", "null counts as absent, an integer beyond 64 bits becomes text, NaN is a number",
        transformed(
            with_value('{"intValue":null}'), with_value(f'{{"intValue":"{2**63}"}}'), with_value('{"intValue":5.0}'),
            with_value('{"doubleValue":1e999}'), with_value('{"doubleValue":NaN}'), with_span(kind=None),
        ),
        6 * [400], 6 * [1],
    ),
    Difference(
        "OTLP JSON with base64", "is taken for ids, as Tempo writes them, and for bytes in either alphabet",
        transformed(
            with_span(traceId="Dg4ODg4ODg4ODg4ODg4ODg==", spanId="DgEOAQ4BDgE="), with_value('{"bytesValue":"-_8"}')
        ),
        [400, 400], [1, 1],
    ),
    Difference(
        "OTLP JSON in UTF-16, or with a byte order mark", "is taken: Windows writes it",
        transformed(with_span().encode("utf-16"), with_span().encode("utf-8-sig")), [400, 400], [1, 1],
    ),
    Difference(
        "OTLP JSON from before 0.15", "is taken; Jaeger answers OK and drops the spans",
        transformed(with_span().replace("scopeSpans", "instrumentationLibrarySpans")), [0], [1],
    ),
    Difference(
        "OTLP JSON without spans but with other content", "is refused; Jaeger answers OK and drops it",
        transformed('{"resourceLogs":[]}', '{"resourceSpans":[{"spans":[]}]}', 2 * with_span()), [0, 0, 1], 3 * [400],
    ),
    Difference(
        "OTLP JSON with null among spans", "null is skipped; Jaeger stores an empty span",
        transformed('{"resourceSpans":[{"scopeSpans":[{"spans":[null]}]}]}'), [1], [0],
    ),
    Difference(
        "a short trace id", "costs one span; Jaeger refuses the whole request",
        short_id, ("INTERNAL", 0), ("OK", 1),
    ),
    Difference(
        "an unknown route", "below /api is 404; Jaeger answers with its start page",
        status("/api/nope"), 200, 404,
    ),
    Difference("a wrong method", "is 405; Jaeger answers with its start page", status("/api/traces", "POST"), 200, 405),
    Difference("trace summaries", "exist, as in newer Jaegers", status("/api/v3/trace-summaries"), 200, 400),
    Difference(
        "v3 with repeated keys", "returns all of them; Jaeger keeps one", v3_keys("repeated_keys"),
        ["k", "without value"], ["k", "k", "k", "without value"],
    ),
    Difference(
        "v3 with warnings of another type", "are returned; Jaeger crashes on them", v3_keys("warned_text"),
        (500, ""), ["@jaeger@warnings"],
    ),
    Difference(
        "v3 without times", "is refused in our own words; the older parameter names work too",
        times_missing("query.start_time_min"),
        (400, "query.start_time_min and query.start_time_max are required"),
        (400, "parameter query.startTimeMin: name a time such as 2026-11-23T13:34:28Z"),
    ),
    Difference("v3 search without a limit", "uses a default, as newer Jaegers do", v3_search({}), 500, 200),
    Difference(
        "v3 search with limit 0", "a wrong parameter is 400; Jaeger answers 500",
        v3_search({"query.num_traces": "0"}), 500, 400,
    ),
    Difference(
        "v3 operation without a kind", "is internal, as in newer Jaegers; newer UIs demand a kind",
        v3_operations, ["(none)", *KINDS], KINDS,
    ),
    Difference(
        "v3 without services", "has an empty list, which newer UIs demand",
        lambda backend, _, __: backend.get("/api/v3/services").json,
        {}, {"services": []}, alone=True,
    ),
    Difference(
        "calls at the edge of the window", "count if the call is inside; Jaeger wants the whole trace inside",
        calls_at_the_edge, [], [1], alone=True,
    ),
    Difference(
        "a negative lookback", "a wrong parameter is 400; Jaeger answers 500",
        status("/api/dependencies", lookback="-5"), 500, 400,
    ),
]  # fmt: skip


def differing(*, alone: bool) -> pytest.MarkDecorator:
    chosen = [difference for difference in KNOWN_DIFFERENCES if difference.alone == alone]
    return pytest.mark.parametrize("difference", chosen, ids=lambda difference: difference.name)


@differing(alone=False)
def test_a_known_difference_is_as_written(spare: Backend, cases: Cases, base: int, difference: Difference) -> None:
    assert difference.ask(spare, cases, base) == getattr(difference, spare.name), difference.reason


@differing(alone=True)
def test_one_of_all_that_is_stored(empty: Backend, cases: Cases, base: int, difference: Difference) -> None:
    assert difference.ask(empty, cases, base) == getattr(difference, empty.name), difference.reason
