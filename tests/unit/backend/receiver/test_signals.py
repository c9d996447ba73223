"""Metrics and logs are answered, counted and dropped, over gRPC and HTTP."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import grpc
import pytest
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from backend.codec.otlp import MalformedRequestError
from backend.receiver.grpc import GrpcReceiver
from backend.receiver.http import JSON, PROTOBUF, create_app
from backend.receiver.signals import LOGS, METRICS, Dropped, Signal
from backend.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.store import Store


def metrics(number: int) -> bytes:
    request = ExportMetricsServiceRequest()
    for _ in range(number):
        request.resource_metrics.add().scope_metrics.add().metrics.add(name="requests")
    return request.SerializeToString()


def logs(number: int) -> bytes:
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    for _ in range(number):
        scope.log_records.add().body.string_value = "hello"
    return request.SerializeToString()


BODIES = [(METRICS, metrics(3)), (LOGS, logs(3))]


@pytest.fixture
def dropped() -> Dropped:
    return Dropped()


@pytest.fixture
def url(store: Store, dropped: Dropped) -> Iterator[str]:
    server = WebServer("127.0.0.1", 0)
    server.start(create_app(store, 1 << 20, dropped=dropped), 2, 1 << 20)
    yield f"http://127.0.0.1:{server.port}"
    server.stop(5)


@pytest.mark.parametrize(("signal", "body"), BODIES)
def test_http_answers_in_protobuf(url: str, dropped: Dropped, signal: Signal, body: bytes) -> None:
    answer = requests.post(f"{url}/v1/{signal.name}", body, headers={"Content-Type": PROTOBUF}, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert dropped.counts == {signal.name: 3}


@pytest.mark.parametrize(("name", "levels"), [("metrics", ("Metrics", "metrics")), ("logs", ("Logs", "logRecords"))])
def test_http_answers_in_json(url: str, dropped: Dropped, name: str, levels: tuple[str, str]) -> None:
    outer, records = levels
    body = {f"resource{outer}": [{f"scope{outer}": [{records: [{"traceId": "5b8efff798038103d269b633813fc60c"}, {}]}]}]}
    answer = requests.post(f"{url}/v1/{name}", json.dumps(body), headers={"Content-Type": JSON}, timeout=10)
    assert (answer.status_code, answer.json()) == (200, {})
    assert dropped.counts == {name: 2}


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_what_is_none_is_refused(url: str, content_type: str) -> None:
    answer = requests.post(f"{url}/v1/metrics", b"[1", headers={"Content-Type": content_type}, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"1", b"[]", b'{"resourceLogs":1}', b'{"resourceLogs":[1]}', b"[" * 100_000])
def test_odd_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="not an ExportLogsServiceRequest"):
        Dropped().take(LOGS, body, is_json=True)


def test_grpc_answers(store: Store, dropped: Dropped) -> None:
    listening = GrpcReceiver("127.0.0.1", [0, 0], 1 << 20)
    listening.start(store, dropped)
    try:
        for port in listening.ports:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                for signal, body in BODIES:
                    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{signal.service}/Export")
                    assert call(body, timeout=10) == b""  # the empty response of each signal
    finally:
        listening.stop(0)
    assert dropped.counts == {"metrics": 6, "logs": 6}


def test_each_is_told_once(caplog: pytest.LogCaptureFixture, dropped: Dropped) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            dropped.take(METRICS, metrics(1))
            dropped.take(LOGS, logs(1))
    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == ["metrics", "logs"]
