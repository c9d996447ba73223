"""The backend's process: its start, its stop, its faults, and that it keeps what it acknowledged."""

from __future__ import annotations

import signal
import socket
import sqlite3
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backend.store.store import Store
from tests.children import NO_STANDARD_PORTS, ROOT, STOP_LIMIT, Child, eventually, free_port, python
from tests.slow import connect, slow_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BANNER = r"OTLP on localhost:(\d+), OTLP/HTTP on http://localhost:(\d+), UI on http://localhost:(\d+)\n"
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class Ports(NamedTuple):
    otlp: int
    http: int
    ui: int


@contextmanager
def backend(db: Path, *flags: str) -> Iterator[tuple[Child, Ports]]:
    ports = ("--otlp-port", "0", "--grpc-port", "off", "--http-port", "0", "--port", "0")
    with python("-m", "backend", *ports, "--db", str(db), *flags) as child:
        yield child, Ports(*map(int, child.wait_for(BANNER).groups()))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "traces.db"


def request(number: int, size: int = 100) -> bytes:
    """A trace of two spans."""
    sent = ExportTraceServiceRequest()
    group = sent.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope = group.scope_spans.add()
    for span_id in (b"parent--", b"child---"):
        span = scope.spans.add(trace_id=trace_id(number), span_id=span_id, name="GET /", start_time_unix_nano=number)
        span.attributes.add(key="text").value.string_value = "x" * size
    return sent.SerializeToString()


def trace_id(number: int) -> bytes:
    return number.to_bytes(16, "big")


class Sender(threading.Thread):
    """Exports without end; what was acknowledged is in `acknowledged`."""

    def __init__(self, port: int, first: int) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[int] = []
        self._port = port
        self._first = first

    def run(self) -> None:
        with grpc.insecure_channel(f"127.0.0.1:{self._port}") as channel:
            export: Any = channel.unary_unary(EXPORT)
            for number in range(self._first, self._first + 1_000_000):
                try:
                    export(request(number), timeout=10)
                except grpc.RpcError:
                    return
                self.acknowledged.append(number)


def send_without_end(port: int) -> list[Sender]:
    senders = [Sender(port, 1 + index * 1_000_000) for index in range(8)]
    for sender in senders:
        sender.start()
    eventually(lambda: all(len(sender.acknowledged) > 20 for sender in senders))
    return senders


def acknowledged(senders: list[Sender]) -> list[int]:
    for sender in senders:
        sender.join(20)
        assert not sender.is_alive()
    return [number for sender in senders for number in sender.acknowledged]


def stored_traces(db: Path, numbers: list[int]) -> set[int]:
    with closing(Store(db)) as store:
        return {number for number in numbers if sum(len(one.positions) for one in store.trace(trace_id(number))) == 2}


def test_it_takes_spans_and_shows_them(db: Path) -> None:
    with backend(db) as (child, ports):
        with grpc.insecure_channel(f"127.0.0.1:{ports.otlp}") as channel:
            export: Any = channel.unary_unary(EXPORT)
            assert export(request(1), timeout=10) == b""
        url = f"http://localhost:{ports.http}/v1/traces"
        assert requests.post(url, request(2), headers={"Content-Type": "application/x-protobuf"}, timeout=10).ok
        api = f"http://localhost:{ports.ui}/api"
        for number in (1, 2):
            (found,) = requests.get(f"{api}/traces/{number:032x}", timeout=10).json()["data"]
            assert len(found["spans"]) == 2
        assert requests.get(f"{api}/services", timeout=10).json()["data"] == ["shop"]
        assert child.stop() == 0
        assert child.output.count("\n") == 1


def test_the_page_knows_the_ports(db: Path) -> None:
    with backend(db) as (_, ports):
        page = requests.get(f"http://localhost:{ports.ui}/search", timeout=10).text
        assert f'data-otlp-grpc="{ports.otlp}" data-otlp-http="{ports.http}"' in page


def test_other_hosts_are_refused(db: Path) -> None:
    with backend(db) as (_, ports):
        for url in (f"http://localhost:{ports.ui}/api/services", f"http://localhost:{ports.http}/v1/traces"):
            assert requests.get(url, headers={"Host": "evil.example"}, timeout=10).status_code == 403


def test_a_restart_keeps_the_traces(db: Path) -> None:
    for start in range(2):
        with backend(db) as (child, ports):
            if start == 0:
                with grpc.insecure_channel(f"127.0.0.1:{ports.otlp}") as channel:
                    export: Any = channel.unary_unary(EXPORT)
                    export(request(1), timeout=10)
            url = f"http://localhost:{ports.ui}/api/traces/{1:032x}"
            assert len(requests.get(url, timeout=10).json()["data"][0]["spans"]) == 2
            assert child.stop() == 0


def test_a_kill_loses_no_span_that_was_acknowledged(db: Path) -> None:
    with backend(db) as (child, ports):
        senders = send_without_end(ports.otlp)
        child.send(signal.SIGKILL)
        child.end()
        sent = acknowledged(senders)
    assert stored_traces(db, sent) == set(sent)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_under_load_loses_no_span_that_was_acknowledged(db: Path, number: int) -> None:
    with backend(db) as (child, ports):
        senders = send_without_end(ports.otlp)
        assert child.stop(number, STOP_LIMIT) == 0
        sent = acknowledged(senders)
        assert "Traceback" not in child.output
    assert stored_traces(db, sent) == set(sent)
    assert not list(db.parent.glob("*-wal"))


def test_clients_that_hang_do_not_hold_up_a_stop(db: Path) -> None:
    with backend(db) as (child, ports), ExitStack() as clients:
        for port in ports:
            clients.enter_context(connect(port))
            clients.enter_context(slow_body(port, "/v1/traces"))
        started = time.monotonic()
        assert child.stop() == 0
        assert time.monotonic() - started < STOP_LIMIT


def test_pages_that_wait_for_news_get_them_and_do_not_hold_up_a_stop(db: Path) -> None:
    with backend(db) as (child, ports), ExitStack() as pages:
        streams = [
            pages.enter_context(requests.get(f"http://localhost:{ports.ui}/api/live", stream=True, timeout=10)).raw
            for _ in range(16)
        ]
        versions = [data_of(stream) for stream in streams]
        assert len(set(versions)) == 1
        url = f"http://localhost:{ports.http}/v1/traces"
        assert requests.post(url, request(1), headers={"Content-Type": "application/x-protobuf"}, timeout=10).ok
        assert not {data_of(stream) for stream in streams} & set(versions)
        started = time.monotonic()
        assert child.stop() == 0
        assert time.monotonic() - started < STOP_LIMIT
        assert all(data_of(stream) == b"" for stream in streams)


def data_of(stream: Any) -> bytes:
    """The next event's data; nothing where the stream has ended."""
    return next((line for line in iter(stream.readline, b"") if line.startswith(b"data: ")), b"")


def test_clearing_survives_a_kill(db: Path) -> None:
    with backend(db) as (child, ports):
        url, ui = f"http://localhost:{ports.http}/v1/traces", f"http://localhost:{ports.ui}"
        headers = {"Content-Type": "application/x-protobuf"}
        assert requests.post(url, request(1), headers=headers, timeout=10).ok
        foreign = {"Origin": "http://elsewhere.example"}
        assert requests.delete(f"{ui}/api/traces", headers=foreign, timeout=10).status_code == 403
        assert requests.delete(f"{ui}/api/traces", headers={"Host": "elsewhere.example"}, timeout=10).status_code == 403
        assert requests.delete(f"{ui}/api/traces", headers={"Origin": ui}, timeout=10).status_code == 204
        assert requests.post(url, request(2), headers=headers, timeout=10).ok
        child.send(signal.SIGKILL)
        child.end()
    assert stored_traces(db, [1, 2]) == {2}


@pytest.mark.slow
def test_a_signal_at_any_moment_of_the_start_stops_it(tmp_path: Path) -> None:
    for step in range(8):
        with python(
            "-m", "backend", "--otlp-port", "0", *NO_STANDARD_PORTS, "--port", "0", "--db", str(tmp_path / f"{step}.db")
        ) as child:
            time.sleep(0.3 + step * 0.1)  # the moment itself; before that the interpreter is not there yet
            child.send(signal.SIGTERM)
            assert child.end(STOP_LIMIT + 5) in {0, -signal.SIGTERM}, child.report()
            assert "Traceback" not in child.output


@pytest.mark.parametrize("flag", ["--otlp-port", "--grpc-port", "--http-port", "--port"])
def test_a_busy_port_is_one_line_and_nothing_else(db: Path, flag: str) -> None:
    ports = {"--otlp-port": "0", "--grpc-port": "0", "--http-port": "0", "--port": "0"}
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports[flag] = str(other.getsockname()[1])
        flags = [text for pair in ports.items() for text in pair]
        with python("-m", "backend", *flags, "--db", str(db)) as child:
            assert child.end() == 1
            assert child.output == (
                f"python -m backend: cannot listen on 127.0.0.1 port {ports[flag]}: Address already in use;"
                f" choose another with {flag}\n"
            )
    assert not db.exists()


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (("--port", "65536"), "argument --port: 65536 is not from 0 to 65535"),
        (("--otlp-port", "x"), "argument --otlp-port: x is not from 0 to 65535"),
        (("--max-spans", "0"), "argument --max-spans: 0 is not a whole number, 1 or more"),
        (("--max-size", "1T"), "argument --max-size: 1T is not a whole number, 1 or more"),
        (("--nonsense",), "unrecognized arguments: --nonsense"),
    ],
)
def test_a_usage_mistake_is_one_line(flags: tuple[str, ...], problem: str) -> None:
    with python("-m", "backend", *flags) as child:
        assert child.end() == 2
        assert child.output == f"python -m backend: error: {problem}\n"


def test_an_unknown_host_is_one_line(db: Path) -> None:
    with python("-m", "backend", "--host", "nowhere.invalid", "--db", str(db)) as child:
        assert child.end() == 1
        assert child.output.startswith("python -m backend: --host nowhere.invalid: ")
        assert child.output.count("\n") == 1


def test_a_foreign_file_is_one_line_and_untouched(db: Path) -> None:
    with closing(sqlite3.connect(db)) as other:
        other.execute("CREATE TABLE diary (entry)")
    before = db.read_bytes()
    with python("-m", "backend", "--otlp-port", "0", *NO_STANDARD_PORTS, "--port", "0", "--db", str(db)) as child:
        assert child.end() == 1
        assert child.output == f"python -m backend: {db}: a database of another program; name another file\n"
    assert db.read_bytes() == before


def test_a_file_in_use_is_one_line(db: Path) -> None:
    with (
        backend(db),
        python("-m", "backend", "--otlp-port", "0", *NO_STANDARD_PORTS, "--port", "0", "--db", str(db)) as second,
    ):
        assert second.end() == 1
        assert second.output == f"python -m backend: {db}: in use by another backend\n"


def test_the_default_file_is_under_the_current_folder(tmp_path: Path) -> None:
    ports = ("--otlp-port", str(free_port()), *NO_STANDARD_PORTS, "--port", "0")
    with Child(sys.executable, "-m", "backend", *ports, env={"PYTHONPATH": str(ROOT)}, cwd=tmp_path) as child:
        child.wait_for(r"OTLP on localhost:\d+, UI on http://localhost:\d+\n")
        assert (tmp_path / ".playground" / "traces.db").is_file()
        assert child.stop() == 0
