"""The session: bounds each request's time and the bytes it reads, whatever the server sends."""

from __future__ import annotations

import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import HTTPError

SECONDS = 10  # for a request including its redirects
BODY_BYTES = 1 << 20  # the body is read only to keep the connection alive
# The server closes connections idle for 5 s, possibly just as the next request goes out. Like Go's client, retry once
# on a new connection.
ONCE_MORE = Retry(1, connect=0)


class BoundedSession(requests.Session):
    """Makes one request at a time; not thread-safe."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(max_retries=ONCE_MORE))

    def request(self, *args: Any, **options: Any) -> requests.Response:
        _Answer.end = time.monotonic() + SECONDS
        return super().request(*args, **options)


class _Adapter(HTTPAdapter):
    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        if getattr(pool.ConnectionCls, "response_class", None) is not _Answer:
            pool.ConnectionCls = type("Connection", (pool.ConnectionCls,), {"response_class": _Answer})
        return pool

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = super().send(request, *args, **options | {"stream": True})
        left = BODY_BYTES
        try:
            # Not decompressed: that could be a thousand times the size.
            while left and (piece := response.raw.read(left, decode_content=False)):
                left -= len(piece)
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from error
        if not left:
            response.raw.close()
        return response


class _Answer(HTTPResponse):
    end = 0.0

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = BufferedReader(_Received(sock, self.fp.detach()))


class _Received(RawIOBase):
    """Enforces the total time limit. The library's timeout is per read, which a trickling server never exceeds."""

    def __init__(self, sock: socket, received: RawIOBase) -> None:
        self._socket, self._received = sock, received

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _Answer.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(min(left, self._socket.gettimeout() or left))
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()
