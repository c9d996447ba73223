"""HTTP/2 frames (RFC 9113), as far as unary gRPC calls over one connection need them.

Both ends of the load generator use them: with Python's gRPC, at 150 µs per call, we would measure the generator itself.
"""

from __future__ import annotations

import socket
from typing import NamedTuple

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK = END_STREAM = 1
END_HEADERS = 4
INITIAL_WINDOW_SIZE = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DEFAULT_WINDOW = 65_535
LARGEST_WINDOW = (1 << 31) - 1
MAX_DATA = 16_384
"""Bytes in a frame that every peer must accept."""
_HEAD = 9


class Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    payload: bytes


class Connection:
    """A socket for reading and writing frames."""

    def __init__(self, peer: socket.socket) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = peer
        self._input = peer.makefile("rb", 1 << 18)
        self.send = peer.sendall

    def read(self) -> Frame | None:
        """Read the next frame, acknowledging settings and pings; None at the end."""
        head = self._input.read(_HEAD)
        if len(head) < _HEAD:
            return None
        payload = self._input.read(int.from_bytes(head[:3], "big"))
        found = Frame(head[3], head[4], int.from_bytes(head[5:], "big"), payload)
        if found.kind in {SETTINGS, PING} and not found.flags & ACK:
            self.send(frame(found.kind, ACK, 0, payload if found.kind == PING else b""))
        return found

    def skip(self, size: int) -> None:
        self._input.read(size)

    def close(self) -> None:
        self._input.close()
        self._socket.close()


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def open_windows() -> bytes:
    """Frames that lift the peer's flow control limits."""
    settings = INITIAL_WINDOW_SIZE.to_bytes(2, "big") + LARGEST_WINDOW.to_bytes(4, "big")
    more = (LARGEST_WINDOW - DEFAULT_WINDOW).to_bytes(4, "big")
    return frame(SETTINGS, 0, 0, settings) + frame(WINDOW_UPDATE, 0, 0, more)


def window_of(settings: bytes) -> int | None:
    """The initial stream window from a SETTINGS payload, if present."""
    for at in range(0, len(settings), 6):
        if int.from_bytes(settings[at : at + 2], "big") == INITIAL_WINDOW_SIZE:
            return int.from_bytes(settings[at + 2 : at + 6], "big")
    return None


def literal(name: bytes, value: bytes) -> bytes:
    """Encode a header field without indexing or compression (RFC 7541, 6.2.2)."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value
