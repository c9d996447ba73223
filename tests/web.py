"""HTTP servers in this process, for testing clients: one with well-formed responses, others with any bytes or none."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any


class Web:
    """An HTTP server on a free port; leaving the `with` block stops it.

    Args:
        answers: status and body of the responses, in order; the last one repeats.
    """

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.requests: list[str] = []
        """The paths that were asked for."""
        self.connections = 0
        self._go_on = threading.Event()
        self._go_on.set()
        self._answers = list(answers) or [(200, "")]
        self._server = self._make_server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Web:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def hang(self) -> None:
        """Do not answer until `release`."""
        self._go_on.clear()

    def release(self) -> None:
        self._go_on.set()

    def _make_server(self) -> ThreadingHTTPServer:
        web = self

        class Server(ThreadingHTTPServer):
            def get_request(self) -> tuple[socket.socket, Any]:
                web.connections += 1
                return super().get_request()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.requests.append(self.path)
                status, body = web._answers.pop(0) if len(web._answers) > 1 else web._answers[0]
                web._go_on.wait()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Server(("127.0.0.1", 0), Handler)


class Rude:
    """Reads one request per connection, sends some bytes and closes; leaving the `with` block stops it.

    Args:
        answers: the bytes to send, in order; the last ones repeat. Without any, it keeps connections open and silent.
    """

    def __init__(self, *answers: bytes) -> None:
        self.asked = threading.Event()
        self._answers = list(answers)
        self._silent: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Rude:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the accept()
        self._listener.close()
        self._thread.join(10)
        for connection in self._silent:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with suppress(ConnectionError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.recv(65_536)
        self.asked.set()
        if not self._answers:
            self._silent.append(connection)
            return
        with connection:
            connection.sendall(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])


class Endless:
    """Begins a response on each connection and continues until the client disconnects; leaving `with` stops it.

    Args:
        begin: the first bytes.
        drop: bytes to repeat after that; empty for none.
        pause: seconds after each drop; without drops, before the response.
    """

    def __init__(self, begin: bytes, drop: bytes, pause: float = 0) -> None:
        self.sent = 0
        """Bytes, as far as the system took them."""
        self.ended = threading.Event()
        """Set when the other side has left a connection."""
        self._begin, self._drop, self._pause = begin, drop, pause
        self._stopped = threading.Event()
        self._server = self._make_server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Endless:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _make_server(self) -> ThreadingTCPServer:
        endless = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    while self.request.recv(65_536):
                        endless._send(self.request)
                endless.ended.set()

        class Server(ThreadingTCPServer):
            daemon_threads = True

        return Server(("127.0.0.1", 0), Handler)

    def _send(self, connection: socket.socket) -> None:
        if not self._drop:
            self._stopped.wait(self._pause)
        connection.sendall(self._begin)
        while self._drop and not self._stopped.wait(self._pause):
            connection.sendall(self._drop)
            self.sent += len(self._drop)
