"""The real stack as processes: the Collector with the repository's own configuration, and Jaeger, on free ports."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import requests

from tests.children import ROOT, Child, eventually, free_port

if TYPE_CHECKING:
    from types import TracebackType

    from tests.realstack.build import Binaries

Trace = dict[str, Any]


class Stack:
    """A Collector and a Jaeger of the test's own; nothing is running until `start` or `start_collector`."""

    def __init__(self, binaries: Binaries) -> None:
        self._binaries = binaries
        self._otlp_port, self._query_port, self._jaeger_port = free_port(), free_port(), free_port()
        self._jaeger: Child | None = None
        self._collector: Child | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What points the pair at this collector."""
        return {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://localhost:{self._otlp_port}"}

    @property
    def query_url(self) -> str:
        return f"http://localhost:{self._query_port}"

    def __enter__(self) -> Stack:
        self._jaeger = Child(
            str(self._binaries.jaeger),
            f"--config={ROOT / 'tests/realstack/jaeger.yaml'}",
            env={"QUERY_PORT": str(self._query_port), "OTLP_PORT": str(self._jaeger_port)},
        )
        self._wait_for_port(self._query_port, self._jaeger)
        self._wait_for_port(self._jaeger_port, self._jaeger)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for child in (self._collector, self._jaeger):
            if child:
                child.__exit__(kind, error, traceback)

    def start_collector(self) -> None:
        """Run otel-collector-config.yaml as it is, but for the two addresses."""
        self._collector = Child(
            str(self._binaries.collector),
            f"--config={ROOT / 'otel-collector-config.yaml'}",
            f"--set=receivers::otlp::protocols::grpc::endpoint=127.0.0.1:{self._otlp_port}",
            f"--set=exporters::otlp_grpc::endpoint=127.0.0.1:{self._jaeger_port}",
            # Its own metrics, on a fixed port that another Collector on this machine may have.
            "--set=service::telemetry::metrics::level=none",
        )
        self._wait_for_port(self._otlp_port, self._collector)

    def kill_collector(self) -> None:
        assert self._collector
        self._collector.kill()

    def traces(self, service: str) -> list[Trace]:
        """All traces in which the service has a span, in Jaeger's JSON."""
        answer = requests.get(
            f"{self.query_url}/api/traces", params={"service": service, "limit": "100000", "lookback": "1h"}, timeout=10
        )
        answer.raise_for_status()
        found: list[Trace] = answer.json()["data"] or []
        return found

    def trace(self, trace_id: str) -> Trace | None:
        answer = requests.get(f"{self.query_url}/api/traces/{trace_id}", timeout=10)
        if answer.status_code == requests.codes.not_found:
            return None
        answer.raise_for_status()
        found: Trace = answer.json()["data"][0]
        return found

    def wait_for_traces(self, service: str, number: int, spans: int, seconds: float = 15) -> list[Trace]:
        """Wait until the service has that many traces of that many spans each, and return all it has then."""

        def complete() -> list[Trace] | None:
            found = self.traces(service)
            enough = sum(len(trace["spans"]) >= spans for trace in found) >= number
            return found if enough else None

        found: list[Trace] = eventually(complete, seconds, f"no {number} traces of {spans} spans from {service}")
        return found

    def _wait_for_port(self, port: int, child: Child) -> None:
        def open_() -> bool:
            assert child.running, child.report()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        eventually(open_, 20, f"port {port} stays closed\n{child.report()}")
