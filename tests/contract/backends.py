"""Jaeger and the embedded back end as processes that accept OTLP and answer queries."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import grpc
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.children import NO_STANDARD_PORTS, ROOT, Child, eventually, free_port, python
from tests.contract.otlp import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.contract.corpus import Case
    from tests.realstack.build import Binaries

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
# Within every default look-back, but long enough that the newest span of the corpus is in the past.
AGE = 3600
OK = 200

Parameters = dict[str, Any] | list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Backend:
    """One running back end."""

    def __init__(self, name: str, child: Child, otlp_port: int, query_port: int) -> None:
        self.name = name
        self.child = child
        self.otlp_port = otlp_port
        self.url = f"http://127.0.0.1:{query_port}"
        self.sent: set[str] = set()
        """The names of the cases that a module's tests have sent it, where they share it."""
        self._http = requests.Session()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{otlp_port}")

    def export(self, body: bytes) -> ExportTraceServiceResponse:
        """Send the bytes of a request, valid or not; the caller has to check the response."""
        return ExportTraceServiceResponse.FromString(self.call(EXPORT, body))

    def call(self, method: str, body: bytes, compression: grpc.Compression | None = None) -> bytes:
        method_call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method)
        return method_call(body, timeout=30, compression=compression)

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        return self.request("GET", path, params=parameters)

    def request(self, method: str, path: str, **rest: Any) -> Answer:
        answer = self._http.request(method, self.url + path, timeout=30, **rest)
        return Answer(answer.status_code, answer.content.decode(), answer.headers)

    def close(self) -> None:
        self._http.close()
        self._channel.close()

    def is_up(self) -> bool:
        assert self.child.running, self.child.report()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.otlp_port)):
                return False
        try:
            return self.get("/api/services").status == OK
        except requests.ConnectionError:
            return False

    def spans_of(self, trace_id: str) -> int:
        answer = self.get(f"/api/traces/{trace_id}", {"raw": "true"})
        return len(answer.json["data"][0]["spans"]) if answer.status == OK else 0


@contextmanager
def real_jaeger(binaries: Binaries) -> Iterator[Backend]:
    otlp_port, query_port = free_port(), free_port()
    settings = {"QUERY_PORT": str(query_port), "OTLP_PORT": str(otlp_port)}
    config = f"--config={ROOT / 'tests/realstack/jaeger.yaml'}"
    with Child(str(binaries.jaeger), config, env=settings) as child:
        yield from running(Backend("real", child, otlp_port, query_port))


@contextmanager
def embedded_backend(folder: Path) -> Iterator[Backend]:
    with python(
        "-m", "backend", "--otlp-port", "0", *NO_STANDARD_PORTS, "--port", "0", "--db", str(folder / "spans.db")
    ) as child:
        ports = child.wait_for(r"OTLP on \S+?:(\d+)\b.*UI on http://\S+?:(\d+)\n")
        yield from running(Backend("embedded", child, int(ports[1]), int(ports[2])))


def running(backend: Backend) -> Iterator[Backend]:
    try:
        eventually(backend.is_up, 20, f"{backend.name} does not answer\n{backend.child.report()}")
        yield backend
    finally:
        backend.close()


def recent_base() -> int:
    """An hour ago, rounded to a second, in nanoseconds."""
    return (int(time.time()) - AGE) * SECOND


def fill(backend: Backend, cases: Sequence[Case]) -> None:
    """Send the cases, one request at a time."""
    for case in cases:
        for body in case.requests:
            backend.export(body)
    for case in cases:
        for trace_id, spans in case.expects.items():
            assert backend.spans_of(trace_id) >= spans, f"{backend.name}: {case.name} misses spans"


def service_path(service: str) -> str:
    return f"/api/services/{quote(service, safe='')}/operations"
