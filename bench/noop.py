"""`python -m bench.noop PORT`: accepts every gRPC call and does nothing, to measure the senders' maximum rate."""

from __future__ import annotations

import socket
import sys
import threading

from bench.http2 import (
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    PREFACE,
    Connection,
    frame,
    literal,
    open_windows,
)

_STATUS_200 = b"\x88"  # the static table's
_HEAD = _STATUS_200 + literal(b"content-type", b"application/grpc")
_EMPTY_MESSAGE = bytes(5)
_TRAILERS = literal(b"grpc-status", b"0")


def main() -> None:
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        print("ready", flush=True)
        while True:
            peer, _ = server.accept()
            threading.Thread(target=answer_all, args=(Connection(peer),), daemon=True).start()


def answer_all(connection: Connection) -> None:
    connection.skip(len(PREFACE))
    connection.send(open_windows())
    while request := connection.read():
        if request.kind == DATA and request.flags & END_STREAM:
            stream = request.stream
            connection.send(
                frame(HEADERS, END_HEADERS, stream, _HEAD)
                + frame(DATA, 0, stream, _EMPTY_MESSAGE)
                + frame(HEADERS, END_HEADERS | END_STREAM, stream, _TRAILERS)
            )


if __name__ == "__main__":
    main()
