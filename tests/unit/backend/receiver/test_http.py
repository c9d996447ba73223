"""OTLP/HTTP on a real web server."""

from __future__ import annotations

import gzip
import json
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests
from google.rpc.code_pb2 import Code  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from backend.receiver.http import JSON, PATH, PROTOBUF, create_app
from backend.receiver.origins import Origins
from backend.web.guard import guard
from backend.web.server import WebServer
from tests.slow import slow_body
from tests.unit.backend.receiver.otlp import SPAN, TRACE, request, span, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.store import Store

LIMIT = 1 << 20
gzipped = partial(gzip.compress, mtime=0)  # the names of tests are made of it
BODY = request(span()).SerializeToString()
ORIGIN = "https://shop.example"


@contextmanager
def receiver(store: Store, *origins: str) -> Iterator[str]:
    server = WebServer("127.0.0.1", 0)
    server.start(create_app(store, LIMIT, Origins(origins)), 4, 2 * LIMIT, guard())
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop(5)


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with receiver(store) as address:
        yield address


def post(address: str, body: bytes, content_type: str = PROTOBUF, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(address + PATH, body, headers={"Content-Type": content_type} | named, timeout=20)


def json_request(**fields: Any) -> bytes:
    one = {"traceId": TRACE.hex(), "spanId": SPAN.hex(), "name": "GET /"} | fields
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}).encode()


def test_protobuf_is_stored(address: str, store: Store) -> None:
    answer = post(address, BODY)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == PROTOBUF
    assert [one.body for one in store.trace(TRACE)] == [BODY]


def test_json_is_stored_and_answered_in_json(address: str, store: Store) -> None:
    answer = post(address, json_request(), "application/json; charset=utf-8")
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["Content-Type"] == JSON
    assert len(store.trace(TRACE)) == 1


def test_gzip_is_taken(address: str, store: Store) -> None:
    assert post(address, gzip.compress(BODY), Content_Encoding="gzip").status_code == 200
    assert post(address, gzip.compress(json_request(name="other")), JSON, Content_Encoding="gzip").status_code == 200
    assert store.span_count() == 2


def test_chunks_are_taken(address: str, store: Store) -> None:
    chunks = iter([BODY[:5], BODY[5:]])
    answer = requests.post(address + PATH, chunks, headers={"Content-Type": PROTOBUF}, timeout=20)
    assert answer.status_code == 200
    assert store.span_count() == 1


def test_invalid_spans_are_a_partial_success(address: str) -> None:
    answer = post(address, request(span(), span(b"")).SerializeToString())
    assert ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans == 1
    answer = post(address, json_request(spanId="00"), JSON)
    assert answer.status_code == 200
    assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"


@pytest.mark.parametrize("body", [b"\xff", gzipped(BODY)])
def test_malformed_protobuf_is_a_status_in_protobuf(address: str, body: bytes) -> None:
    answer = post(address, body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == PROTOBUF
    assert Status.FromString(answer.content).code == Code.INVALID_ARGUMENT


def test_malformed_json_is_a_status_in_json(address: str) -> None:
    answer = post(address, b"{", JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == Code.INVALID_ARGUMENT
    assert "OTLP JSON" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"no gzip", gzipped(BODY)[:-3], gzipped(BODY)[:-8] + bytes(8)])
def test_what_is_not_gzip_is_malformed(address: str, body: bytes) -> None:
    expected = 400 if body else 200
    assert post(address, body, Content_Encoding="gzip").status_code == expected


def test_what_is_too_large_is_refused(address: str) -> None:
    large = request(span(attributes=[text("large", "x" * LIMIT)])).SerializeToString()
    for body, encoding in ((large, ""), (gzip.compress(large), "gzip"), (gzip.compress(bytes(500 * LIMIT), 1), "gzip")):
        answer = post(address, body, Content_Encoding=encoding)
        assert answer.status_code == 413
    assert post(address, bytes(3 * LIMIT)).status_code == 413  # the web server's own answer


def test_a_store_that_fails_is_to_be_tried_again(failing_store: Store) -> None:
    with receiver(failing_store) as address:
        answer = post(address, BODY)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert Status.FromString(answer.content).code == Code.UNAVAILABLE


def test_other_requests_are_refused(address: str) -> None:
    assert post(address, BODY, "text/plain").status_code == 415
    assert post(address, BODY, Content_Encoding="br").status_code == 415
    assert requests.get(address + PATH, timeout=20).status_code == 405
    assert requests.post(address + "/v1/profiles", timeout=20).status_code == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "[::x]", "a:b"]
)
def test_another_host_is_refused(address: str, store: Store, host: str) -> None:
    assert post(address, BODY, Host=host).status_code == 403
    assert store.span_count() == 0


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:4318",
        "localhost.",
        "127.0.0.1",
        "127.9.9.9:1",
        "0.0.0.0:4318",
        "[::1]",
        "[::1]:4318",
        "me.localhost:1",
        "host.docker.internal:4318",
    ],
)
def test_a_loopback_host_is_taken(address: str, host: str) -> None:
    assert post(address, BODY, Host=host).status_code == 200


def preflight(address: str) -> requests.Response:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-own",
    }
    return requests.options(address + PATH, headers=asked, timeout=20)


def test_pages_of_other_origins_are_not_let_in(store: Store) -> None:
    for origins in ((), ("https://other.example",)):
        with receiver(store, *origins) as address:
            for answer in (preflight(address), post(address, BODY, Origin=ORIGIN)):
                assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", [ORIGIN, "*"])
def test_pages_of_an_origin_that_is_named_are_let_in(store: Store, origin: str) -> None:
    with receiver(store, "https://other.example", origin) as address:
        asked = preflight(address)
        assert asked.status_code == 204
        expected = "*" if origin == "*" else ORIGIN
        assert asked.headers["Access-Control-Allow-Origin"] == expected
        assert asked.headers["Access-Control-Allow-Headers"] == "content-type,x-own"
        sent = post(address, BODY, Origin=ORIGIN)
        assert (sent.status_code, sent.headers["Access-Control-Allow-Origin"]) == (200, expected)


def test_a_stop_does_not_wait_for_clients_that_hang(store: Store) -> None:
    server = WebServer("127.0.0.1", 0)
    server.start(create_app(store, LIMIT), threads=2, max_body=LIMIT)
    with slow_body(server.port, "/v1/traces") as client:
        assert post(f"http://127.0.0.1:{server.port}", BODY).status_code == 200
        started = time.monotonic()
        server.stop(5)
        assert time.monotonic() - started < 2
        assert client.recv(10) == b""


def test_a_stop_lets_requests_under_way_end() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(environ: Any, start_response: Any) -> list[bytes]:
        begun.set()
        go_on.wait(20)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    server = WebServer("127.0.0.1", 0)
    server.start(slow, threads=2, max_body=LIMIT)
    answers: list[bytes] = []
    client = threading.Thread(
        target=lambda: answers.append(requests.get(f"http://127.0.0.1:{server.port}/", timeout=20).content)
    )
    client.start()
    assert begun.wait(20)
    threading.Timer(0.3, go_on.set).start()
    server.stop(5)
    client.join(20)
    assert answers == [b"done"]
