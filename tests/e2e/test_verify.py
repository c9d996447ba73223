"""`make verify` and `make orphan` on both stacks: what holds, and what each broken hop says."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

from tests.children import Child, free_port, make, python, server_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack import Stack


@pytest.fixture
def url(running_stack: Stack) -> Iterator[str]:
    with serving(running_stack.environment) as url:
        yield url


class serving:  # noqa: N801 - a context manager, used as one
    def __init__(self, environment: dict[str, str]) -> None:
        self._child = python("-m", "server", "--port", "0", env=environment)

    def __enter__(self) -> str:
        return f"http://localhost:{server_port(self._child)}/"

    def __exit__(self, *_: object) -> None:
        self._child.kill()


def verify(stack: Stack, url: str, *flags: str, query_url: str | None = None, **settings: str) -> Child:
    where = ("--url", url, "--query-url", query_url or stack.query_url)
    return python("-m", "verify", *where, *flags, env=stack.environment | settings)


def marks(child: Child) -> str:
    return "".join(re.findall("^[✓✗]", child.output, re.MULTILINE))


def test_every_hop_holds(running_stack: Stack, url: str) -> None:
    arguments = f"--url {url} --query-url {running_stack.query_url}"
    with make("verify", arguments, env=running_stack.environment) as child:
        assert child.end() == 0
        assert marks(child) == 6 * "✓"
        assert len(re.findall(r"^✓ .* \(\d+ ms\)$", child.output, re.MULTILINE)) == 6
        trace_id = re.search(rf"\n{running_stack.query_url}/trace/([0-9a-f]{{32}})\n", child.output)
        assert trace_id
        assert running_stack.trace(trace_id[1])
        assert re.search(r"\nchapter2-verify  GET +\d+\.\d ms\n└─ chapter2-server  GET / +\d+\.\d ms\n$", child.output)


def test_no_server(running_stack: Stack) -> None:
    with verify(running_stack, f"http://localhost:{free_port()}/") as child:
        assert child.end() == 1
        assert marks(child) == "✗✓✗✗✗✗"
        assert "start the server: make server" in child.output


def test_no_collector(stack: Stack) -> None:
    with serving(stack.environment) as url, verify(stack, url) as child:
        assert child.end() == 1
        assert marks(child) == "✓✗✗✗✗✗"
        assert re.search(r"✗ collector .* UNAVAILABLE: .*start one \(make backend", child.output)


def test_a_port_that_speaks_something_else(stack: Stack) -> None:
    """Jaeger's HTTP port instead of the collector's gRPC port; the pair without a word would just lose its spans."""
    with serving({}) as url, verify(stack, url, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=stack.query_url) as child:
        assert child.end() == 1
        assert marks(child) == "✓✗✗✗✗✗"


def test_a_port_that_is_silent(stack: Stack) -> None:
    with serving({}) as url, socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with verify(stack, url, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=endpoint) as child:
            assert child.end() == 1
            assert marks(child) == "✓✗✗✗✗✗"


def test_no_jaeger(running_stack: Stack, url: str) -> None:
    with verify(running_stack, url, query_url=f"http://localhost:{free_port()}") as child:
        assert child.end() == 1
        assert marks(child) == "✓✓✓✗✗✗"
        assert "start one (make backend, or docker compose up)" in child.output


def test_a_query_url_that_is_no_jaeger(running_stack: Stack, url: str) -> None:
    with verify(running_stack, url, query_url=url.rstrip("/")) as child:
        assert child.end() == 1
        assert marks(child) == "✓✓✓✗✗✗"
        assert "does not answer like a Jaeger query API" in child.output


def test_a_server_that_does_not_export(running_stack: Stack) -> None:
    with serving({"OTEL_SDK_DISABLED": "true"}) as url, verify(running_stack, url, "--timeout", "1") as child:
        assert child.end() == 1
        assert marks(child) == "✓✓✓✗✗✗"
        assert "only the client's is there" in child.output


def test_a_server_that_reads_no_traceparent(running_stack: Stack) -> None:
    deaf = running_stack.environment | {"OTEL_PROPAGATORS": "baggage"}
    with serving(deaf) as url, verify(running_stack, url, "--timeout", "1") as child:
        assert child.end() == 1
        assert marks(child) == "✓✓✓✗✗✗"


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"OTEL_TRACES_SAMPLER": "always_off"}, "unset OTEL_TRACES_SAMPLER"),
        ({"OTEL_SDK_DISABLED": "true"}, "unset OTEL_SDK_DISABLED"),
        ({"OTEL_PROPAGATORS": "none"}, "unset OTEL_PROPAGATORS"),
    ],
)
def test_settings_that_keep_the_trace_from_being(
    running_stack: Stack, url: str, settings: dict[str, str], advice: str
) -> None:
    with verify(running_stack, url, **settings) as child:
        assert child.end() == 1
        assert "✗" in marks(child)
        assert advice in child.output
        assert "Traceback" not in child.output


def test_an_orphan_is_warned_of(running_stack: Stack, url: str) -> None:
    with make("orphan", f"--url {url} --query-url {running_stack.query_url}", env=running_stack.environment) as child:
        assert child.end() == 0
        assert re.search(
            r"\(parent [0-9a-f]{16} is missing\)\n└─ chapter2-server  GET / .*invalid parent", child.output
        )
        trace_id = child.wait_for(r"/trace/([0-9a-f]{32})\n")[1]
    trace = running_stack.trace(trace_id)
    assert trace
    assert len(trace["spans"]) == 1


def test_an_orphan_is_healed(running_stack: Stack, url: str) -> None:
    arguments = f"--heal --url {url} --query-url {running_stack.query_url}"
    with make("orphan", arguments, env=running_stack.environment) as child:
        assert child.end() == 0
        before, after = child.output.split("The parent has ended")
        assert "is missing" in before
        assert "warning" in before
        assert "missing" not in after
        assert "warning" not in after
        assert re.search(r"chapter2-client  GET .*\n└─ chapter2-server  GET / ", after)


def test_orphan_without_its_neighbours(stack: Stack) -> None:
    here = ("--query-url", stack.query_url)
    with python("-m", "verify.orphan", "--url", f"http://localhost:{free_port()}/", *here) as child:
        assert child.end() == 1
        assert "nothing answers at" in child.output
        assert "make server" in child.output
        assert child.output.count("\n") == 1
