"""The contenders: the embedded back end and Jaeger, each a single process that starts empty."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.payload import SPANS_A_TRACE
from bench.usage import resident_bytes
from tests.children import NO_STANDARD_PORTS, ROOT, Child, free_port, python
from tests.stack import wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

FIND_SECONDS = 60
STOP_SECONDS = 10


class Contender:
    """Runs for the duration of the `with` block."""

    name: str

    def __init__(self) -> None:
        self.otlp_port, self.query_port = free_port(), free_port()
        self._api = http.client.HTTPConnection("127.0.0.1", self.query_port, timeout=FIND_SECONDS)
        self._child: Child | None = None

    def start(self) -> Child:
        raise NotImplementedError

    def __enter__(self) -> Contender:
        self._child = self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._api.close()
        if self._child:
            self._child.__exit__(kind, error, traceback)

    def get(self, path: str) -> tuple[int, bytes]:
        """GET on a persistent connection; returns status and body."""
        self._api.request("GET", path)
        answer = self._api.getresponse()
        return answer.status, answer.read()

    def spans_of(self, trace_id: bytes) -> int:
        """The number of spans found for a trace."""
        status, body = self.get(f"/api/traces/{trace_id.hex()}")
        if status != http.client.OK:
            return 0
        answer: dict[str, Any] = json.loads(body)
        return sum(len(trace["spans"]) for trace in answer["data"])

    def wait_until_found(self, trace_ids: Iterable[bytes]) -> None:
        """Wait until all traces are complete.

        Raises:
            RuntimeError: they are not complete in time.
        """
        deadline = time.monotonic() + FIND_SECONDS
        for trace_id in trace_ids:
            while (found := self.spans_of(trace_id)) != SPANS_A_TRACE:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name}: {found} of {SPANS_A_TRACE} spans of {trace_id.hex()}")

    @property
    def child(self) -> Child:
        assert self._child  # noqa: S101 - within the `with` block
        return self._child

    def resident_bytes(self) -> int:
        """Resident memory of the process."""
        return resident_bytes(self.child)


class Embedded(Contender):
    """The playground's back end, with default limits and its own file."""

    name = "embedded"

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="bench-")
        self.db = Path(self._folder.name, "traces.db")

    def start(self) -> Child:
        ports = ("--otlp-port", str(self.otlp_port), *NO_STANDARD_PORTS, "--port", str(self.query_port))
        child = python("-m", "backend", *ports, "--db", str(self.db))
        child.wait_for("UI on http")
        return child

    def stop(self) -> None:
        """Stop it as Ctrl-C would; the file stays until the end of the block."""
        if self._child:
            self._child.stop(seconds=STOP_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._folder.cleanup()


class Jaeger(Contender):
    """Jaeger with its memory store, large enough to evict nothing."""

    name = "Jaeger"
    max_traces = 300_000

    def __init__(self, binary: Path) -> None:
        super().__init__()
        self._binary = binary

    def start(self) -> Child:
        child = Child(
            str(self._binary),
            f"--config={ROOT / 'tests/realstack/jaeger.yaml'}",
            f"--set=extensions::jaeger_storage::backends::memory::memory::max_traces={self.max_traces}",
            env={"QUERY_PORT": str(self.query_port), "OTLP_PORT": str(self.otlp_port)},
        )
        wait_for_port(self.query_port, child)
        wait_for_port(self.otlp_port, child)
        return child


class Idle(Contender):
    """A benchmark server that stores nothing, to measure the limits of the senders or of gRPC.

    Args:
        command: a module for `python -m` that takes a port, plus its flags.
    """

    name = "idle"

    def __init__(self, *command: str) -> None:
        super().__init__()
        self._command = command

    def start(self) -> Child:
        module, *flags = self._command
        child = python("-m", module, str(self.otlp_port), *flags)
        child.wait_for("ready")
        return child
