"""OTLP over gRPC: the trace service, and gRPC's standard health service beside it."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from backend.codec.otlp import MalformedRequestError, decode
from backend.store.errors import StoreError
from backend.store.store import Store
from backend.web.server import listen

SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
# Each waits for a commit; what arrives meanwhile makes up the next one.
THREADS = 16
# Bounds what waits in memory; more of it is told RESOURCE_EXHAUSTED.
CONCURRENT_REQUESTS = 256


class GrpcReceiver:
    """Listens from the start, so that a busy port shows at once; answers from `start` on.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.
        max_message: bytes of a request, compressed or not.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(self, host: str, port: int, max_message: int) -> None:
        self._health = health.HealthServicer()
        self._server = grpc.server(
            ThreadPoolExecutor(THREADS, thread_name_prefix="otlp-grpc"),
            # By default gRPC shares a busy port and gets some of the requests only.
            options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", max_message)],
            maximum_concurrent_rpcs=CONCURRENT_REQUESTS,
        )
        listen(host, port).close()  # raises what is wrong with the address: gRPC writes that to stderr in its own words
        try:
            self.port = self._server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        except RuntimeError as problem:
            raise OSError(errno.EADDRINUSE, str(problem)) from problem

    def start(self, store: Store) -> None:
        # Bytes in and bytes out: gRPC would answer INTERNAL to what it cannot decode by itself.
        export: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(
            lambda body, context: _export(store, body, context)
        )
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Export": export}),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        for service in ("", SERVICE):
            self._health.set(service, health_pb2.HealthCheckResponse.SERVING)
        self._server.start()

    def stop(self, seconds: float) -> None:
        """Take no more requests, and break off what is still under way after that time."""
        self._health.enter_graceful_shutdown()
        self._server.stop(seconds).wait()


def _export(store: Store, body: bytes, context: grpc.ServicerContext) -> bytes:
    try:
        request = decode(body)
    except MalformedRequestError as problem:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(problem))
    try:
        store.append(request.body, request.spans)
    except StoreError as problem:
        context.abort(grpc.StatusCode.UNAVAILABLE, str(problem))  # which a client tries again
    return request.response().SerializeToString() if request.rejected else b""
