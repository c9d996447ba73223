"""The Flask app in this process, and the spans that its instrumentation makes of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry import baggage
from opentelemetry.trace import SpanKind, StatusCode

from server.app import create_app

if TYPE_CHECKING:
    from flask import Flask
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def app(span_memory: InMemorySpanExporter) -> Flask:
    return create_app()


def the_span(span_memory: InMemorySpanExporter) -> ReadableSpan:
    (span,) = span_memory.get_finished_spans()
    return span


def test_the_answer_and_its_span(app: Flask, span_memory: InMemorySpanExporter) -> None:
    answer = app.test_client().get("/?a=b")
    assert (answer.status, answer.text) == ("200 OK", "Hello, World!")
    span = the_span(span_memory)
    assert (span.name, span.kind, span.parent, span.status.status_code) == (
        "GET /",
        SpanKind.SERVER,
        None,
        StatusCode.UNSET,
    )
    attributes = dict(span.attributes or {})
    assert (
        attributes.items()
        >= {
            "http.request.method": "GET",
            "http.response.status_code": 200,
            "http.route": "/",
            "network.protocol.version": "1.1",
            "server.address": "localhost",
            "url.path": "/",
            "url.query": "a=b",
            "url.scheme": "http",
        }.items()
    )
    # Of the HTTP conventions from before they became stable.
    assert not attributes.keys() & {"http.method", "http.status_code", "http.target", "http.scheme", "net.host.name"}


def test_an_unhandled_exception_is_a_500_and_an_error_with_the_exception(
    app: Flask, span_memory: InMemorySpanExporter
) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise LookupError("not in stock")

    assert app.test_client().get("/broken").status_code == 500
    span = the_span(span_memory)
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["http.response.status_code"] == 500
    (event,) = span.events
    attributes = dict(event.attributes or {})
    assert event.name == "exception"
    assert (attributes["exception.type"], attributes["exception.message"]) == ("LookupError", "not in stock")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/unknown", 404), ("POST", "/", 405)])
def test_a_fault_of_the_client_is_no_error(
    app: Flask, span_memory: InMemorySpanExporter, method: str, path: str, status: int
) -> None:
    assert app.test_client().open(path, method=method).status_code == status
    span = the_span(span_memory)
    assert span.status.status_code is StatusCode.UNSET
    assert (span.attributes or {})["http.response.status_code"] == status


def test_an_incoming_traceparent_becomes_the_parent(app: Flask, span_memory: InMemorySpanExporter) -> None:
    app.test_client().get("/", headers={"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"})
    span = the_span(span_memory)
    assert span.parent
    assert (f"{span.parent.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, PARENT)
    assert span.parent.is_remote
    assert span.context
    assert (f"{span.context.trace_id:032x}", dict(span.context.trace_state)) == (TRACE, {"vendor": "1"})


def test_incoming_baggage_can_be_read_in_a_view(app: Flask, span_memory: InMemorySpanExporter) -> None:
    @app.get("/user")
    def user() -> str:
        return str(baggage.get_baggage("user"))

    client = app.test_client()
    assert client.get("/user", headers={"baggage": "user=ada%20l,plan=free"}).text == "ada l"
    assert client.get("/user").text == "None"  # nothing is left of the request before
