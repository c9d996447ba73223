"""The web server: uvicorn in a thread of this process. Its event loop owns the connections; no slow one holds a thread.

What uvicorn does not limit is limited here: the time for a request's head, and for a reader that takes nothing.
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
# For all of a head, which has 64 kB at most; as in server/hosting/.
HEAD_SECONDS = 5
HEAD_BYTES = 64 << 10
# A reader that takes no byte for so long loses its connection.
READER_SECONDS = 30
CHECK_SECONDS = 0.5
# Chunks of a body cost 4 us each, however small they are: a sender of these many has to put something in them.
SMALL_CHUNKS, SMALL_CHUNK_BYTES = 1_000, 16
# Read at a time, so that none of it holds up the other connections for more than 5 ms; asyncio's own 256 KiB would.
READ_BYTES = 32 << 10
# What a gRPC client begins with, and the frames it understands (RFC 9113): empty settings, and "go away" with a reason.
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n"
NOT_GRPC = b"this port speaks HTTP/1.1 and no gRPC; send OTLP/gRPC to port 4317 or 55678"
GO_AWAY = (
    b"\0\0\0\4\0\0\0\0\0" + (len(NOT_GRPC) + 8).to_bytes(3, "big") + b"\7\0\0\0\0\0" + bytes(7) + b"\x0d" + NOT_GRPC
)

_LOG = logging.getLogger(__name__)
logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # strangers' mistakes; the bridge logs our own


class WebServer:
    """Listens from the start, so that a busy port shows at once; answers from `start` on.

    Args:
        host: the name or address to listen on.
        port: 0 takes a free one.

    Raises:
        OSError: an address cannot be listened on.
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
            threads: requests that are worked on at once.
            max_body: bytes; of a larger body all is read, so that the sender sees the answer 413.
            refuse: says of a request's head why it is not answered; None where it is.
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
        """Take no more connections, let the requests under way end within that time, and close."""
        if self._server is None or self._thread is None or self._pool is None:
            for one in self._sockets:
                one.close()
            return
        self._server.config.timeout_graceful_shutdown = cast("Any", seconds)  # a float will do for asyncio
        self._server.should_exit = True
        self._thread.join(seconds + 1)
        self._pool.shutdown()


class Parser(h11.Connection):
    """h11's, which refuses a body of crumbs."""

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
    """A connection with a limit on the time that a head takes, and on how long nothing of an answer is taken."""

    _head_since: float | None = None
    _unread = 0, 0.0  # bytes that wait for the reader, and since when they have been as many

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = Parser(h11.SERVER, HEAD_BYTES)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so itself only for sockets that name TCP as their protocol. Without it an answer's body waits
        # 40 ms for the acknowledgement of its head.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.max_size = READ_BYTES  # type: ignore[attr-defined]
        self._head_since = time.monotonic() + IDLE_SECONDS - HEAD_SECONDS  # nothing has been sent of it yet

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
        """Whether a request has begun and has not come in whole."""
        return self._is_answering() and self.cycle.more_body

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


class _Server(uvicorn.Server):
    """uvicorn's server, which also looks for connections that take too long."""

    async def main_loop(self) -> None:
        watch = asyncio.create_task(self._end_overdue())
        await super().main_loop()
        watch.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for no request that has not come in whole, and leave no connection open."""
        for connection in self._connections():
            if connection.is_receiving():
                connection.transport.abort()
        await super().shutdown(sockets)
        for connection in self._connections():
            connection.transport.abort()
        await asyncio.sleep(0)  # in which the loop closes them

    def _connections(self) -> list[Connection]:
        return cast("list[Connection]", list(self.server_state.connections))

    async def _end_overdue(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            now = time.monotonic()
            for connection in self._connections():
                connection.end_if_overdue(now)
