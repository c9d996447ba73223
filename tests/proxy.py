"""A TCP proxy in front of a local port, as a network that a test can cut, stall and heal."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

# With a linger of 0 s, close() sends a reset and discards unsent data.
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards bytes between its own port and `target`, in both directions.

    Leaving the `with` block closes all connections.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._flowing = threading.Event()
        self._connections: list[Connection] = []
        self._listener: socket.socket | None = None
        self.heal()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sent(self) -> int:
        """Bytes received for the target, on all connections since the last cut."""
        return sum(connection.sent for connection in self._connections)

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.cut()

    def cut(self) -> None:
        """Reset all connections and refuse new ones."""
        if self._listener:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept()
            self._listener.close()
            self._listener = None
        for connection in self._connections:
            connection.reset()
        self._connections.clear()

    def stall(self) -> None:
        """Forward nothing. Accepts new connections, but they stay silent."""
        self._flowing.clear()
        self._listen()

    def forget(self) -> None:
        """Act like a firewall that lost its state: existing connections stay silent forever, new ones work."""
        self._flowing.clear()
        self._flowing = threading.Event()
        self._flowing.set()

    def heal(self) -> None:
        """Accept connections, and forward what was held back."""
        self._flowing.set()
        self._listen()

    def _listen(self) -> None:
        if not self._listener:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listener.getsockname()[1]
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed by cut()
            while True:
                near, _ = listener.accept()
                connection = Connection(near, self._target, self._flowing)
                self._connections.append(connection)
                connection.start()


class Connection(threading.Thread):
    """One connection through the proxy, with its counterpart to the target."""

    def __init__(self, near: socket.socket, target: int, flowing: threading.Event) -> None:
        super().__init__(daemon=True)
        self._sockets = [near]
        self._target = target
        self._flowing = flowing
        self._closed = False
        self.sent = 0

    def reset(self) -> None:
        self._closed = True
        self._flowing.set()
        for end in self._sockets:
            with suppress(OSError):  # closed already
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RD)  # wakes the thread in recv(); the peer does not notice

    def run(self) -> None:
        with ExitStack() as sockets:
            (near,) = self._sockets
            sockets.enter_context(near)
            self._flowing.wait()
            with suppress(OSError):
                far = sockets.enter_context(socket.create_connection(("127.0.0.1", self._target)))
                self._sockets.append(far)
                back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
                back.start()
                self._pass(near, far)
                back.join()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source is self._sockets[0]:
                    self.sent += len(data)
                self._flowing.wait()
                if self._closed:
                    return
                sink.sendall(data)
        if not self._closed:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
