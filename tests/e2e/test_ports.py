"""Where the back end listens: the playground's port, and besides those where SDKs send by default."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests

from backend.web.listening import addresses_of
from tests.children import Child, free_port, python
from tests.unit.backend.receiver.otlp import request, span

if TYPE_CHECKING:
    from pathlib import Path


def backend(db: Path, *flags: str) -> Child:
    return python("-m", "backend", "--otlp-port", "0", "--port", "0", "--db", str(db / "traces.db"), *flags)


def test_standard_ports_are_listened_on_or_passed_over_with_a_line(tmp_path: Path) -> None:
    """Another program may have them while this runs: then they are passed over."""
    with backend(tmp_path) as first:
        banner = first.wait_for(r"OTLP on localhost:\d+(.*), UI on")[1]
        had = [port for port in (4317, 4318) if f"localhost:{port}" in banner]
        for port in {4317, 4318} - set(had):
            assert f"not listening on port {port} besides: Address already in use\n" in first.output
        with backend(tmp_path / "..", "--db", str(tmp_path / "second.db")) as second:
            banner = second.wait_for(r"OTLP on localhost:\d+(.*), UI on")[1]
            for port in had:
                assert f"localhost:{port}" not in banner
                assert f"not listening on port {port} besides: Address already in use\n" in second.output


def test_they_can_be_switched_off(tmp_path: Path) -> None:
    with backend(tmp_path, "--grpc-port", "off", "--http-port", "off") as running:
        running.wait_for(r"^OTLP on localhost:\d+, UI on http://localhost:\d+\n")


@pytest.mark.parametrize("flag", ["--grpc-port", "--http-port"])
def test_one_that_was_asked_for_and_is_busy_is_an_error(tmp_path: Path, flag: str) -> None:
    with ExitStack() as opened:
        port = opened.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        flags = {"--grpc-port": "off", "--http-port": "off"} | {flag: str(port)}
        running = opened.enter_context(backend(tmp_path, *(word for pair in flags.items() for word in pair)))
        assert running.end() == 1
        assert f"port {port}: Address already in use; choose another with {flag}\n" in running.output


IPV6 = "::1" in addresses_of("localhost")
needs_ipv6 = pytest.mark.skipif(not IPV6, reason="no IPv6 here")


@needs_ipv6
def test_both_loopbacks_are_listened_on(tmp_path: Path) -> None:
    with backend(tmp_path, "--grpc-port", "off", "--http-port", str(free_port())) as running:
        found = running.wait_for(r"OTLP on localhost:(\d+), OTLP/HTTP on \S+:(\d+), UI on \S+:(\d+)\n").groups()
        for port in map(int, found):
            for address in ("127.0.0.1", "::1"):
                socket.create_connection((address, port), timeout=5).close()
        assert requests.get(f"http://[::1]:{found[2]}/search", timeout=5).ok


@needs_ipv6
@pytest.mark.parametrize("flag", ["--otlp-port", "--grpc-port", "--http-port", "--port"])
def test_another_program_on_one_loopback_is_an_error(tmp_path: Path, flag: str) -> None:
    with ExitStack() as opened:
        other = opened.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        port = other.getsockname()[1]
        running = opened.enter_context(backend(tmp_path, "--grpc-port", "off", "--http-port", "off", flag, str(port)))
        assert running.end() == 1
        assert running.output == (
            f"python -m backend: cannot listen on ::1 port {port}: Address already in use; choose another with {flag}\n"
        )


@needs_ipv6
def test_a_host_that_is_named_is_the_only_one(tmp_path: Path) -> None:
    with ExitStack() as opened:
        other = opened.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        port = other.getsockname()[1]
        running = opened.enter_context(
            backend(tmp_path, "--host", "127.0.0.1", "--grpc-port", "off", "--http-port", "off", "--port", str(port))
        )
        running.wait_for("UI on")
        assert requests.get(f"http://127.0.0.1:{port}/search", timeout=5).ok


def test_a_sender_at_the_wrong_door_is_told(tmp_path: Path) -> None:
    port = free_port()
    with backend(tmp_path, "--grpc-port", "off", "--http-port", str(port)) as running:
        running.wait_for("UI on")
        answer = requests.post(f"http://localhost:{port}/", request(span()).SerializeToString(), timeout=5)
        assert answer.status_code == 404
        assert "/v1/traces" in answer.text
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            running.wait_for("gRPC came to the port of HTTP")
        assert re.search(r"send OTLP/gRPC to port 4317", running.output)
