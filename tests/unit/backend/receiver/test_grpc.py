"""OTLP/gRPC, spoken by gRPC's own client and by the SDK's exporter."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from backend.receiver import grpc as receiver_module
from backend.receiver.grpc import SERVICE, GrpcReceiver
from tests.unit.backend.receiver.otlp import TRACE, request, span, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.store import Store

LIMIT = 1 << 20


@contextmanager
def receiver(store: Store) -> Iterator[grpc.Channel]:
    listening = GrpcReceiver("127.0.0.1", [0], LIMIT)
    listening.start(store)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{listening.ports[0]}") as channel:
            yield channel
    finally:
        listening.stop(0)


@pytest.fixture
def channel(store: Store) -> Iterator[grpc.Channel]:
    with receiver(store) as channel:
        yield channel


def export(channel: grpc.Channel, body: bytes, compression: grpc.Compression | None = None) -> bytes:
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{SERVICE}/Export")
    return call(body, compression=compression, timeout=20)


def refusal(channel: grpc.Channel, body: bytes, compression: grpc.Compression | None = None) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as refused:
        export(channel, body, compression)
    return refused.value


def test_ok_means_stored(channel: grpc.Channel, store: Store) -> None:
    answer = TraceServiceStub(channel).Export(request(span()))  # type: ignore[no-untyped-call]
    assert answer == ExportTraceServiceResponse()
    (stored,) = store.trace(TRACE)
    assert stored.body == request(span()).SerializeToString()


def test_gzip_is_taken(channel: grpc.Channel, store: Store) -> None:
    export(channel, request(span()).SerializeToString(), grpc.Compression.Gzip)
    assert store.span_count() == 1


def test_invalid_spans_are_a_partial_success(channel: grpc.Channel, store: Store) -> None:
    answer = export(channel, request(span(), span(b"")).SerializeToString())
    partial = ExportTraceServiceResponse.FromString(answer).partial_success
    assert partial.rejected_spans == 1
    assert "1 of 2 spans rejected" in partial.error_message
    assert store.span_count() == 1


def test_an_empty_request_is_ok(channel: grpc.Channel) -> None:
    assert export(channel, b"") == b""


def test_malformed_bytes_are_an_invalid_argument(channel: grpc.Channel) -> None:
    assert refusal(channel, b"\xff\xff").code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_what_is_too_large_unpacked_is_refused(channel: grpc.Channel, compression: grpc.Compression) -> None:
    large = request(span(attributes=[text("large", "x" * LIMIT)])).SerializeToString()
    assert refusal(channel, large, compression).code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_store_that_fails_is_to_be_tried_again(failing_store: Store) -> None:
    with receiver(failing_store) as channel:
        assert refusal(channel, request(span()).SerializeToString()).code() == grpc.StatusCode.UNAVAILABLE


def test_health_is_told(channel: grpc.Channel) -> None:
    health: Any = health_pb2_grpc.HealthStub(channel)
    for service in ("", SERVICE):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_eight_exporters_at_once(channel: grpc.Channel, store: Store) -> None:
    def send(sender: int) -> None:
        for number in range(50):
            own = bytes([1, sender]) + number.to_bytes(6, "big")
            export(channel, request(span(own)).SerializeToString())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert store.span_count() == 400
    assert sum(len(one.positions) for one in store.trace(TRACE)) == 400


def test_the_sdk_delivers_to_it(store: Store) -> None:
    listening = GrpcReceiver("127.0.0.1", [0], LIMIT)
    listening.start(store)
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"http://127.0.0.1:{listening.ports[0]}", insecure=True)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("test").start_as_current_span("work"):
        pass
    provider.shutdown()
    listening.stop(0)
    assert store.operations("shop") == [("work", 1)]


def test_a_busy_port_is_told(store: Store) -> None:
    listening = GrpcReceiver("127.0.0.1", [0], LIMIT)
    with pytest.raises(OSError, match="in use"):
        GrpcReceiver("127.0.0.1", listening.ports, LIMIT)
    listening.start(store)
    listening.stop(0)


def test_a_stop_lets_requests_under_way_end(store: Store) -> None:
    listening = GrpcReceiver("127.0.0.1", [0], LIMIT)
    listening.start(store)
    stored = []

    def send() -> None:
        with grpc.insecure_channel(f"127.0.0.1:{listening.ports[0]}") as channel:
            for number in range(1, 10_000):
                try:
                    export(channel, request(span(number.to_bytes(8, "big"))).SerializeToString())
                except grpc.RpcError:
                    return
                stored.append(number)

    sender = threading.Thread(target=send)
    sender.start()
    while len(stored) < 20:
        assert sender.is_alive()
    listening.stop(2)
    sender.join(20)
    assert len(store.trace(TRACE)) >= len(stored)


def test_calls_that_send_no_message_hold_up_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen of them once held all threads."""
    monkeypatch.setattr(receiver_module, "MESSAGE_SECONDS", 2)
    with receiver(store) as channel:
        silent: grpc.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(f"/{SERVICE}/Export")
        never = threading.Event()

        def nothing() -> Iterator[bytes]:
            never.wait(20)
            yield b""

        calls = [silent.future(nothing(), timeout=20) for _ in range(90)]
        export(channel, request(span()).SerializeToString())
        assert store.span_count() == 1
        for call in calls:
            failure: Any = call.exception(20)
            assert failure.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        never.set()
