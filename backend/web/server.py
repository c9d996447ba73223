"""The web server: uvicorn in a thread. Its event loop owns the connections, so a slow client holds no thread.

It adds limits that uvicorn lacks: the time to receive the request head, and how long a client may stop reading.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from backend.web.listening import CONNECTIONS, listen
from backend.web.threads import DaemonPool
from backend.web.wsgi import Bridge, Refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

IDLE_SECONDS = 30
# For the whole request head, at most 64 kB; as in server/hosting/.
HEAD_SECONDS = 5
HEAD_BYTES = 64 << 10
# Drop a client that reads nothing for this long.
READER_SECONDS = 30
CHECK_SECONDS = 0.5
# Each body chunk costs 4 us, however small. Beyond this many chunks, require this average size.
SMALL_CHUNKS, SMALL_CHUNK_BYTES = 1_000, 16
# Bytes per read, so that no read delays the other connections by more than 5 ms, as asyncio's default of 256 KiB would.
READ_BYTES = 32 << 10
# A gRPC client's first bytes, and a reply it understands (RFC 9113): an empty SETTINGS frame, GOAWAY with a reason.
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n"
NOT_GRPC = b"this port speaks HTTP/1.1 and no gRPC; send OTLP/gRPC to port 4317 or 55678"
GO_AWAY = (
    b"\0\0\0\4\0\0\0\0\0" + (len(NOT_GRPC) + 8).to_bytes(3, "big") + b"\7\0\0\0\0\0" + bytes(7) + b"\x0d" + NOT_GRPC
)

_LOG = logging.getLogger(__name__)
logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # logs clients' errors; the bridge logs ours


class WebServer:
    """Binds its port on construction, so that a busy port fails early; responds after `start`.

    Args:
        host: the name or address to listen on.
        port: 0 picks a free one.

    Raises:
        OSError: listening failed.
    """

    def __init__(self, host: str, port: int) -> None:
        self._sockets = listen(host, port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._pool: DaemonPool | None = None

    def start(self, app: WSGIApplication, threads: int, max_body: int, refuse: Refuse | None = None) -> None:
        """
        Args:
            threads: concurrent requests.
            max_body: bytes; a larger body is read to its end, so that the sender sees the 413 response.
            refuse: given a request's headers, returns the reason to reject it, or None.
        """
        self._pool = DaemonPool(threads, f"web-{self.port}")
        config = uvicorn.Config(
            cast("Any", Bridge(app, self._pool, max_body, refuse)),
            http=Connection,
            loop="asyncio",
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE_SECONDS,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, args=(self._sockets,), name="web", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Stop accepting, give requests in flight that many seconds to finish, and close."""
        if self._server is None or self._thread is None or self._pool is None:
            for one in self._sockets:
                one.close()
            return
        self._server.config.timeout_graceful_shutdown = cast("Any", seconds)  # asyncio accepts a float
        self._server.should_exit = True
        self._thread.join(seconds + 1)
        self._pool.shutdown()


class Parser(h11.Connection):
    """h11's parser, but it rejects bodies made of tiny chunks."""

    _chunks = _bytes = 0

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._chunks += 1
            self._bytes += len(event.data)
            if self._chunks > SMALL_CHUNKS and self._bytes < self._chunks * SMALL_CHUNK_BYTES:
                raise h11.RemoteProtocolError(f"chunks of less than {SMALL_CHUNK_BYTES} bytes")
        return event


class Connection(H11Protocol):
    """A connection with time limits for receiving the request head and for a client that stops reading."""

    _head_since: float | None = None
    _unread = 0, 0.0  # unsent bytes, and since when that number has not changed

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = Parser(h11.SERVER, HEAD_BYTES)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio sets this only on sockets created with protocol TCP. Without it, a response body waits 40 ms for the
        # ACK of the response head.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.max_size = READ_BYTES  # type: ignore[attr-defined]
        self._head_since = time.monotonic() + IDLE_SECONDS - HEAD_SECONDS  # no bytes received yet

    def data_received(self, data: bytes) -> None:
        if self.cycle is None and data.startswith(HTTP2_PREFACE):
            _LOG.warning("gRPC came to the port of HTTP; send OTLP/gRPC to port 4317 or 55678")
            self.transport.write(GO_AWAY)
            self.transport.close()
            return
        if not self._is_answering():
            self._head_since = min(self._head_since or time.monotonic(), time.monotonic())
        super().data_received(data)
        if self._is_answering():
            self._head_since = None

    def end_if_overdue(self, now: float) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting != self._unread[0]:
            self._unread = waiting, now
        if (waiting and now - self._unread[1] > READER_SECONDS) or (
            self._head_since is not None and not self._is_answering() and now - self._head_since > HEAD_SECONDS
        ):
            self.transport.abort()

    def is_receiving(self) -> bool:
        """Whether a request has started but is incomplete."""
        return self._is_answering() and self.cycle.more_body

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


class _Server(uvicorn.Server):
    """uvicorn's server, which also closes overdue connections."""

    async def main_loop(self) -> None:
        watch = asyncio.create_task(self._end_overdue())
        await super().main_loop()
        watch.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop incomplete requests instead of waiting for them, and close every connection."""
        for connection in self._connections():
            if connection.is_receiving():
                connection.transport.abort()
        await super().shutdown(sockets)
        for connection in self._connections():
            connection.transport.abort()
        await asyncio.sleep(0)  # lets the loop close them

    def _connections(self) -> list[Connection]:
        return cast("list[Connection]", list(self.server_state.connections))

    async def _end_overdue(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            now = time.monotonic()
            for connection in self._connections():
                connection.end_if_overdue(now)
