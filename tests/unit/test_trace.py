"""What the query API answers, well-formed or not, as spans."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.children import free_port
from tests.web import Rude, Web
from verify.trace import QueryError, Span, fetch, wait_for

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CLIENT = {
    "traceID": TRACE_ID,
    "spanID": "b7ad6b7169203331",
    "operationName": "GET",
    "references": [],
    "startTime": 1_795_000_000_000_000,
    "duration": 12_345,
    "tags": [{"key": "span.kind", "type": "string", "value": "client"}],
    "logs": [],
    "processID": "p1",
    "warnings": None,
}
SERVER = {
    "traceID": TRACE_ID,
    "spanID": "00f067aa0ba902b7",
    "operationName": "GET /",
    "references": [
        {"refType": "FOLLOWS_FROM", "traceID": TRACE_ID, "spanID": "1111111111111111"},
        {"refType": "CHILD_OF", "traceID": TRACE_ID, "spanID": "b7ad6b7169203331"},
    ],
    "startTime": 1_795_000_000_001_000,
    "duration": 950,
    "tags": [
        {"key": "span.kind", "type": "string", "value": "server"},
        {"key": "error", "type": "bool", "value": True},
    ],
    "logs": [],
    "processID": "p2",
    "warnings": ["clock skew adjustment disabled"],
}


def answer(*spans: dict[str, Any]) -> str:
    processes = {"p1": {"serviceName": "chapter2-client"}, "p2": {"serviceName": "chapter2-server"}}
    trace = {"traceID": TRACE_ID, "spans": list(spans), "processes": processes, "warnings": None}
    return json.dumps({"data": [trace], "total": 0, "limit": 0, "offset": 0, "errors": None})


UNKNOWN = json.dumps({"data": None, "total": 0, "errors": [{"code": 404, "msg": "trace not found"}]})


def without(span: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in span.items() if name != key}


def test_spans_are_read() -> None:
    with Web((200, answer(CLIENT, SERVER))) as jaeger:
        spans = fetch(jaeger.url.rstrip("/"), TRACE_ID)
    assert jaeger.requests == [f"/api/traces/{TRACE_ID}"]
    assert spans == [
        Span(
            span_id="b7ad6b7169203331",
            parent_id=None,
            service="chapter2-client",
            operation="GET",
            kind="client",
            start=1_795_000_000_000_000,
            duration=12_345,
            error=False,
            warnings=(),
        ),
        Span(
            span_id="00f067aa0ba902b7",
            parent_id="b7ad6b7169203331",
            service="chapter2-server",
            operation="GET /",
            kind="server",
            start=1_795_000_000_001_000,
            duration=950,
            error=True,
            warnings=("clock skew adjustment disabled",),
        ),
    ]


def test_a_span_without_kind_is_internal() -> None:
    with Web((200, answer(CLIENT | {"tags": []}))) as jaeger:
        (span,) = fetch(jaeger.url.rstrip("/"), TRACE_ID)
    assert (span.kind, span.error) == ("internal", False)


def test_an_unknown_trace_has_no_spans() -> None:
    with Web((404, UNKNOWN)) as jaeger:
        assert fetch(jaeger.url.rstrip("/"), TRACE_ID) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<!doctype html><title>Welcome</title>"),
        (200, ""),
        (404, "<h1>Not Found</h1>"),
        (404, "{}"),
        (404, "7"),
        (500, UNKNOWN),
        (500, answer(CLIENT)),
        (503, "no healthy upstream"),
        (200, "null"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"data": null}'),
        (200, '{"data": 7}'),
        (200, '{"data": ["trace"]}'),
        (200, '{"data": [{}]}'),
        (200, '{"data": [{"processes": {}, "spans": [{}]}]}'),
        (200, '{"data": [{"processes": {}, "spans": ["span"]}]}'),
        (200, answer(without(CLIENT, "references"))),
        (200, answer(CLIENT | {"references": [None]})),
        (200, answer(CLIENT | {"tags": None})),
        (200, answer(CLIENT | {"tags": [{"key": []}]})),
        (200, answer(CLIENT | {"processID": "p3"})),
        (200, answer(CLIENT | {"startTime": "soon"})),
        (200, answer(CLIENT | {"duration": None})),
        (200, answer(CLIENT | {"warnings": True})),
    ],
)
def test_what_is_not_jaeger_is_told_in_one_line(status: int, body: str) -> None:
    with Web((status, body)) as other, pytest.raises(QueryError) as caught:
        fetch(other.url.rstrip("/"), TRACE_ID)
    assert str(caught.value) == f"{other.url}api/traces/{TRACE_ID} does not answer like a Jaeger query API"


def test_an_answer_that_is_not_http_is_told_in_one_line() -> None:
    with Rude(b"SSH-2.0-OpenSSH_9.2\r\n") as other, pytest.raises(QueryError) as caught:
        fetch(other.url.rstrip("/"), TRACE_ID)
    assert other.url.rstrip("/") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "http://nonexistent.invalid"])
def test_nobody_there_is_told_in_one_line(address: str) -> None:
    url = address.format(port=free_port())
    with pytest.raises(QueryError) as caught:
        fetch(url, TRACE_ID)
    assert str(caught.value) == f"nothing answers at {url}"


@pytest.mark.parametrize("url", ["localhost:16686", "http://", "http://[::1", "http://localhost:70000"])
def test_an_address_that_is_none_is_told_in_one_line(url: str) -> None:
    with pytest.raises(QueryError) as caught:
        fetch(url, TRACE_ID)
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)


def test_waiting_asks_until_the_spans_are_there() -> None:
    with Web((404, UNKNOWN), (200, answer(CLIENT)), (200, answer(CLIENT, SERVER))) as jaeger:
        assert len(wait_for(jaeger.url.rstrip("/"), TRACE_ID, spans=2, seconds=10)) == 2
    assert len(jaeger.requests) == 3


def test_waiting_ends_with_what_is_there() -> None:
    with Web((200, answer(CLIENT))) as jaeger:
        assert len(wait_for(jaeger.url.rstrip("/"), TRACE_ID, spans=2, seconds=0.1)) == 1
    assert len(jaeger.requests) > 1
