"""docker-compose.yaml, `make server`, `make client` and `make verify`, as the README tells to use them.

The one test on the article's fixed ports: they are what the compose file says.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.compose.stack import jaeger, running, wait_until
from tests.realstack.build import go_problem
from tests.realstack.images import COMPOSE_FILE, compose_problem, find_engine, images
from tests.realstack.needs import needs, needs_binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.compose.stack import Stack

# The first run builds the real Collector and Jaeger.
pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]

PORTS = {"server": 8080, "collector": 55678, "Jaeger": 16686}
REQUESTS = 5
# In a fresh clone `make` has .venv to set up first.
MAKE_SECONDS = 300
ROOT = COMPOSE_FILE.parent


@pytest.fixture(scope="module")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    needs(go_problem() or compose_problem())
    for name, port in PORTS.items():
        ensure_free(name, port)
    binaries = needs_binaries(request.config)
    engine = find_engine()
    assert engine
    with images(engine, binaries), running(engine) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _logs(stack: Stack) -> Iterator[None]:
    """Show what the containers said, in the report of a test that failed."""
    yield
    print(stack.logs())


@pytest.fixture
def server(stack: Stack, tmp_path: Path) -> Iterator[None]:
    output = tmp_path / "server"
    with output.open("w") as file:
        # In a process group of its own, to be interrupted as a whole, like by Ctrl-C.
        process = subprocess.Popen(
            make("server"), cwd=ROOT, env=environ(), stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_until(lambda: announced(process, output), "the server is running", MAKE_SECONDS)
        yield
    finally:
        stop(process)
        print(output.read_text())


@pytest.mark.usefixtures("server")
def test_each_request_becomes_a_trace_of_parent_and_child() -> None:
    since = time.time_ns() // 1_000
    client = run_make("client", f"--count {REQUESTS} --interval 0.1")
    assert client.stdout.splitlines() == ["200 OK"] * REQUESTS
    traces = wait_until(lambda: traces_of_two_spans(since), f"Jaeger has {REQUESTS} traces of 2 spans")
    assert len(traces) == REQUESTS
    for trace in traces:
        check(trace)


@pytest.mark.usefixtures("server")
def test_verify_finds_every_hop_well() -> None:
    run_make("verify")


def test_health_check_passes_in_the_container(stack: Stack) -> None:
    kind, *command = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["jaeger"]["healthcheck"]["test"]
    assert kind == "CMD"
    assert "StatusOK" in stack.engine.run("exec", stack.container("jaeger"), *command).stdout


def test_engine_runs_the_health_check(stack: Stack) -> None:
    container = stack.container("jaeger")
    if stack.engine.name == "podman":
        stack.engine.run("healthcheck", "run", container)  # without systemd podman never does so by itself
    else:
        health = stack.engine.run("inspect", "--format", "{{.State.Health.Status}}", container)
        assert health.stdout.strip() == "healthy"


@pytest.mark.parametrize(("service", "port"), [("otel-collector", 55678), ("jaeger", 16686)])
def test_one_port_is_published_on_the_loopback_address_only(stack: Stack, service: str, port: int) -> None:
    published = stack.engine.run("port", stack.container(service)).stdout
    assert published.splitlines() == [f"{port}/tcp -> 127.0.0.1:{port}"]
    # All of 127.0.0.0/8 is this machine, so this would reach a port that is published on all addresses.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def ensure_free(name: str, port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        pytest.fail(f"port {port}, the {name}'s, is not free: {error.strerror}; stop what uses it", pytrace=False)


def make(target: str, args: str = "") -> list[str]:
    # ARGS even when empty: those of `make test-compose ARGS=…` are pytest's, and would be handed down.
    return ["make", "--no-print-directory", target, f"ARGS={args}"]


def environ() -> dict[str, str]:
    """This environment without what would send the spans elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "SPAN_PROCESSOR"))}


def run_make(target: str, args: str = "") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        make(target, args), cwd=ROOT, env=environ(), capture_output=True, text=True, timeout=MAKE_SECONDS, check=False
    )
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    return done


def announced(server: subprocess.Popen[bytes], output: Path) -> bool | None:
    assert server.poll() is None, output.read_text()
    return "Server is running on port 8080..." in output.read_text() or None


def stop(server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGINT)
    try:
        server.wait(10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def traces_of_two_spans(since: int) -> list[dict[str, Any]] | None:
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
