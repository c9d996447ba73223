"""The real stack as processes: the Collector with this repository's configuration, and Jaeger, on free ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.children import ROOT, Child, free_port
from tests.stack import Stack, wait_for_port

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from tests.realstack.build import Binaries


class RealStack(Stack):
    """A real Collector and Jaeger; Jaeger runs for the duration of the `with` block."""

    def __init__(self, binaries: Binaries) -> None:
        super().__init__()
        self._binaries = binaries
        self._jaeger_port = free_port()
        self._jaeger: Child | None = None

    def __enter__(self) -> Self:
        self._jaeger = Child(
            str(self._binaries.jaeger),
            f"--config={ROOT / 'tests/realstack/jaeger.yaml'}",
            env={"QUERY_PORT": str(self._query_port), "OTLP_PORT": str(self._jaeger_port)},
        )
        wait_for_port(self._query_port, self._jaeger)
        wait_for_port(self._jaeger_port, self._jaeger)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        if self._jaeger:
            self._jaeger.__exit__(kind, error, traceback)

    def start_collector(self) -> None:
        """Run otel-collector-config.yaml unmodified, except for the two addresses."""
        self._collector = Child(
            str(self._binaries.collector),
            f"--config={ROOT / 'otel-collector-config.yaml'}",
            f"--set=receivers::otlp::protocols::grpc::endpoint=127.0.0.1:{self.otlp_port}",
            f"--set=exporters::otlp_grpc::endpoint=127.0.0.1:{self._jaeger_port}",
            # Disable its own metrics: another Collector on this machine may use their fixed port.
            "--set=service::telemetry::metrics::level=none",
        )
        wait_for_port(self.otlp_port, self._collector)
