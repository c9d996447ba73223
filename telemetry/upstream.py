"""All private SDK names that the playground uses; `tests/unit/test_upstream.py` fails if one disappears."""

from __future__ import annotations

from collections.abc import Callable

from grpc import Channel, StatusCode
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.trace.export import BatchSpanProcessor


class OpenSpanExporter(OTLPSpanExporter):
    """The official exporter, exposing its connection and a single export call."""

    @property
    def connection(self) -> Channel | None:
        return self._channel

    def connect(self) -> None:
        """Open a new connection; the old one stays open."""
        self._initialize_channel_and_stub()  # type: ignore[no-untyped-call]

    def call(self, request: ExportTraceServiceRequest, seconds: float) -> ExportTraceServiceResponse:
        """Send a request once, with the configured headers; raises gRPC's errors."""
        export: Callable[..., ExportTraceServiceResponse] = self._client.Export  # type: ignore[attr-defined]
        return export(request, metadata=self._headers, timeout=seconds)

    def retryable(self, code: StatusCode) -> bool:
        return code in self._retryable_error_codes  # type: ignore[operator]


class OpenBatchSpanProcessor(BatchSpanProcessor):
    """The official processor, exposing the length of its queue."""

    @property
    def queued(self) -> int:
        return len(self._batch_processor._queue)
