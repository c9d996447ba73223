"""Fixtures: an HTTP server in place of Jaeger, with configurable responses and a record of its requests."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Message
    body: bytes
    client: tuple[str, int]


@dataclass
class Upstream:
    url: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    body: bytes = b'{"data":["shop"]}'
    send: Callable[[BaseHTTPRequestHandler], None] | None = None
    """Answers by itself, instead of the above."""
    asked: list[Asked] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        upstream = self.server.upstream
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream.asked.append(Asked(self.command, self.path, self.headers, body, self.client_address))
        with suppress(ConnectionError):
            if upstream.send:
                upstream.send(self)
            else:
                self.answer(upstream)

    def do_POST(self) -> None:
        self.do_GET()

    def answer(self, upstream: Upstream) -> None:
        self.send_response(upstream.status)
        for name, value in upstream.headers.items():
            self.send_header(name, value)
        body = b"" if upstream.status == HTTPStatus.NOT_MODIFIED else upstream.body
        if body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - named by the base class
        pass


class Server(ThreadingHTTPServer):
    upstream: Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.upstream = Upstream(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.upstream
        server.shutdown()
        thread.join()
