"""The contenders, each one process that starts empty: the embedded back end, the real Jaeger in memory and on disk."""

from __future__ import annotations

import http.client
import json
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.figure import BADGER, MEMORY
from bench.payload import SPANS_A_TRACE
from bench.usage import resident_bytes
from tests.children import NO_STANDARD_PORTS, ROOT, Child, free_port, python
from tests.stack import wait_for_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

FIND_SECONDS = 60
STOP_SECONDS = 10
BACKENDS = "--set=extensions::jaeger_storage::backends"


class Contender:
    """Runs as long as the `with` block."""

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
        """Status and body of a GET, on the same connection unless it was closed: others may be busy for minutes."""
        try:
            return self._answer(path)
        except ConnectionError:
            self._api.close()
            return self._answer(path)

    def _answer(self, path: str) -> tuple[int, bytes]:
        self._api.request("GET", path)
        answer = self._api.getresponse()
        return answer.status, answer.read()

    def spans_of(self, trace_id: bytes) -> int:
        """How many spans of a trace are found."""
        status, body = self.get(f"/api/traces/{trace_id.hex()}")
        if status != http.client.OK:
            return 0
        answer: dict[str, Any] = json.loads(body)
        return sum(len(trace["spans"]) for trace in answer["data"])

    def wait_until_found(self, trace_ids: Iterable[bytes]) -> None:
        """Wait until all of them are whole.

        Raises:
            RuntimeError: they are not in time.
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
        """Memory of the process that is in RAM."""
        return resident_bytes(self.child)


class Embedded(Contender):
    """The playground's back end, with its default limits, on a file of its own."""

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
        """End it as Ctrl-C does; the file stays until the block is left."""
        if self._child:
            self._child.stop(seconds=STOP_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._folder.cleanup()


class Jaeger(Contender):
    """The real one with its memory store, large enough that nothing is evicted."""

    name = MEMORY
    max_traces = 300_000

    def __init__(self, binary: Path) -> None:
        super().__init__()
        self._binary = binary

    def storage(self) -> tuple[str, ...]:
        """Flags for the store."""
        return (f"{BACKENDS}::memory::memory::max_traces={self.max_traces}",)

    def start(self) -> Child:
        child = Child(
            str(self._binary),
            f"--config={ROOT / 'tests/realstack/jaeger.yaml'}",
            *self.storage(),
            env={"QUERY_PORT": str(self.query_port), "OTLP_PORT": str(self.otlp_port)},
        )
        wait_for_port(self.query_port, child)
        wait_for_port(self.otlp_port, child)
        return child


class JaegerOnBadger(Jaeger):
    """The real one with the store that it has for a disk.

    It promises what the embedded back end does, so that neither waits for the disk at each write: what is acknowledged
    survives the end of the process, and a power cut may cost the last moments. `consistency: true` would promise more
    than SQLite's `synchronous = NORMAL`, for a wait for the disk per span.
    """

    name = BADGER

    def __init__(self, binary: Path) -> None:
        super().__init__(binary)
        self._folder = TemporaryDirectory(prefix="bench-")

    def storage(self) -> tuple[str, ...]:
        folder = Path(self._folder.name)
        badger = (
            f"{{ephemeral: false, consistency: false, directories: {{keys: {folder}/keys, values: {folder}/values}}}}"
        )
        return (
            f"--config=yaml:extensions: {{jaeger_storage: {{backends: {{badger: {{badger: {badger}}}}}}}}}",
            "--set=extensions::jaeger_query::storage::traces=badger",
            "--set=exporters::jaeger_storage_exporter::trace_storage=badger",
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._folder.cleanup()


class Idle(Contender):
    """A server of the bench's own that stores nothing: what the senders or gRPC reach at most.

    Args:
        command: a module for `python -m` that takes a port, and its flags.
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


def all_contenders(jaeger: Path | None) -> dict[str, Callable[[], Contender]]:
    """What makes each of those that store, by name, the embedded one first.

    Args:
        jaeger: the real one's binary; None where it could not be built.
    """
    made: dict[str, Callable[[], Contender]] = {Embedded.name: Embedded}
    if jaeger:
        made |= {kind.name: partial(kind, jaeger) for kind in (Jaeger, JaegerOnBadger)}
    return made
