"""A sender that writes gRPC frames itself, with several concurrent calls.

A call costs about 17 µs of processor time, compared with 150 for Python's gRPC client.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bench.http2 import (
    DATA,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    MAX_DATA,
    PREFACE,
    RESET,
    SETTINGS,
    WINDOW_UPDATE,
    Connection,
    frame,
    literal,
    open_windows,
    window_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = b"/opentelemetry.proto.collector.trace.v1.TraceService/Export"
_POST_HTTP = b"\x83\x86"  # the static table's :method and :scheme
TIMEOUT_SECONDS = 60


class FramedSender:
    """One connection.

    Args:
        port: of the local receiver.
        at_once: concurrent calls.
    """

    def __init__(self, port: int, at_once: int) -> None:
        self._connection = Connection(socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS))
        self._connection.send(PREFACE + open_windows())
        self._at_once = at_once
        self._under_way = 0
        self._stream = 1
        self._answered: set[int] = set()
        self._credit = DEFAULT_WINDOW
        self._stream_window = self._stream_credit = DEFAULT_WINDOW
        authority = f"127.0.0.1:{port}".encode()
        self._headers = (
            _POST_HTTP
            + b"\x04" + bytes((len(PATH),)) + PATH
            + b"\x01" + bytes((len(authority),)) + authority
            + literal(b"te", b"trailers")
            + literal(b"content-type", b"application/grpc")
        )  # fmt: skip
        while not self._handle_next():  # until the receiver's settings arrive
            pass

    def send_all(self, bodies: Sequence[bytes]) -> None:
        """Send all; returns once every one is acknowledged.

        Raises:
            ConnectionError: one was not.
        """
        for body in bodies:
            while self._under_way >= self._at_once:
                self._handle_next()
            self._send(body)
        while self._under_way:
            self._handle_next()

    def close(self) -> None:
        self._connection.close()

    def _send(self, body: bytes) -> None:
        message = b"\x00" + len(body).to_bytes(4, "big") + body
        head = frame(HEADERS, END_HEADERS, self._stream, self._headers)
        self._stream_credit = self._stream_window
        self._under_way += 1
        at = 0
        while at < len(message):
            size = min(len(message) - at, MAX_DATA, self._credit, self._stream_credit)
            if size <= 0:
                self._handle_next()
                continue
            last = END_STREAM if at + size == len(message) else 0
            self._connection.send(head + frame(DATA, last, self._stream, message[at : at + size]))
            head = b""
            at += size
            self._credit -= size
            self._stream_credit -= size
        self._stream += 2

    def _handle_next(self) -> bool:
        """Handle the next frame; return whether it was the receiver's settings."""
        found = self._connection.read()
        if found is None or found.kind in {RESET, GOAWAY}:
            raise ConnectionError(f"the receiver ended the call: {found}")
        if found.kind == WINDOW_UPDATE:
            more = int.from_bytes(found.payload, "big")
            if not found.stream:
                self._credit += more
            elif found.stream == self._stream:
                self._stream_credit += more
        elif found.kind == SETTINGS and (window := window_of(found.payload)) is not None:
            self._stream_credit += window - self._stream_window
            self._stream_window = window
        elif found.kind == DATA:
            self._answered.add(found.stream)
        elif found.kind == HEADERS and found.flags & END_STREAM:
            if found.stream not in self._answered:  # only errors have no message
                raise ConnectionError("the receiver answered with an error")
            self._answered.remove(found.stream)
            self._under_way -= 1
        return found.kind == SETTINGS
