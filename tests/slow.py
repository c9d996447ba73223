"""Connections of slow clients: their requests never end, or they do not read the responses."""

from __future__ import annotations

import socket
from contextlib import suppress

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def slow_head(port: int) -> socket.socket:
    connection = connect(port)
    connection.sendall(HEAD)
    return connection


def slow_body(port: int, path: str = "/") -> socket.socket:
    connection = connect(port)
    connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{{".encode())
    return connection


def slow_reader(port: int) -> socket.socket:
    """Send 20,000 requests, read none of the 1.8 MB of responses, and have no buffer for them."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before connecting, or it has no effect
    connection.connect(("127.0.0.1", port))
    connection.settimeout(0.05)
    with suppress(OSError):
        for _ in range(10):
            connection.sendall((HEAD + b"\r\n") * 2_000)
    return connection


def waiting_reader(port: int) -> socket.socket:
    """Send five requests and read no response."""
    connection = connect(port)
    connection.sendall((HEAD + b"\r\n") * 5)
    return connection
