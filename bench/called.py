"""A sender that makes gRPC calls like an SDK's exporter, with pre-serialised bytes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc

from bench.framed import PATH

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_SECONDS = 60


class CallingSender:
    """One channel.

    Args:
        port: of the local receiver.
        at_once: concurrent calls, each in its own thread.
    """

    def __init__(self, port: int, at_once: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        grpc.channel_ready_future(self._channel).result(TIMEOUT_SECONDS)
        self._call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(PATH.decode())
        self._threads = ThreadPoolExecutor(at_once)
        self._at_once = at_once

    def send_all(self, bodies: Sequence[bytes]) -> None:
        """Send all; returns once every one is acknowledged.

        Raises:
            grpc.RpcError: one was not.
        """
        each = -(-len(bodies) // self._at_once)
        parts = [bodies[at : at + each] for at in range(0, len(bodies), each)]
        list(self._threads.map(self._send, parts))

    def close(self) -> None:
        self._threads.shutdown()
        self._channel.close()

    def _send(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self._call(body, timeout=TIMEOUT_SECONDS)
