"""The tiers of deploy/scale as processes, with unmodified configuration files, on free ports of 127.0.0.1."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import requests
import yaml

from tests.children import Child, eventually, free_port
from tests.scale.engines import DEPLOY, START_SECONDS, Cassandra, Kafka

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from tests.scale.programs import Programs

GROUP = "ingesters"
STORAGE = "storage-cassandra.yaml"
COMPOSE_FILE = DEPLOY / "docker-compose.yaml"


class Tiers:
    """All tiers, for the duration of the `with` block; each can be killed and restarted by name.

    Args:
        folder: an empty folder for the data of Kafka and Cassandra.
        gateways: 1 or 2.
        ingesters: any number.
        overlay: a configuration file to merge over ingester.yaml.
    """

    def __init__(
        self, programs: Programs, folder: Path, *, gateways: int = 2, ingesters: int = 2, overlay: Path | None = None
    ) -> None:
        self._programs, self._overlay = programs, overlay
        self.kafka, self.cassandra = Kafka(programs.jars.kafka, folder), Cassandra(programs.jars.cassandra, folder)
        self.otlp_port, self._query_port, self._grpc_port = free_port(), free_port(), free_port()
        self._gateway_ports = {f"gateway-{number}": free_port() for number in range(1, gateways + 1)}
        self._children: dict[str, Child] = {}
        # Ordered by dependency.
        self._starts: dict[str, Callable[[str], Child]] = {
            "kafka": lambda _: self.kafka.start(),
            "cassandra": lambda _: self.cassandra.start(),
            "query": self._start_query,
            **{f"ingester-{number}": self._start_ingester for number in range(1, ingesters + 1)},
            **dict.fromkeys(self._gateway_ports, self._start_gateway),
            "balancer": self._start_balancer,
        }
        self._health_ports = {name: free_port() for name in self._starts}

    @property
    def names(self) -> list[str]:
        return list(self._starts)

    @property
    def query_url(self) -> str:
        return f"http://localhost:{self._query_port}"

    def health_url(self, name: str) -> str:
        """The health endpoint of a Collector or Jaeger."""
        return f"http://localhost:{self._health_ports[name]}/status"

    def start(self, name: str) -> None:
        """Start or restart it; returns once it responds."""
        self._children[name] = self._starts[name](name)

    def kill(self, name: str) -> None:
        """Kill it with SIGKILL, so that it cannot save anything."""
        self._children[name].kill()

    def child(self, name: str) -> Child:
        return self._children[name]

    def lag(self) -> int | None:
        """Messages in Kafka that the ingesters have not committed; None while they have no partition yet."""
        return self.kafka.lag(GROUP)

    def __enter__(self) -> Self:
        with ExitStack() as unless_all_start:
            unless_all_start.callback(self._end)
            for name in self.names:
                self.start(name)
            unless_all_start.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        with ExitStack() as all_of_them:
            for child in self._children.values():
                all_of_them.callback(child.kill)

    def _start_query(self, name: str) -> Child:
        """Start the query service, which also creates the keyspace; that takes a few seconds the first time."""
        ports = {"QUERY_ENDPOINT": self._query_port, "QUERY_GRPC_ENDPOINT": self._grpc_port}
        own = {key: f"127.0.0.1:{port}" for key, port in ports.items()} | {"CREATE_SCHEMA": "true"}
        return self._run(name, self._programs.jaeger, ["query.yaml", STORAGE], own | self._engines())

    def _start_ingester(self, name: str) -> Child:
        overlays = [str(self._overlay)] if self._overlay else []
        return self._run(name, self._programs.jaeger, ["ingester.yaml", STORAGE, *overlays], self._engines())

    def _start_gateway(self, name: str) -> Child:
        own = {"OTLP_ENDPOINT": f"127.0.0.1:{self._gateway_ports[name]}"}
        return self._run(name, self._programs.collector, ["gateway.yaml"], own | self._engines())

    def _start_balancer(self, name: str) -> Child:
        first, *_, last = [*self._gateway_ports.values(), *self._gateway_ports.values()]
        own = {
            "OTLP_ENDPOINT": f"127.0.0.1:{self.otlp_port}",
            "GATEWAY_1": f"127.0.0.1:{first}",
            "GATEWAY_2": f"127.0.0.1:{last}",
        }
        return self._run(name, self._programs.collector, ["balancer.yaml"], own)

    def _engines(self) -> dict[str, str]:
        return {
            "KAFKA": f"127.0.0.1:{self.kafka.port}",
            "CASSANDRA": "127.0.0.1",
            "CASSANDRA_PORT": str(self.cassandra.port),
        }

    def _run(self, name: str, binary: Path, files: list[str], own: dict[str, str]) -> Child:
        environment = {"HEALTH_ENDPOINT": f"127.0.0.1:{self._health_ports[name]}"}
        environment |= {"METRICS_LEVEL": "none", "LOG_LEVEL": "warn"} | own
        child = Child(str(binary), *(f"--config={DEPLOY / file}" for file in files), *flags(name), env=environment)
        self._children[name] = child  # registered early, so that it is stopped even if it never becomes ready
        eventually(lambda: self._ready(name), START_SECONDS, f"{name} does not become ready")
        return child

    def _ready(self, name: str) -> bool:
        child = self._children[name]
        assert child.running, child.report()
        try:
            return requests.get(self.health_url(name), timeout=5).ok
        except requests.RequestException:
            return False


def flags(name: str) -> list[str]:
    """The compose file's command, without the configuration file; extra ingesters use the same one."""
    services = yaml.safe_load(COMPOSE_FILE.read_text())["services"]
    service = name if name in services else f"{name.partition('-')[0]}-1"
    return [word for word in services[service]["command"] if not word.startswith("--config=")]
