"""The web server with clients that are slow, rude or gone."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from backend.web import server as web_server
from backend.web import wsgi
from backend.web.server import WebServer
from tests.children import eventually
from tests.slow import connect, slow_body, slow_head

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from _typeshed.wsgi import WSGIApplication

LIMIT = 1 << 20
THREADS = 2


@contextmanager
def serving(app: WSGIApplication, refuse: Callable[[Any], str | None] | None = None) -> Iterator[int]:
    server = WebServer("127.0.0.1", 0)
    server.start(app, THREADS, LIMIT, refuse)
    try:
        yield server.port
    finally:
        server.stop(2)


def hello(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "5"), ("X-Read", str(len(environ["wsgi.input"].read())))])
    return [b"hello"]


class Endless:
    """An answer without end; knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.pieces = 0

    def __call__(self, _: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self.pieces += 1
        return bytes(64 << 10)

    def close(self) -> None:
        self.closed.set()


def get(port: int) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{port}/", timeout=5)


def until_closed(connection: socket.socket, seconds: float) -> bytes:
    connection.settimeout(seconds)
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def test_slow_heads_and_bodies_hold_no_thread() -> None:
    with serving(hello) as port:
        slow = [make(port) for make in (slow_head, slow_body) for _ in range(50)]
        try:
            assert get(port).text == "hello"
        finally:
            for each in slow:
                each.close()


def test_a_head_that_does_not_end_loses_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(web_server, "CHECK_SECONDS", 0.05)
    with serving(hello) as port, closing(slow_head(port)) as dripping:
        dripping.settimeout(10)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012 - whichever of them hears it
            for _ in range(1_000):
                dripping.sendall(b"x")
                time.sleep(0.02)
        assert get(port).ok


def test_a_head_that_does_not_end_on_a_connection_that_was_used_loses_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(web_server, "CHECK_SECONDS", 0.05)
    with serving(hello) as port, closing(connect(port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while not received.endswith(b"hello"):
            received += connection.recv(65_536)
        connection.sendall(b"GET / HT")
        assert until_closed(connection, 10) == b""


def test_a_body_that_does_not_come_is_a_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "BODY_SECONDS", 0.2)
    with serving(hello) as port, closing(slow_body(port)) as connection:
        assert until_closed(connection, 10).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_is_read_to_its_end_and_refused(*, chunked: bool) -> None:
    """Else the sender would see a broken connection."""
    piece = bytes(LIMIT)
    with serving(hello) as port:
        answer = requests.post(f"http://127.0.0.1:{port}/", iter([piece] * 20) if chunked else piece * 20, timeout=20)
        assert answer.status_code == 413
        assert f"at most {LIMIT}" in answer.text
        assert requests.post(f"http://127.0.0.1:{port}/", piece, timeout=20).headers["X-Read"] == str(LIMIT)


def test_bodies_hold_so_much_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "HELD_BYTES", 1_000)
    with serving(hello) as port:
        refused = requests.post(f"http://127.0.0.1:{port}/", bytes(2_000), timeout=20)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        for _ in range(3):
            assert requests.post(f"http://127.0.0.1:{port}/", bytes(900), timeout=20).ok


def test_a_body_that_drips_is_a_408(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is for all of it, not for each piece."""
    monkeypatch.setattr(wsgi, "BODY_SECONDS", 0.3)
    with serving(hello) as port, closing(slow_body(port)) as connection:
        connection.settimeout(0.05)
        answer = b""
        for _ in range(400):
            try:
                connection.sendall(b" ")
                if answer := connection.recv(65_536):
                    break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_goes_in_the_middle_of_its_body_is_not_answered() -> None:
    asked: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        return hello(environ, start_response)

    with serving(app) as port:
        slow_body(port, "/half").close()
        assert get(port).ok
        eventually(lambda: get(port).ok and len(asked) > 3)
    assert "/half" not in asked


def test_what_is_held_is_given_back_where_a_body_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(28, "No space left on device")

    with serving(hello) as port:
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "SpooledTemporaryFile", lambda _: Full())
            for _ in range(3):
                answer = requests.post(f"http://127.0.0.1:{port}/", bytes(900), timeout=20)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        monkeypatch.setattr(wsgi, "HELD_BYTES", 1_000)
        assert requests.post(f"http://127.0.0.1:{port}/", bytes(900), timeout=20).ok


def test_who_may_not_ask_is_refused_before_the_body_is_read() -> None:
    with serving(hello, lambda _: "not you") as port, closing(slow_body(port)) as connection:
        connection.settimeout(5)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 403 ")


def test_answers_that_nobody_reads_hold_no_thread_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "READER_SECONDS", 0.5)
    monkeypatch.setattr(web_server, "CHECK_SECONDS", 0.05)
    answers: list[Endless] = []

    def app(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/":
            return hello(environ, start_response)
        answers.append(Endless())
        return answers[-1](environ, start_response)

    with serving(app) as port:
        readers = [connect(port) for _ in range(4 * THREADS)]
        try:
            for reader in readers:
                reader.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
            eventually(lambda: len(answers) == len(readers))
            assert get(port).text == "hello"
            for answer in answers:
                assert answer.closed.wait(10)
        finally:
            for reader in readers:
                reader.close()


def test_an_answer_ends_when_its_reader_goes() -> None:
    answer = Endless()
    with serving(answer) as port, connect(port) as reader:
        reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert reader.recv(1_000)
        reader.close()
        assert answer.closed.wait(10)


def test_only_so_many_long_answers_are_given_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "STREAMS", 1)
    answer = Endless()
    with serving(answer) as port, connect(port) as reader:
        reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        eventually(lambda: answer.pieces > 1)
        for _ in range(3):
            refused = get(port)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")


def test_an_answer_without_a_body_is_no_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "STREAMS", 0)

    def gone(_: Any, start_response: Any) -> list[bytes]:
        start_response("204 No Content", [])
        return []

    with serving(gone) as port:
        assert get(port).status_code == 204


def test_grpc_is_told_where_it_belongs() -> None:
    with serving(hello) as port, connect(port) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\4" + bytes(5))
        assert b"send OTLP/gRPC to port 4317" in until_closed(connection, 10)


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 100_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (1 << 20) + b"\r\n\r\n",
    ],
)
def test_what_is_no_request_is_a_400_and_no_line_of_the_log(head: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with serving(hello) as port:
        with connect(port) as connection:
            try:
                connection.sendall(head)
                answer = until_closed(connection, 10)
            except OSError:  # it was answered before all of it was sent
                answer = b""
        assert answer.startswith(b"HTTP/1.1 400 ") or not answer
        assert get(port).ok
    assert not caplog.records


@pytest.mark.parametrize(("size", "refused"), [(1, True), (40, False)])
def test_a_body_of_crumbs_is_refused(size: int, *, refused: bool) -> None:
    chunk = f"{size:x}\r\n{'a' * size}\r\n".encode()
    with serving(hello) as port, connect(port) as connection:
        try:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk * 5_000
                + b"0\r\n\r\n"
            )
            answer = until_closed(connection, 20)
        except OSError:
            answer = b""
    assert answer.startswith(b"HTTP/1.1 200 ") is not refused


def test_an_app_that_fails_is_a_500_and_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fails(environ: Any, start_response: Any) -> list[bytes]:
        raise RuntimeError("broken")

    with serving(fails) as port:
        assert get(port).status_code == 500
    assert "broken" in caplog.text


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [("/a%2Fb%C3%BC?x=%20", "/a/b\xc3\xbc", "x=%20"), ("//a//b", "//a//b", ""), ("/%00%zz", "/\x00%zz", "")],
)
def test_the_app_is_told_what_was_asked(target: str, path: str, query: str) -> None:
    seen: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ)
        return hello(environ, start_response)

    with serving(app) as port, connect(port) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nX-Two: 2\r\nX_Bad: 3\r\n\r\n".encode())
        assert connection.recv(65_536)
    (environ,) = seen
    assert (environ["PATH_INFO"], environ["QUERY_STRING"], environ["REQUEST_URI"]) == (path, query, target)
    assert (environ["HTTP_X_TWO"], "HTTP_X_BAD" in environ) == ("1,2", False)


def test_an_answer_has_one_date() -> None:
    """Flask gives files a date of its own."""

    def dated(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "5"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")])
        return [b"hello"]

    with serving(dated) as port, connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = until_closed(connection, 5)
    assert answer.lower().count(b"\ndate: ") == 1
    assert b"1970" not in answer
