"""Steady: requests at a set rate, each sent when it is due, whatever became of those before it.

wrk waits for each answer, so a server that pauses is asked less meanwhile. Here the time from the moment when a request
was due counts, also of one that found no free connection. A request takes the sender 0.1 ms of processor time.
"""

from __future__ import annotations

import gc
import socket
import time
from collections import deque
from contextlib import ExitStack, contextmanager
from select import select
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.figure import percentile
from bench.serving.wrk import Burst

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTIONS = 64
"""At 1,000 requests a second all of them are under way where each answer takes 64 ms."""
ANSWER = b"Hello, World!"
READ_BYTES = 4096
LIMIT_SECONDS = 10


def burst(url: str, seconds: float, rate: float) -> Burst:
    """Send so many requests a second; each is answered when this returns.

    Raises:
        RuntimeError: a request failed, or was not answered in time.
    """
    address = urlsplit(url)
    target = address.hostname or "", address.port or 80
    with ExitStack() as stack, no_collection():
        connections = [stack.enter_context(socket.create_connection(target)) for _ in range(CONNECTIONS)]
        began = time.monotonic()
        waits = _Sender(connections, f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()).send(
            round(seconds * rate), rate
        )
        took = time.monotonic() - began
    return Burst(len(waits), took, percentile(waits, 50), percentile(waits, 99), percentile(waits, 99.9))


@contextmanager
def no_collection() -> Iterator[None]:
    """The garbage collector's pauses would be taken for the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Sender:
    """One thread for all connections: it sleeps until a request is due or an answer is there."""

    def __init__(self, connections: list[socket.socket], request: bytes) -> None:
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._free = deque(connections)
        self._due: dict[socket.socket, float] = {}  # of the request that is under way on it
        self._received: dict[socket.socket, bytes] = {}
        self._waits: list[float] = []

    def send(self, count: int, rate: float) -> list[float]:
        """Seconds from due to answered, of each request."""
        began, sent = time.monotonic(), 0
        while len(self._waits) < count:
            now = time.monotonic()
            while sent < count and self._free and (due := began + sent / rate) <= now:
                self._ask(due)
                sent += 1
            pause = LIMIT_SECONDS if sent == count or not self._free else began + sent / rate - time.monotonic()
            ready, _, _ = select(self._due, (), (), max(0, pause))
            for connection in ready:
                self._read(connection)
            if not ready and pause == LIMIT_SECONDS:
                raise RuntimeError(f"{len(self._due)} requests got no answer in {LIMIT_SECONDS} s")
        return self._waits

    def _ask(self, due: float) -> None:
        connection = self._free.popleft()
        connection.sendall(self._request)
        self._due[connection] = due

    def _read(self, connection: socket.socket) -> None:
        data = connection.recv(READ_BYTES)
        whole = self._received.pop(connection, b"") + data
        if not data or not whole.startswith(b"HTTP/1.1 200 "[: len(whole)]):
            raise RuntimeError(f"not the answer that is wanted: {whole!r}")
        if not whole.endswith(ANSWER):
            self._received[connection] = whole
            return
        self._waits.append(time.monotonic() - self._due.pop(connection))
        self._free.append(connection)
