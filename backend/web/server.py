"""The web server: waitress in a thread of this process, stopped without waiting for clients that hang."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A client that is silent for longer loses its connection.
IDLE_SECONDS = 30
CONNECTIONS = 1_000


class WebServer:
    """Listens from the start, so that a busy port shows at once; answers from `start` on.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(self, host: str, port: int) -> None:
        self._socket = listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._sockets: dict[int, Any] = {}
        self._server: Any = None  # a TcpWSGIServer; its stubs lack what is used here
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self, app: WSGIApplication, threads: int, max_body: int) -> None:
        """
        Args:
            threads: requests that are worked on at once.
            max_body: bytes; beyond it waitress itself answers 413.
        """
        self._server = create_server(
            app,
            map=self._sockets,
            sockets=[self._socket],
            threads=threads,
            max_request_body_size=max_body,
            channel_timeout=IDLE_SECONDS,
            connection_limit=CONNECTIONS,
            ident=None,
        )
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Take no more connections, let the requests under way end within that time, and close."""
        server = self._server
        if not server:
            self._socket.close()
            return
        deadline = time.monotonic() + seconds
        server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(server))
        server.task_dispatcher.shutdown(timeout=seconds)
        while time.monotonic() < deadline and any(c.total_outbufs_len for c in list(server.active_channels.values())):
            time.sleep(0.01)
        if server.task_dispatcher.threads:
            # The rest stays open: the request still under way writes to the trigger's descriptor, which might be
            # another file's by then.
            return
        self._ending = True
        server.pull_trigger()
        self._thread.join()
        wasyncore.close_all(self._sockets)

    def _run(self) -> None:
        while not self._ending:
            wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: the address cannot be listened on.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family)
