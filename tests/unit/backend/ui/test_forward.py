"""The pages in front of another Jaeger: what is passed on, what is not, and what is said where nothing comes back."""

from __future__ import annotations

import gzip
import select
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client as WsgiClient

from backend.ui import forward
from backend.ui.forward import create_app
from backend.web.base_path import below
from backend.web.process import QUERY_THREADS
from backend.web.server import WebServer
from tests.children import free_port
from tests.slow import connect

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.unit.backend.ui.conftest import Upstream

UNSAFE = {
    "Cookie": "session=secret",
    "Authorization": "Bearer secret",
    "Proxy-Authorization": "Basic secret",
    "X-Forwarded-For": "10.0.0.1",
    "Origin": "http://localhost",
    "Referer": "http://localhost/trace/abc",
    "Connection": "X-Hop",
    "X-Hop": "1",
    "TE": "trailers",
}


class Client(FlaskClient):
    """Takes each answer whole, which closes what it was read from."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=True, **kwargs)


def client_of(url: str) -> FlaskClient:
    app = create_app(url)
    app.test_client_class = Client
    return app.test_client()


@pytest.fixture
def client(upstream: Upstream) -> FlaskClient:
    return client_of(upstream.url)


def message(answer: TestResponse) -> str:
    """Of a fault in the form of v1."""
    assert answer.json is not None
    (error,) = answer.json["errors"]
    assert answer.json == {
        "data": None,
        "total": 0,
        "limit": 0,
        "offset": 0,
        "errors": [{"code": answer.status_code, "msg": error["msg"]}],
    }
    return str(error["msg"])


def test_an_answer_is_passed_on(client: FlaskClient, upstream: Upstream) -> None:
    upstream.headers = {
        "Content-Type": "application/json; charset=utf-8",
        "ETag": 'W/"7"',
        "Set-Cookie": "session=1",
        "Keep-Alive": "timeout=5",
        "Server": "jaeger",
        "Content-Security-Policy": "script-src *",
    }
    answer = client.get("/api/services")
    assert (answer.status_code, answer.data) == (200, upstream.body)
    assert dict(answer.headers) == {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(upstream.body)),
        "ETag": 'W/"7"',
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


@pytest.mark.parametrize("status", [400, 404, 500, 501])
def test_a_fault_is_passed_on(client: FlaskClient, upstream: Upstream, status: int) -> None:
    upstream.status, upstream.body = status, b'{"errors":[{"code":1,"msg":"so it is"}]}'
    answer = client.get("/api/traces/xyz")
    assert (answer.status_code, answer.data) == (status, upstream.body)


def test_what_the_client_has_already_is_not_sent_again(client: FlaskClient, upstream: Upstream) -> None:
    upstream.status, upstream.headers = 304, {"ETag": '"7"'}
    answer = client.get("/api/traces/abc", headers={"If-None-Match": '"7"'})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"7"')
    assert upstream.asked[0].headers["If-None-Match"] == '"7"'


@pytest.mark.parametrize(
    "target",
    [
        "/api/services",
        "/api/services/a%2Fb%20c/operations",
        "/api/services/a//b/operations",
        "/api/traces?service=gr%C3%BCn&tags=%7B%22a%22%3A%22b+c%26d%22%7D&limit=20&limit=30&empty=",
        "/api/v3/traces?query.startTimeMin=2026-01-01T00:00:00Z",
        "/api/services/%252e%252e/operations",
    ],
)
def test_the_address_is_passed_on_as_it_was_written(client: FlaskClient, upstream: Upstream, target: str) -> None:
    assert client.get(target).status_code == 200
    assert [(asked.method, asked.target) for asked in upstream.asked] == [("GET", target)]


@pytest.mark.parametrize(
    "target",
    [
        "/api/../metrics",
        "/api/%2e%2e/metrics",
        "/api/a/..%2f..%2fmetrics",
        "/api/./services",
        "/%61pi/services",
        "http://127.0.0.1/api/services",
        "/api",
        "/api/",
        "/metrics",
    ],
)
def test_nothing_but_the_api_is_asked_for(client: FlaskClient, upstream: Upstream, target: str) -> None:
    path = target.removeprefix("http://127.0.0.1")
    answer = client.get(path, environ_overrides={"REQUEST_URI": target, "RAW_URI": target})
    assert answer.status_code == 404
    assert upstream.asked == []


def test_a_base_path_is_kept(upstream: Upstream) -> None:
    client_of(f"{upstream.url}/jaeger/").get("/api/services")
    assert upstream.asked[0].target == "/jaeger/api/services"


def test_only_the_headers_that_are_needed_are_passed_on(client: FlaskClient, upstream: Upstream) -> None:
    wanted = {"Accept": "application/json", "Accept-Encoding": "gzip", "If-None-Match": '"7"'}
    client.get("/api/services", headers=wanted | UNSAFE)
    headers = dict(upstream.asked[0].headers)
    assert headers.pop("User-Agent").startswith("python-urllib3/")
    assert headers.pop("Via").startswith("1.1 ")
    assert headers.pop("Host") == upstream.url.removeprefix("http://")
    assert headers == wanted


def test_no_credentials_are_found_elsewhere(
    client: FlaskClient, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login name password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    upstream.headers |= {"Set-Cookie": "session=1; Path=/"}
    for _ in range(2):
        assert client.get("/api/services").status_code == 200
    for asked in upstream.asked:
        assert "Authorization" not in asked.headers
        assert "Cookie" not in asked.headers


def test_connections_are_kept(client: FlaskClient, upstream: Upstream) -> None:
    for _ in range(3):
        client.get("/api/services")
    assert len({asked.client for asked in upstream.asked}) == 1


def test_a_document_is_posted(client: FlaskClient, upstream: Upstream) -> None:
    answer = client.post("/api/transform", data=b'{"resourceSpans":[]}', content_type="application/json")
    assert answer.data == upstream.body
    (asked,) = upstream.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/api/transform", b'{"resourceSpans":[]}')
    assert asked.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/api/services", 405), ("DELETE", "/api/traces", 405), ("PUT", "/api/transform", 405)],
)
def test_nothing_else_is_passed_on(
    client: FlaskClient, upstream: Upstream, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert message(answer) == f"{path}: Method Not Allowed"
    assert upstream.asked == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_posting_is_for_the_same_origin(client: FlaskClient, upstream: Upstream, headers: dict[str, str]) -> None:
    answer = client.post("/api/transform", data="{}", headers=headers)
    assert answer.status_code == 403
    assert message(answer) == "only requests of the same origin are allowed"
    assert upstream.asked == []


def test_a_document_beyond_the_limit_is_refused(client: FlaskClient, upstream: Upstream) -> None:
    assert client.post("/api/transform", data=b" " * (64 * 1024 * 1024 + 1)).status_code == 413
    assert upstream.asked == []


def test_a_head_is_a_get_without_its_body(client: FlaskClient, upstream: Upstream) -> None:
    answer = client.head("/api/services")
    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", len(upstream.body))


def test_what_is_compressed_stays_so(client: FlaskClient, upstream: Upstream) -> None:
    plain = upstream.body
    upstream.body = gzip.compress(plain)
    upstream.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    answer = client.get("/api/services", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data) == plain
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")


def test_an_answer_in_pieces_and_larger_than_memory_is_put_together(client: FlaskClient, upstream: Upstream) -> None:
    piece = bytes(range(256)) * 256
    count = forward.MEMORY_BYTES // len(piece) + 1

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(count):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    upstream.send = send
    with client.get("/api/traces/abc") as answer:
        assert answer.data == piece * count
        assert "Content-Type" not in answer.headers


def test_nobody_there_is_one_line() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    client = client_of(url)
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert message(answer) == f"no answer from {url}: Connection refused"
    answer = client.get("/api/v3/services")
    assert answer.status_code == 502
    assert answer.json == {"error": {"httpCode": 502, "message": f"no answer from {url}: Connection refused"}}
    with client.get("/search") as page:
        assert page.status_code == 200


def test_an_unknown_host_is_one_line() -> None:
    answer = client_of("http://nowhere.invalid").get("/api/services")
    assert answer.status_code == 502
    assert message(answer).startswith("no answer from http://nowhere.invalid: ")
    assert "\n" not in message(answer)


def test_what_is_no_http_is_one_line(client: FlaskClient, upstream: Upstream) -> None:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        handler.close_connection = True

    upstream.send = send
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert message(answer) == f"no answer from {upstream.url}: SSH-2.0-OpenSSH"


def test_an_answer_that_breaks_off_is_none(client: FlaskClient, upstream: Upstream) -> None:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"[1")
        handler.close_connection = True

    upstream.send = send
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert message(answer) == f"no answer from {upstream.url}: IncompleteRead(2 bytes read, 98 more expected)"


@pytest.mark.parametrize("begins", [False, True])
def test_who_does_not_answer_in_time_is_given_up(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, *, begins: bool
) -> None:
    monkeypatch.setattr(forward, "ANSWER_SECONDS", 0.3)
    done = threading.Event()

    def send(handler: BaseHTTPRequestHandler) -> None:
        if begins:
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"[")
        done.wait(20)

    upstream.send = send
    answer = client_of(upstream.url).get("/api/services")
    done.set()
    assert answer.status_code == 502
    assert message(answer) == f"no answer from {upstream.url}: timed out"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "drop"),
    [(HEAD, b"x"), (b"", b"H"), (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n")],
    ids=["body", "status", "headers", "interim answers"],
)
def test_who_answers_drop_by_drop_is_given_up(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, begin: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(forward, "ANSWER_SECONDS", 0.5)

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(begin)
        for _ in range(90):
            handler.wfile.write(drop)
            time.sleep(0.02)

    upstream.send = send
    began = time.monotonic()
    answer = client_of(upstream.url).get("/api/services")
    assert time.monotonic() - began < 1.5
    assert answer.status_code == 502
    assert message(answer) == f"no answer from {upstream.url}: timed out"


def test_the_pages_come_while_that_jaeger_hangs(upstream: Upstream) -> None:
    go_on, asking = threading.Event(), threading.Semaphore(0)

    def send(handler: BaseHTTPRequestHandler) -> None:
        asking.release()
        go_on.wait(20)
        handler.answer(upstream)  # type: ignore[attr-defined]

    upstream.send = send
    web = WebServer("127.0.0.1", 0)
    web.start(create_app(upstream.url), QUERY_THREADS, 1)
    ask = b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with ExitStack() as connections:
        connections.callback(web.stop, 0.5)
        connections.callback(go_on.set)
        asked = [connections.enter_context(connect(web.port)) for _ in range(40)]
        for connection in asked:
            connection.sendall(ask % b"/api/services")
        for _ in range(forward.AT_ONCE):
            assert asking.acquire(timeout=10)
        with connect(web.port) as page:
            page.sendall(ask % b"/search")
            assert page.recv(15) == b"HTTP/1.1 200 OK"
        refused, _, _ = select.select(asked, [], [], 5)
        answer = refused[0].recv(10_000).lower()
        assert answer.startswith(b"http/1.1 503 ")
        assert b"\r\nretry-after: 1\r\n" in answer
    assert not asking.acquire(blocking=False)


def test_an_answer_beyond_the_limit_is_none(
    client: FlaskClient, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "MAX_ANSWER", 1 << 20)
    upstream.body = b" " * (1 << 20)
    assert client.get("/api/services").status_code == 200
    upstream.body += b" "
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert message(answer) == f"{upstream.url} answers with more than 1 MiB; ask for less"


def test_a_redirect_is_not_followed(client: FlaskClient, upstream: Upstream) -> None:
    upstream.status, upstream.headers = 302, {"Location": "/login"}
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert message(answer) == f"{upstream.url} redirects to '/login'; name that with --query-url"
    assert len(upstream.asked) == 1


def test_an_address_that_leads_back_is_told(client: FlaskClient, upstream: Upstream) -> None:
    def send(handler: BaseHTTPRequestHandler) -> None:
        """As if the address were the program's own."""
        inner = client.application.test_client().get(handler.path, headers={"Via": handler.headers["Via"]})
        handler.send_response(inner.status_code)
        handler.send_header("Content-Length", str(len(inner.data)))
        handler.end_headers()
        handler.wfile.write(inner.data)

    upstream.send = send
    answer = client.get("/api/services")
    assert answer.status_code == 502
    assert f"{upstream.url} leads back to this program" in answer.text
    assert len(upstream.asked) == 1


def test_an_answer_is_no_page_whatever_it_says(client: FlaskClient, upstream: Upstream) -> None:
    upstream.headers, upstream.body = {"Content-Type": "text/html"}, b"<script>alert(1)</script>"
    answer = client.get("/api/services")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/search", "/trace/abc", "/dependencies"])
def test_the_pages_are_there_with_their_own_policy(client: FlaskClient, upstream: Upstream, path: str) -> None:
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert upstream.asked == []


def test_a_base_path_is_ours_and_not_that_jaegers(upstream: Upstream) -> None:
    client = WsgiClient(below("/jaeger", create_app(upstream.url)))
    assert client.get("/jaeger/api/services/a%2Fb/operations?x=%20", buffered=True).status_code == 200
    assert upstream.asked[-1].target == "/api/services/a%2Fb/operations?x=%20"
    assert client.get("/api/services").status_code == 404
    assert client.get("/jaeger/jaeger/api/services").status_code == 404
