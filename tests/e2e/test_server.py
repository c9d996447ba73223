"""The server's process: its limits, its stop, its faults. None of it needs a collector."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from statistics import median
from typing import TYPE_CHECKING

import psutil
import pytest
import requests

from tests.children import (
    STOP_LIMIT,
    Child,
    children_of,
    eventually,
    free_port,
    listeners,
    python,
    server_port,
    workers_of,
)
from tests.slow import connect, slow_body, slow_head, slow_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

SLOW_CONNECTIONS = 200
BUSY_CONNECTIONS = 40  # whose thousands of requests are all answered, as far as buffers take the answers
READ_LIMIT = 5.0
LATE = 5.0  # on a busy machine


@contextmanager
def server(*flags: str, **settings: str) -> Iterator[tuple[Child, int]]:
    with python("-m", "server", "--port", "0", *flags, env={"OTEL_TRACES_EXPORTER": "none"} | settings) as child:
        yield child, server_port(child)


def get(port: int, timeout: float = 5) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{port}/", timeout=timeout)


@pytest.mark.parametrize("slow", [slow_head, slow_body, slow_reader])
def test_slow_connections_do_not_hold_up_a_request(slow: Callable[[int], socket.socket]) -> None:
    with server() as (_, port), ExitStack() as open_:
        for _ in range(BUSY_CONNECTIONS if slow is slow_reader else SLOW_CONNECTIONS):
            open_.enter_context(slow(port))
        for _ in range(20):
            assert get(port, timeout=READ_LIMIT - 1).text == "Hello, World!"


@pytest.mark.parametrize("slow", [slow_head, slow_body])
def test_a_request_that_does_not_come_in_whole_loses_its_connection(slow: Callable[[int], socket.socket]) -> None:
    with server() as (_, port), slow(port) as connection:
        started = time.monotonic()
        connection.settimeout(READ_LIMIT + LATE)
        while connection.recv(4096):  # a slow body is answered at once: nobody waits for it
            pass
        assert time.monotonic() - started < READ_LIMIT + LATE


def test_a_dripping_head_is_cut_off() -> None:
    """A limit per read would never notice this one."""
    with server() as (_, port), slow_head(port) as connection:
        started = time.monotonic()
        connection.settimeout(0.25)
        while True:
            try:
                connection.sendall(b"x")
                if connection.recv(4096) == b"":
                    break
            except TimeoutError:
                assert time.monotonic() - started < READ_LIMIT + LATE, "still open"
            except OSError:
                break
        assert time.monotonic() - started >= READ_LIMIT - 1


def test_a_head_that_is_too_long_is_refused_and_no_line_of_the_log() -> None:
    with server() as (child, port):
        for size, status in ((16_000, 200), (17_000, 431), (1 << 20, 431)):
            assert (
                status_of(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nbaggage: k=" + b"v" * size + b"\r\n\r\n")
                == status
            )
        assert child.output.count("\n") == 1


def status_of(port: int, request: bytes) -> int:
    with connect(port) as connection:
        with suppress(ConnectionError):  # refused before it has read all
            connection.sendall(request)
        return int(connection.recv(12)[9:])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("to_group", [True, False])
def test_a_signal_stops_it(number: int, *, to_group: bool) -> None:
    with server("--workers", "2") as (child, port):
        child.send(number, to_group=to_group)
        assert child.end(STOP_LIMIT) == 0
        assert child.output == f"Server is running on port {port}...\n"


def test_a_stop_waits_for_requests_not_for_slow_senders() -> None:
    with server() as (child, port), slow_head(port), connect(port):
        assert get(port).ok
        started = time.monotonic()
        assert child.stop() == 0
        assert time.monotonic() - started < 5


# As `python -m server`, with its workers started in the way that is named first.
STARTING = """
import sys
from server import __main__, hosting
hosting.listener.START_METHOD = sys.argv.pop(1)
__main__.main()
"""
# Spawning is what macOS has; it works on Linux too.
METHODS = ["fork", "spawn"] if sys.platform == "linux" else ["spawn"]


@pytest.mark.parametrize("method", METHODS)
def test_a_signal_while_serving_stops_it_soon_and_leaves_nobody(method: str) -> None:
    with starting(method) as child:
        port = server_port(child)
        eventually(lambda: listeners(port) == 2)
        assert_stops_soon(child)
        assert child.output == f"Server is running on port {port}...\n"


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("method", METHODS)
def test_a_signal_at_any_moment_of_the_start_stops_it_soon_and_leaves_nobody(method: str) -> None:
    for step in range(6):
        with starting(method) as child:
            eventually(lambda: workers_of(child.pid))
            time.sleep(step * 0.1)  # the moment itself
            assert_stops_soon(child)


def starting(method: str) -> Child:
    return python("-c", STARTING, method, "--port", "0", "--workers", "2", env={"OTEL_TRACES_EXPORTER": "none"})


def assert_stops_soon(child: Child) -> None:
    below = children_of(child.pid)
    child.send(signal.SIGINT, to_group=True)
    assert child.end(STOP_LIMIT) == 0, child.report()
    assert not re.search("Traceback|Killing|Unexpected", child.output)
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in below), 2)


def test_sigint_works_where_the_shell_had_it_ignored() -> None:
    """As in a background job of a script."""
    with Child("sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "server", "--port", "0") as child:
        server_port(child)
        child.send(signal.SIGINT)
        assert child.end(STOP_LIMIT) == 0


def test_a_killed_worker_is_replaced() -> None:
    with server("--workers", "1") as (child, port):
        (worker,) = workers_of(child.pid)
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: workers_of(child.pid) not in ([], [worker]))
        eventually(lambda: answers(port))
        assert child.stop() == 0


def test_workers_do_not_outlive_the_main_process() -> None:
    with server("--workers", "2") as (child, port):
        child.send(signal.SIGKILL)
        eventually(lambda: not answers(port), 10)


def answers(port: int) -> bool:
    try:
        return get(port).ok
    except requests.ConnectionError:
        return False


def test_a_busy_port_is_one_line() -> None:
    with server() as (_, port), python("-m", "server", "--port", str(port)) as second:
        assert second.end(10) == 1
        assert second.output == (
            f"python -m server: cannot listen on 127.0.0.1 port {port}: "
            "Address already in use; choose another with --port\n"
        )


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "line"),
    [
        ("--port 70000", {}, 2, "argument --port: 70000 is not from 0 to 65535"),
        ("--port http", {}, 2, "argument --port: invalid int value: 'http'"),
        ("--workers 0", {}, 2, "argument --workers: must be 1 or more"),
        ("--colour", {}, 2, "unrecognized arguments: --colour"),
        ("--host no.such.host.invalid", {}, 1, "--host no.such.host.invalid: "),
        ("--host a..b", {}, 1, "--host a..b: no name of a host"),
        (
            "",
            {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "localhost:55678"},
            1,
            "must be an address like http://localhost:55678",
        ),
        ("", {"SPAN_PROCESSOR": "fast"}, 1, "SPAN_PROCESSOR=fast: must be batch or simple"),
    ],
)
def test_a_mistake_is_one_line(arguments: str, settings: dict[str, str], status: int, line: str) -> None:
    with python("-m", "server", *arguments.split(), env=settings) as child:
        assert child.end(10) == status
        assert line in child.output
        assert child.output.startswith("python -m server: ")
        assert child.output.count("\n") == 1


@pytest.mark.parametrize("host", ["localhost", "0", "127.1"])
def test_a_host_may_be_written_in_any_way(host: str) -> None:
    with server("--host", host, "--workers", "1") as (child, port):
        assert get(port).ok
        assert child.stop() == 0


def test_help_names_every_flag() -> None:
    with python("-m", "server", "--help") as child:
        assert child.end(10) == 0
        assert all(flag in child.output for flag in ("--host", "--port", "--workers", "8080"))


@contextmanager
def silent_collector() -> Iterator[int]:
    """A port that takes connections and never answers on any."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield listener.getsockname()[1]


@contextmanager
def no_collector() -> Iterator[int]:
    yield free_port()


@pytest.mark.parametrize("collector", [no_collector, silent_collector])
def test_no_request_waits_for_a_collector_and_the_loss_is_told(
    collector: Callable[[], AbstractContextManager[int]],
) -> None:
    with (
        collector() as otlp,
        server(
            "--workers", "1", OTEL_TRACES_EXPORTER="otlp", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"http://127.0.0.1:{otlp}"
        ) as (child, port),
    ):
        seconds = []
        for _ in range(50):
            started = time.monotonic()
            assert get(port).ok
            seconds.append(time.monotonic() - started)
        assert median(seconds) < 0.5  # one alone may have waited for a busy machine
        assert child.stop(seconds=5) == 0
        assert "WARNING: 50 of 50 spans were lost: no collector took them\n" in child.output
        assert child.output.count("\n") <= 3  # banner, perhaps the trouble, the loss


def test_a_dead_collector_stalls_synchronous_export_for_no_more_than_its_second() -> None:
    settings = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{free_port()}", "SPAN_PROCESSOR": "simple"}
    with server("--workers", "1", OTEL_TRACES_EXPORTER="otlp", **settings) as (child, port):
        threads = [threading.Thread(target=get, args=(port,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(4)
            assert not thread.is_alive()
        assert child.stop(seconds=5) == 0
        assert "4 of 4 spans were lost" in child.output
