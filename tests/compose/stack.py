"""Runs a compose file unmodified with the available container engine, and removes its containers afterwards."""

from __future__ import annotations

import socket
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from tests.children import eventually

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.realstack.images import Engine

COLLECTOR = ("127.0.0.1", 55678)
# RFC 9113, section 3.4: the preface and an empty SETTINGS frame. Hand-written, because the gRPC library can hang when a
# test run is interrupted.
HTTP2_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
JAEGER = "http://127.0.0.1:16686"
# Both docker compose and podman-compose set this label on everything they create.
LABEL = "com.docker.compose"


@dataclass(frozen=True)
class Stack:
    """One run of the compose file, under its own project name."""

    engine: Engine
    file: Path
    project: str

    def up(self, seconds: float) -> None:
        done = self.compose("up", "-d")
        print(done.stdout, done.stderr)  # podman-compose reports failures, yet exits with 0
        # podman-compose does not wait for `depends_on`.
        eventually(lambda: jaeger("services") is not None, seconds, "Jaeger's query API does not answer")
        eventually(collector_answers, seconds, "the Collector does not answer")

    def down(self) -> None:
        if self.engine.name == "podman":
            self._down_with_podman()
        else:
            self.compose("down", "--timeout", "1", "--volumes")
        left = self.containers() + self.networks() + self.volumes()
        if left:
            raise RuntimeError(f"still there after the end: {', '.join(left)}")

    def _down_with_podman(self) -> None:
        """Clean up after podman-compose: its `down` leaves the network, and some versions wait 10 s per container."""
        for container in self.containers():
            self.engine.run("rm", "--force", "--time", "1", "--volumes", container, check=False)
        for network in self.networks():
            self.engine.run("network", "rm", network, check=False)
        for volume in self.volumes():
            self.engine.run("volume", "rm", volume, check=False)
        self.engine.run("pod", "rm", "--force", "--ignore", f"pod_{self.project}")

    def compose(self, *args: str) -> subprocess.CompletedProcess[str]:
        return self.engine.run_compose("-p", self.project, "-f", self.file, *args)

    def container(self, service: str) -> str:
        return self.containers(f"--filter=label={LABEL}.service={service}")[0]

    def containers(self, *filters: str) -> list[str]:
        return self._names("ps", "--all", *filters)

    def networks(self) -> list[str]:
        return self._names("network", "ls")

    def volumes(self) -> list[str]:
        return self._names("volume", "ls")

    def _names(self, *command: str) -> list[str]:
        return self.engine.run(*command, "--quiet", f"--filter=label={LABEL}.project={self.project}").stdout.split()

    def logs(self) -> str:
        """The last lines of each container."""
        said = {name: self.engine.run("logs", "--tail", "100", name, check=False) for name in self.containers()}
        return "\n".join(f"--- container {name}\n{done.stdout}{done.stderr}" for name, done in said.items())


@contextmanager
def running(engine: Engine, file: Path, seconds: float = 60) -> Iterator[Stack]:
    """Start the compose file, wait until it accepts and finds traces, and always remove it at the end."""
    stack = Stack(engine, file, f"playground-test-{uuid.uuid4().hex[:8]}")
    try:
        try:
            stack.up(seconds)
        except BaseException:
            print(stack.logs())
            raise
        yield stack
    finally:
        stack.down()


def collector_answers() -> bool:
    """Whether the collector speaks HTTP/2: Docker's proxy accepts connections before the container does."""
    try:
        with socket.create_connection(COLLECTOR, timeout=1) as connection:
            connection.sendall(HTTP2_GREETING)
            return bool(connection.recv(1))
    except OSError:
        return False


def jaeger(path: str, **query: str | int) -> list[Any] | None:
    """The data of Jaeger's response to `/api/{path}`; None if it does not respond yet."""
    try:
        response = requests.get(f"{JAEGER}/api/{path}", params=query, timeout=5)
    except (requests.ConnectionError, requests.Timeout):
        return None
    response.raise_for_status()
    data = response.json()["data"]
    return list(data) if data else []
