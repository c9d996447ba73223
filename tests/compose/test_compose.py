"""docker-compose.yaml, `make server`, `make client` and `make verify`, as the README tells to use them.

The one test on the article's fixed ports: they are what the compose file says.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.children import ROOT, Child, eventually, make
from tests.compose.stack import jaeger, running
from tests.realstack.build import go_problem
from tests.realstack.images import collector, compose_problem, find_engine, images
from tests.realstack.images import jaeger as jaeger_image
from tests.realstack.needs import needs, needs_binaries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compose.stack import Stack

# The first run builds the real Collector and Jaeger.
pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]

COMPOSE_FILE = ROOT / "docker-compose.yaml"
PORTS = {"server": 8080, "collector": 55678, "Jaeger": 16686}
REQUESTS = 5


@pytest.fixture(scope="module")
def compose(pytestconfig: pytest.Config) -> Iterator[Stack]:
    needs(go_problem() or compose_problem())
    for name, port in PORTS.items():
        ensure_free(name, port)
    binaries = needs_binaries(pytestconfig)
    engine = find_engine()
    assert engine
    recipes = {
        "otel/opentelemetry-collector-contrib": collector(binaries.collector),
        "jaegertracing/jaeger": jaeger_image(binaries.jaeger),
    }
    with images(engine, COMPOSE_FILE, recipes), running(engine, COMPOSE_FILE) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _logs(compose: Stack) -> Iterator[None]:
    """Show what the containers said, in the report of a test that failed."""
    yield
    print(compose.logs())


@pytest.fixture
def _server(compose: Stack) -> Iterator[None]:
    with make("server") as server:
        server.wait_for(r"Server is running on port 8080\.\.\.")
        yield
        server.stop()
        print(server.report())


@pytest.mark.usefixtures("_server")
def test_each_request_becomes_a_trace_of_parent_and_child() -> None:
    since = time.time_ns() // 1_000
    with make("client", f"--count {REQUESTS} --interval 0.1") as client:
        assert client.end() == 0, client.report()
        assert client.output.splitlines() == ["200 OK"] * REQUESTS
    traces = eventually(lambda: whole_traces(since), what=f"Jaeger does not have {REQUESTS} traces of 2 spans")
    assert len(traces) == REQUESTS
    for trace in traces:
        check(trace)


@pytest.mark.usefixtures("compose")
def test_the_readmes_command_runs_both_in_one_pane() -> None:
    with Child("make", "--no-print-directory", "-j2", "server", "client", f"VENV={Path(sys.prefix).name}") as both:
        both.wait_for(r"Server is running on port 8080\.\.\.(.|\n)*200 OK\n(.|\n)*200 OK\n")
        both.stop()
        assert "Traceback" not in both.output
        assert "lost" not in both.output


@pytest.mark.usefixtures("_server")
def test_verify_finds_every_hop_well() -> None:
    with make("verify") as verify:
        assert verify.end(60) == 0, verify.report()


def test_health_check_passes_in_the_container(compose: Stack) -> None:
    kind, *command = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["jaeger"]["healthcheck"]["test"]
    assert kind == "CMD"
    assert "StatusOK" in compose.engine.run("exec", compose.container("jaeger"), *command).stdout


def test_engine_runs_the_health_check(compose: Stack) -> None:
    container = compose.container("jaeger")
    if compose.engine.name == "podman":
        compose.engine.run("healthcheck", "run", container)  # without systemd podman never does so by itself
    else:
        health = compose.engine.run("inspect", "--format", "{{.State.Health.Status}}", container)
        assert health.stdout.strip() == "healthy"


@pytest.mark.parametrize(("service", "port"), [("opentelemetry-collector-contrib", 55678), ("jaeger", 16686)])
def test_one_port_is_published_on_the_loopback_address_only(compose: Stack, service: str, port: int) -> None:
    published = compose.engine.run("port", compose.container(service)).stdout
    assert published.splitlines() == [f"{port}/tcp -> 127.0.0.1:{port}"]
    # All of 127.0.0.0/8 is this machine, so this would reach a port that is published on all addresses.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def ensure_free(name: str, port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        pytest.fail(f"port {port}, the {name}'s, is not free: {reason}; stop what uses it", pytrace=False)


def whole_traces(since: int) -> list[dict[str, Any]] | None:
    """The client's traces since then; None while there are too few, or one of them is not whole."""
    traces = jaeger("traces", service="chapter2-client", limit=100, start=since, end=time.time_ns() // 1_000) or []
    whole = len(traces) >= REQUESTS and all(len(trace["spans"]) == 2 for trace in traces)
    return traces if whole else None


def check(trace: dict[str, Any]) -> None:
    assert not trace["warnings"]
    assert not any(span["warnings"] for span in trace["spans"])
    spans = {trace["processes"][span["processID"]]["serviceName"]: span for span in trace["spans"]}
    parent, child = spans.pop("chapter2-client"), spans.pop("chapter2-server")
    assert not spans
    assert parent["references"] == []
    assert child["references"] == [{"refType": "CHILD_OF", "traceID": trace["traceID"], "spanID": parent["spanID"]}]
