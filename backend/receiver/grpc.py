"""OTLP over gRPC: one service per signal, plus gRPC's standard health service.

An event loop receives messages; threads decode and store complete ones that have more than a few spans. So a slow
client, or one that stalls in the middle of a message, blocks no others.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from backend.codec.otlp import DecodedRequest, MalformedRequestError, decode
from backend.receiver.compression import TooLargeError
from backend.receiver.signals import LOGS, METRICS, Dropped, Signal
from backend.receiver.turns import in_turn, take
from backend.store.errors import StoreError
from backend.store.store import Store
from backend.web.listening import TRIES, addresses_of, probe
from backend.web.threads import DaemonPool

SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
# Each one waits for a commit; requests that arrive meanwhile go into the next one.
THREADS = 16
# Messages that may wait for a thread; beyond it, clients get UNAVAILABLE and retry.
WAITING = 256
# Time to receive a whole message: a slow line of 1 Mbit/s takes 20 s for 2.5 MB.
MESSAGE_SECONDS = 20
# Decode messages up to this size in the event loop, which takes up to 3 ms. An SDK's batch of 512 spans has 140 kB.
HERE_BYTES = 256 << 10
STREAMS_OF_A_CONNECTION = 100
# Concurrent calls on all connections; messages being received are in memory.
CALLS = 1_000
END_SECONDS = 0.25  # for the tasks of gRPC after the stop, and again once they are cancelled
HANDSHAKE_MS = 10_000
IDLE_MS = 300_000
METADATA_BYTES = 16 << 10

T = TypeVar("T")
Take = Callable[[bytes], Coroutine[Any, Any, bytes]]
"""Stores a message and returns the response; raises MalformedRequestError or StoreError."""


class GrpcReceiver:
    """Binds its ports on construction, so that a busy port fails early; responds after `start`.

    Args:
        host: the name or address to listen on.
        ports: 0 picks a free one.
        max_message: bytes in a request, after decompression.

    Raises:
        OSError: listening failed.
    """

    def __init__(self, host: str, ports: Sequence[int], max_message: int) -> None:
        for port in ports:  # raises a proper error for a bad address; gRPC only logs its own to stderr
            probe(host, port)
        self._options = [
            ("grpc.so_reuseport", 0),  # by default, gRPC shares a busy port and gets only some of the requests
            ("grpc.max_receive_message_length", max_message),
            ("grpc.max_concurrent_streams", STREAMS_OF_A_CONNECTION),
            ("grpc.max_metadata_size", METADATA_BYTES),
            ("grpc.max_connection_idle_ms", IDLE_MS),
            ("grpc.server_handshake_timeout_ms", HANDSHAKE_MS),
        ]
        self._pool = DaemonPool(THREADS, "otlp-grpc")
        self._waiting = 0
        self._ended: deque[tuple[asyncio.Future[None], Future[None]]] = deque()
        self._told = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="grpc", daemon=True)
        self._thread.start()
        self._health: Any = None
        self._server: Any = None
        try:
            self.ports = self._run(self._listen(addresses_of(host), ports))
        except RuntimeError as problem:
            self._end_loop()
            raise OSError(errno.EADDRINUSE, str(problem)) from problem

    def start(self, store: Store, dropped: Dropped | None = None) -> None:
        """
        Args:
            dropped: counts metrics and logs.
        """
        self._run(self._start(store, dropped or Dropped()))

    def stop(self, seconds: float) -> None:
        """Stop accepting requests, and abort those still running after that many seconds."""
        self._run(self._stop(seconds))
        self._end_loop()
        self._pool.shutdown()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self, addresses: Sequence[str], ports: Sequence[int]) -> list[int]:
        tries = TRIES if 0 in ports else 1
        while True:
            tries -= 1
            self._server = grpc.aio.server(options=self._options, maximum_concurrent_rpcs=CALLS)
            try:
                return [self._listen_at(addresses, port) for port in ports]
            except RuntimeError:  # the port is free on the first address but not on this one
                await self._server.stop(0)
                if not tries:
                    raise

    def _listen_at(self, addresses: Sequence[str], port: int) -> int:
        for address in addresses:
            at = f"[{address}]" if ":" in address else address
            port = self._server.add_insecure_port(f"{at}:{port}")
        return port

    async def _start(self, store: Store, dropped: Dropped) -> None:
        takes: dict[str, Take] = {SERVICE: self._store(store)}
        for signal in (METRICS, LOGS):
            takes[signal.service] = self._drop(dropped, signal)
        # Raw bytes in and out: if gRPC decoded messages itself, it would answer INTERNAL to malformed ones. Declared as
        # a stream, although it carries one message, so that we can start a timer before the message arrives.
        handlers = [
            grpc.method_handlers_generic_handler(
                service, {"Export": grpc.stream_unary_rpc_method_handler(self._export(take))}
            )
            for service, take in takes.items()
        ]
        self._server.add_generic_rpc_handlers(tuple(handlers))
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        for service in ("", SERVICE):
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)
        await self._server.start()

    async def _stop(self, seconds: float) -> None:
        if self._health:
            await self._health.enter_graceful_shutdown()
        await self._server.stop(seconds)
        # gRPC's tasks of calls that end just now: if the loop ended first, it would log a traceback for each.
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=END_SECONDS)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=END_SECONDS)

    def _export(self, take: Take) -> Callable[[AsyncIterator[bytes], Any], Coroutine[Any, Any, bytes]]:
        async def export(_: AsyncIterator[bytes], context: Any) -> bytes:
            body = await self._message(context)
            if self._waiting >= WAITING:
                # Not RESOURCE_EXHAUSTED, which clients retry only with a RetryInfo.
                await context.abort(grpc.StatusCode.UNAVAILABLE, f"{WAITING} requests are waiting; try again")
            try:
                return await take(body)
            except MalformedRequestError as problem:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(problem))
            except StoreError as problem:  # clients retry
                await context.abort(grpc.StatusCode.UNAVAILABLE, str(problem))
            raise AssertionError("abort raises")

        return export

    async def _message(self, context: Any) -> bytes:
        """Read the call's message; abort the call if it does not arrive in time."""
        task = asyncio.current_task()
        late = self._loop.call_later(MESSAGE_SECONDS, task.cancel) if task else None  # costs a third of wait_for
        try:
            body = await context.read()  # cheaper than the iterator of messages
        except asyncio.CancelledError:
            if late is None or self._loop.time() < late.when():
                raise
            await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, f"no message within {MESSAGE_SECONDS} s")
        finally:
            if late:
                late.cancel()
        if isinstance(body, bytes):
            return body
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no message")
        raise AssertionError("abort raises")

    def _store(self, store: Store) -> Take:
        async def take(body: bytes) -> bytes:
            if len(body) > HERE_BYTES:
                return await self._in_thread(partial(_take, store, body))
            request = decode(body)
            await self._committed(store.submit(request.body, request.spans))
            return _answer(request)

        return take

    def _committed(self, stored: Future[None]) -> asyncio.Future[None]:
        """Like asyncio.wrap_future, but all requests of one commit wake the event loop once."""
        waiting = self._loop.create_future()
        self._waiting += 1

        def end(stored: Future[None]) -> None:  # runs in the store's thread
            self._ended.append((waiting, stored))
            if not self._told:
                self._told = True
                with suppress(RuntimeError):  # the loop has stopped, and its calls with it
                    self._loop.call_soon_threadsafe(self._tell)

        stored.add_done_callback(end)
        return waiting

    def _tell(self) -> None:
        self._told = False
        while self._ended:
            waiting, stored = self._ended.popleft()
            self._waiting -= 1
            if waiting.done():
                continue  # the client has disconnected
            if problem := stored.exception():
                waiting.set_exception(problem)
            else:
                waiting.set_result(None)

    def _in_thread(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Run in the pool. If the client disconnects, its call ends but not the work, which counts until it is done."""
        self._waiting += 1
        ended = self._loop.run_in_executor(self._pool, work)
        ended.add_done_callback(self._end_work)
        return asyncio.shield(ended)

    def _end_work(self, ended: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not ended.cancelled():
            ended.exception()  # mark as retrieved; the client gets the error, if still there

    def _drop(self, dropped: Dropped, signal: Signal) -> Take:
        async def take(body: bytes) -> bytes:
            count = partial(dropped.take, signal)
            await self._in_thread(partial(in_turn, len(body), partial(_no_more_than, body), count))
            return b""

        return take


def _take(store: Store, body: bytes) -> bytes:
    return _answer(take(store, len(body), partial(_no_more_than, body), decode))


def _answer(request: DecodedRequest) -> bytes:
    return request.response().SerializeToString() if request.rejected else b""


def _no_more_than(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLargeError(f"more than {limit} bytes")
    return body
