"""Peers: the servers that are measured, each answering `Hello, World!` on a port of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from server.__main__ import default_workers
from tests.children import Child, free_port

if TYPE_CHECKING:
    from types import TracebackType

PEERS = Path(__file__).parents[1] / "peers"
OURS = ("-m", "server", "--port", "{port}")
STOP_SECONDS = 20


@dataclass(frozen=True, eq=False)
class Peer:
    """A server to measure.

    Args:
        name: as the table has it.
        command: how it is started; `{port}` stands for its port.
        settings: environment variables; where the spans go is added.
        traced: whether it makes spans.
    """

    name: str
    command: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    traced: bool = True


def ours(name: str, *flags: str, traced: bool = True, **settings: str) -> Peer:
    """The playground's server."""
    return Peer(name, (sys.executable, *OURS, *flags), settings, traced)


DEFAULT = ours("playground")
SIMPLE = ours("playground, SPAN_PROCESSOR=simple", SPAN_PROCESSOR="simple")
DISABLED = ours("playground, OTEL_SDK_DISABLED=true", traced=False, OTEL_SDK_DISABLED="true")
LITERAL = Peer(
    "literal port, synchronous",
    (sys.executable, "-m", "flask", "--app", "bench.peers.literal", "run", "--port", "{port}"),
)


def untraced(workers: int = default_workers()) -> Peer:
    """The playground's listener and handler without OpenTelemetry."""
    command = (sys.executable, "-m", "bench.peers.untraced", "{port}", str(workers))
    return Peer("playground, untraced", command, traced=False)


@dataclass(frozen=True)
class Go:
    """The article's server in Go.

    Args:
        article: as the article has it: its own versions of the SDK and otelhttp, each span exported inside its request.
        today: the same program with today's versions.
        batcher: today's, with the SDK's queue in between.
        untraced: today's, without a span.
    """

    article: Peer
    today: Peer
    batcher: Peer
    untraced: Peer


def build_go(folder: Path) -> Go:
    """Build the Go peers there; Go keeps what it compiled, so that a second time takes seconds.

    Raises:
        RuntimeError: one cannot be built; the message holds what Go said.
    """
    article, today = (_build(folder, name) for name in ("article", "go"))
    return Go(
        _go("article's versions, synchronous", article, "simple"),
        _go("today's versions, synchronous", today, "simple"),
        _go("today's versions, batcher", today, "batch"),
        _go("today's versions, untraced", today, "none"),
    )


def _build(folder: Path, module: str) -> Path:
    """Build the program with the versions of one of its two .mod files."""
    binary = folder / module
    command = ["go", "build", "-buildvcs=false", "-trimpath", f"-modfile={module}.mod", "-o", str(binary), "."]
    environment = {**os.environ, "CGO_ENABLED": "0"}
    done = subprocess.run(command, cwd=PEERS / "go", env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"go build: {done.stderr}")
    return binary


def _go(name: str, binary: Path, processor: str) -> Peer:
    return Peer(f"Go, {name}", (str(binary), "{port}"), {"SPAN_PROCESSOR": processor}, processor != "none")


class Running:
    """A peer that runs as long as the `with` block.

    Args:
        otlp_port: of the receiver on this machine.
    """

    def __init__(self, peer: Peer, otlp_port: int) -> None:
        self.peer = peer
        self.port = free_port()
        endpoint = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{otlp_port}"}
        command = [part.format(port=self.port) for part in peer.command]
        self.child = Child(*command, env=endpoint | peer.settings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Running:
        self.child.wait_for(r"Server is running on port|Running on http")
        return self

    def stop(self) -> None:
        """End it; what it has to export, it exports now. A shell's background job may not take SIGINT."""
        self.child.stop(signal.SIGTERM, STOP_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.child.__exit__(kind, error, traceback)
