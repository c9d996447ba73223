"""Sinks: the receivers that the spans go to, each empty at its start and able to say how many it has."""

from __future__ import annotations

import json
import re
import urllib.request
from contextlib import ExitStack, closing
from http import HTTPStatus
from typing import TYPE_CHECKING

from backend.codec.otlp import span_bytes
from backend.store.store import Store
from bench.contender import Contender, Embedded, Jaeger
from bench.usage import cpu_seconds
from tests.children import ROOT, Child, free_port
from tests.stack import wait_for_port

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from tests.realstack.build import Binaries

SERVICE = "chapter2-server"
SENT = re.compile(r'^otelcol_exporter_sent_spans(?:_total)?\{.*exporter="debug".*\} (\S+)$', re.MULTILINE)


class Sink:
    """Runs as long as the `with` block."""

    name: str
    otlp_port: int
    query: Contender | None = None
    """The query API, if it has one."""

    def __init__(self) -> None:
        self._programs = ExitStack()

    def start(self) -> list[Child]:
        raise NotImplementedError

    def stored(self) -> int:
        """Spans of the server that it has by now."""
        raise NotImplementedError

    def cpu_seconds(self) -> float:
        return sum(map(cpu_seconds, self._children))

    def __enter__(self) -> Self:
        self._children = self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._programs.__exit__(kind, error, traceback)


class CollectorAlone(Sink):
    """The playground's Collector, with its debug exporter alone: what it wrote to its log is gone."""

    name = "Collector"
    exporters = "[debug]"
    arguments: tuple[str, ...] = ()

    def __init__(self, binaries: Binaries) -> None:
        super().__init__()
        self._binary = binaries.collector
        self.otlp_port, self._metrics_port = free_port(), free_port()

    def start(self) -> list[Child]:
        reader = f"{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {self._metrics_port}}}}}}}}}"
        metrics = f"yaml:service: {{telemetry: {{metrics: {{level: basic, readers: [{reader}]}}}}}}"
        collector = Child(
            str(self._binary),
            f"--config={ROOT / 'otel-collector-config.yaml'}",
            f"--config={metrics}",
            f"--set=receivers::otlp::protocols::grpc::endpoint=127.0.0.1:{self.otlp_port}",
            f"--set=service::pipelines::traces::exporters={self.exporters}",
            *self.arguments,
        )
        self._programs.enter_context(collector)
        wait_for_port(self.otlp_port, collector)
        return [collector]

    def stored(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=10) as answer:
            found = SENT.search(answer.read().decode())
        return int(float(found[1])) if found else 0


class CollectorAndJaeger(CollectorAlone):
    """The playground's Collector as it is, and Jaeger behind it, as in docker-compose.yaml."""

    name = "Collector, Jaeger"
    exporters = "[debug, otlp_grpc]"

    def __init__(self, binaries: Binaries) -> None:
        super().__init__(binaries)
        self.query = self._jaeger = Jaeger(binaries.jaeger)

    def start(self) -> list[Child]:
        self._programs.enter_context(self._jaeger)
        self.arguments = (f"--set=exporters::otlp_grpc::endpoint=127.0.0.1:{self._jaeger.otlp_port}",)
        return [self._jaeger.child, *super().start()]

    def stored(self) -> int:
        """What its search finds."""
        status, body = self._jaeger.get(f"/api/traces?service={SERVICE}&limit={Jaeger.max_traces}&lookback=1h")
        if status != HTTPStatus.OK:
            raise RuntimeError(f"Jaeger: {status} {body[:200]!r}")
        return sum(len(trace["spans"]) for trace in json.loads(body)["data"] or [])


class EmbeddedBackend(Sink):
    """The playground's own back end."""

    name = "embedded"

    def __init__(self) -> None:
        super().__init__()
        self.query = self._backend = Embedded()
        self.otlp_port = self._backend.otlp_port

    def start(self) -> list[Child]:
        self._programs.enter_context(self._backend)
        return [self._backend.child]

    def stored(self) -> int:
        """Those in its file; the back end is stopped for that."""
        self._backend.stop()
        with closing(Store(self._backend.db, span_bytes=span_bytes)) as store:
            return store.span_count()
