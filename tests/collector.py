"""A collector in this process: a real gRPC server that accepts OTLP traces, and fails on demand."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from grpc import StatusCode
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.proto.trace.v1.trace_pb2 import Span

STOP_SECONDS = 10
# gRPC's bitset of compressions: identity only.
NO_COMPRESSION = ("grpc.compression_enabled_algorithms_bitset", 0b001)


class FakeCollector(trace_service_pb2_grpc.TraceServiceServicer):
    """Accepts OTLP traces on a free port; leaving the `with` block stops it.

    Args:
        answers: the statuses of the first exports, in order; later ones get OK.
        forward_to: the port of another collector; exports go there before they get OK.
        credentials: for TLS.
        token: the bearer token that an export must have.
        takes_gzip: whether to accept compressed exports.
    """

    def __init__(
        self,
        answers: Iterable[StatusCode] = (),
        *,
        forward_to: int | None = None,
        credentials: grpc.ServerCredentials | None = None,
        token: str | None = None,
        takes_gzip: bool = True,
    ) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        """What was asked, whatever the answer was."""
        self.arrivals: list[float] = []
        """When, by `time.monotonic()`."""
        self.metadata: list[dict[str, str | bytes]] = []
        self.peers: list[str] = []
        self.taken: list[ExportTraceServiceRequest] = []
        """What was answered with OK."""
        self.port = 0
        self.hanging = threading.Semaphore(0)
        """Released once for each export that begins to hang."""
        self._answers = iter(answers)
        self._details = "as told"
        self._trailer: tuple[str, bytes] | None = None
        self._rejected = ExportTracePartialSuccess()
        self._forward_to = forward_to
        self._credentials = credentials
        self._token = token
        self._options = [("grpc.so_reuseport", 0), *([] if takes_gzip else [NO_COMPRESSION])]
        self._go_on = threading.Event()
        self._go_on.set()
        self._lock = threading.Lock()
        self._server: grpc.Server | None = None

    @property
    def endpoint(self) -> str:
        return f"{'https' if self._credentials else 'http'}://127.0.0.1:{self.port}"

    @property
    def spans(self) -> list[Span]:
        """The accepted spans."""
        return [
            span
            for request in self.taken.copy()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def span_names(self) -> list[str]:
        return [span.name for span in self.spans]

    def __enter__(self) -> FakeCollector:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; later calls reuse the same port."""
        server = grpc.server(ThreadPoolExecutor(8), options=self._options)
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, server)  # type: ignore[no-untyped-call]
        address = f"127.0.0.1:{self.port}"
        if self._credentials:
            self.port = server.add_secure_port(address, self._credentials)
        else:
            self.port = server.add_insecure_port(address)
        server.start()
        self._server = server

    def stop(self) -> None:
        """Abort hanging calls and close the port."""
        if self._server:
            stopped = self._server.stop(grace=None)
            self.release()
            assert stopped.wait(STOP_SECONDS)
            self._server = None

    def answer(
        self,
        *answers: StatusCode,
        details: str = "as told",
        retry_delay: float | None = None,
        delay_in: str = "grpc-status-details-bin",
        trailer: tuple[str, bytes] | None = None,
    ) -> None:
        """Answer the next exports with these statuses and retry delays in seconds; later ones get OK."""
        with self._lock:
            self._answers, self._details = iter(answers), details
            self._trailer = trailer if retry_delay is None else (delay_in, retry_info(retry_delay, delay_in))

    def reject(self, spans: int, message: str) -> None:
        """From now on, report that many rejected spans for each export."""
        self._rejected = ExportTracePartialSuccess(rejected_spans=spans, error_message=message)

    def hang(self) -> None:
        """Do not answer until `release`."""
        self._go_on.clear()

    def release(self) -> None:
        self._go_on.set()

    def Export(  # noqa: N802
        self, request: ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> ExportTraceServiceResponse:
        metadata = dict(context.invocation_metadata())
        with self._lock:
            self.requests.append(request)
            self.arrivals.append(time.monotonic())
            self.metadata.append(metadata)
            self.peers.append(context.peer())
            answer = next(self._answers, StatusCode.OK)
        if self._token and metadata.get("authorization") != f"Bearer {self._token}":
            answer = StatusCode.UNAUTHENTICATED
        if not self._go_on.is_set():
            self.hanging.release()
            self._go_on.wait()
        if answer is not StatusCode.OK:
            if self._trailer:
                context.set_trailing_metadata((self._trailer,))
            context.abort(answer, self._details)
        if self._forward_to:
            with grpc.insecure_channel(f"127.0.0.1:{self._forward_to}") as channel:
                stub = trace_service_pb2_grpc.TraceServiceStub(channel)  # type: ignore[no-untyped-call]
                stub.Export(request, timeout=STOP_SECONDS)
        with self._lock:
            self.taken.append(request)
        return ExportTraceServiceResponse(partial_success=self._rejected)


def retry_info(seconds: float, where: str) -> bytes:
    """Encode a RetryInfo for `grpc-status-details-bin`, as OTLP servers do, or for its own trailer."""
    delay = Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9))
    info = RetryInfo(retry_delay=delay)
    if where != "grpc-status-details-bin":
        return bytes(info.SerializeToString())
    status = Status()
    status.details.add().Pack(info)
    return bytes(status.SerializeToString())
