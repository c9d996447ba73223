"""The programs under test: a server and a client, with helpers to inspect them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.children import Child, eventually, listeners, python, server_port, workers_of
from tests.faults.load import Load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.load import Answer
    from tests.stack import Stack

SERVICE = "chapter2-server"
OK = "200 OK\n"


def endpoint(port: int) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{port}"}


class Server(NamedTuple):
    child: Child
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def workers(self) -> list[int]:
        return workers_of(self.child.pid)

    def listening(self) -> int:
        """The number of workers that accept connections; each has its own socket on the port."""
        return listeners(self.port)

    def warm_up(self) -> None:
        """Send enough concurrent requests to start all of the worker's threads and its connection to the collector."""
        with Load(self.port, threads=16, pause=0) as load:
            load.wait_for(500)


@contextmanager
def server(otlp_port: int, *flags: str, **settings: str) -> Iterator[Server]:
    """Start a server, by default with one worker, so that every event affects that one."""
    with python(
        "-m", "server", *(flags or ("--port", "0", "--workers", "1")), env=endpoint(otlp_port) | settings
    ) as child:
        yield Server(child, server_port(child))


def client(otlp_port: int, url: str, *flags: str, **settings: str) -> Child:
    return python("-m", "client", "--url", url, *flags, env=endpoint(otlp_port) | settings)


class Footprint(NamedTuple):
    """The resources of a process."""

    files: int
    threads: int
    memory: int
    """Resident, in bytes."""


def footprint(pid: int) -> Footprint:
    process = Path("/proc", str(pid))
    pages = int((process / "statm").read_text().split()[1])
    return Footprint(len(list((process / "fd").iterdir())), len(list((process / "task").iterdir())), pages * 4096)


def assert_no_leak(before: Footprint, pid: int, *, megabytes: int) -> None:
    """Assert that files and threads soon drop to the earlier number, and memory grew by at most `megabytes`."""
    eventually(lambda: (now := footprint(pid)).files <= before.files and now.threads <= before.threads, 10,
               lambda: f"{before} became {footprint(pid)}")  # fmt: skip
    assert footprint(pid).memory - before.memory < megabytes << 20


def server_spans(stack: Stack, **parameters: str) -> dict[str, dict[str, Any]]:
    """The server span of each trace; asserts that each trace has exactly one."""
    found = {}
    for trace in stack.traces(SERVICE, **parameters):
        spans = [span for span in trace["spans"] if trace["processes"][span["processID"]]["serviceName"] == SERVICE]
        assert len(spans) == 1, trace
        found[trace["traceID"]] = spans[0]
    return found


def wait_until_stored(stack: Stack, answers: Iterable[Answer], **parameters: str) -> None:
    """Wait until the server spans of all these requests are stored."""
    wanted = {answer.trace_id for answer in answers}
    eventually(lambda: wanted <= server_spans(stack, **parameters).keys(), 30, "spans are missing")
