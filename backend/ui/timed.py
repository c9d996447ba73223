"""Response time: a limit for `requests` that covers the whole response, headers and body.

The library's own timeout applies to each read. A server that sends a byte now and then, even in the headers, or one
interim response after the other, could hold the connection forever.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any

from requests import Response
from requests.adapters import HTTPAdapter

_end: ContextVar[float] = ContextVar("end")
"""Deadline of the response that this thread waits for, by `time.monotonic()`."""


class TimedAdapter(HTTPAdapter):
    """
    Args:
        seconds: from the request to the end of the response.
    """

    def __init__(self, seconds: float, **options: Any) -> None:
        super().__init__(**options)
        self._seconds = seconds

    def send(self, *args: Any, **options: Any) -> Response:
        _end.set(time.monotonic() + self._seconds)
        return super().send(*args, **options)

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        if getattr(pool.ConnectionCls, "response_class", None) is not _TimedAnswer:
            pool.ConnectionCls = type("TimedConnection", (pool.ConnectionCls,), {"response_class": _TimedAnswer})
        return pool


class _TimedAnswer(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = BufferedReader(_Received(sock, self.fp.detach(), _end.get()))


class _Received(RawIOBase):
    """Reads from a socket until the deadline."""

    def __init__(self, sock: socket, received: RawIOBase, end: float) -> None:
        super().__init__()
        self._socket, self._received, self._end = sock, received, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()
