"""The back ends for the tests, all queried through Jaeger's query API."""

from __future__ import annotations

import signal
import socket
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import requests

from tests.children import NO_STANDARD_PORTS, Child, eventually, free_port, python

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

Trace = dict[str, Any]


class Stack(ABC):
    """A collector and a query API for one test, empty, on free ports."""

    def __init__(self) -> None:
        self.otlp_port, self._query_port = free_port(), free_port()
        self._collector: Child | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make the pair export to this collector."""
        return {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://localhost:{self.otlp_port}"}

    @property
    def query_url(self) -> str:
        return f"http://localhost:{self._query_port}"

    @abstractmethod
    def start_collector(self) -> None:
        """Start or restart it; returns once it responds."""

    def kill_collector(self) -> None:
        assert self._collector
        self._collector.kill()

    def freeze_collector(self) -> None:
        """Make it hang: the kernel still accepts connections and bytes, but nothing responds."""
        assert self._collector
        self._collector.send(signal.SIGSTOP, to_group=True)

    def wake_collector(self) -> None:
        assert self._collector
        self._collector.send(signal.SIGCONT, to_group=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._collector:
            self._collector.__exit__(kind, error, traceback)

    def traces(self, service: str, **parameters: str) -> list[Trace]:
        """All traces with a span of the service, in Jaeger's JSON; Jaeger's search parameters narrow the search."""
        everything = {"service": service, "limit": "100000", "lookback": "1h"}
        answer = requests.get(f"{self.query_url}/api/traces", params=everything | parameters, timeout=10)
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
        """Wait until the service has that many traces with that many spans each, and return all its traces."""

        def complete() -> list[Trace] | None:
            found = self.traces(service)
            enough = sum(len(trace["spans"]) >= spans for trace in found) >= number
            return found if enough else None

        found: list[Trace] = eventually(complete, seconds, f"no {number} traces of {spans} spans from {service}")
        return found


class EmbeddedStack(Stack):
    """The playground's back end: collector and query API in one process; its file survives a kill."""

    def __init__(self, folder: Path, db: str = "traces.db") -> None:
        super().__init__()
        self.db = folder / db

    def start_collector(self) -> None:
        ports = ("--otlp-port", str(self.otlp_port), *NO_STANDARD_PORTS, "--port", str(self._query_port))
        self._collector = python("-m", "backend", *ports, "--db", str(self.db))
        self._collector.wait_for("UI on http")


def wait_for_port(port: int, child: Child) -> None:
    def open_() -> bool:
        assert child.running, child.report()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    eventually(open_, 20, f"port {port} stays closed")
