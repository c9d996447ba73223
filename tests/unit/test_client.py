"""The client: its loop in this process, its options and its end in a process of its own."""

from __future__ import annotations

import re
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from client.__main__ import parse
from client.app import loop as run
from tests.children import Child, eventually, free_port, python
from tests.collector import FakeCollector
from tests.unit.web import Rude, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

OK = (200, "Hello, World!")
UNAVAILABLE = (503, "")
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NO_ANSWER = "Remote end closed connection without response"


class Turns(threading.Event):
    """A stop event that notes each wait instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def printed(url: str, capsys: pytest.CaptureFixture[str], count: int = 1) -> str:
    run(url, 0, count, None, threading.Event())
    return capsys.readouterr().out


def test_each_answer_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Web(OK, UNAVAILABLE, (404, ""), OK) as web:
        assert run(web.url, 0, 4, None, threading.Event()) == 2
    assert capsys.readouterr().out == (
        "200 OK\ngot status: 503 SERVICE UNAVAILABLE\ngot status: 404 NOT FOUND\n200 OK\n"
    )


def test_a_closed_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(f"http://127.0.0.1:{free_port()}/", capsys) == "request failed: Connection refused\n"


def test_a_name_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    line = printed("http://nonexistent.invalid/", capsys)
    # "Name or service not known" and "Temporary failure in name resolution", in the words of the C library.
    assert re.fullmatch(r"request failed: [A-Z][\w ,]+\n", line)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (b"", NO_ANSWER),
        (b"garbage\r\n\r\n", "garbage"),
        (b"\x1b[2Jgarbage\r\n", ".*garbage.*"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 abc OK"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "IncompleteRead.*"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", ".+"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", ".+"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n", ".+"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://elsewhere/\r\nContent-Length: 0\r\n\r\n", ".+"),
    ],
)
def test_a_broken_answer_is_one_readable_line(answer: bytes, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(answer) as rude:
        output = printed(rude.url, capsys)
    assert re.fullmatch(rf"request failed: {line}\n", output)
    assert output[:-1].isprintable()


def test_a_reason_from_a_stranger_is_printed_readably(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"HTTP/1.1 503 \x1b[2Jgone\r\nContent-Length: 0\r\n\r\n") as rude:
        output = printed(rude.url, capsys)
    assert output.startswith("got status: 503 ")
    assert output[:-1].isprintable()


def test_a_server_that_does_not_answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.app.TIMEOUT_SECONDS", (2, 0.2))
    with Rude() as silent:
        assert printed(silent.url, capsys) == "request failed: timed out\n"


def test_a_connection_closed_without_an_answer_is_opened_once_more(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"", EMPTY) as rude:
        assert printed(rude.url, capsys) == "200 OK\n"


def test_a_connection_closed_after_the_answer_is_opened_anew(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(EMPTY) as rude:
        assert printed(rude.url, capsys, count=4) == 4 * "200 OK\n"


def test_the_loop_goes_on_after_failures(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"", b"", EMPTY) as rude:
        assert run(rude.url, 0, 3, None, threading.Event()) == 1
    assert capsys.readouterr().out == f"request failed: {NO_ANSWER}\n200 OK\n200 OK\n"


@pytest.mark.parametrize("count", [1, 3])
def test_a_failed_try_waits_its_turn(count: int) -> None:
    turns = Turns()
    assert run(f"http://127.0.0.1:{free_port()}/", 7.5, count, None, turns) == count
    assert turns.waits == [7.5] * (count - 1)


def test_it_asks_as_often_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    turns = Turns()
    with Web(OK) as web:
        assert run(web.url, 7.5, 3, None, turns) == 0
    assert (len(web.requests), turns.waits) == (3, [7.5, 7.5])


def test_one_connection_is_reused() -> None:
    with Web(OK, UNAVAILABLE, OK) as web:
        run(web.url, 0, 5, None, threading.Event())
    assert (len(web.requests), web.connections) == (5, 1)


def test_stop_ends_a_long_wait_at_once() -> None:
    stop = threading.Event()
    with Web(OK) as web:
        loop = threading.Thread(target=run, args=(web.url, 60, None, None, stop), daemon=True)
        loop.start()
        eventually(lambda: web.requests)
        stop.set()
        loop.join(2)
        assert not loop.is_alive()
    assert len(web.requests) == 1


def test_nothing_is_asked_when_stop_is_set() -> None:
    stop = threading.Event()
    stop.set()
    with Web(OK) as web:
        assert run(web.url, 0, None, None, stop) == 0
    assert web.requests == []


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as collector:
        yield collector


def client(collector: FakeCollector, *flags: str) -> Child:
    return python("-m", "client", *flags, env={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint})


def test_verbose_prints_where_each_trace_is(collector: FakeCollector) -> None:
    closed = f"http://127.0.0.1:{free_port()}/"
    with Web(OK) as web:
        for url, line in ((web.url, "200 OK"), (closed, "request failed: Connection refused")):
            with client(collector, "--url", url, "--count", "1", "--verbose", "--ui", "http://jaeger:1") as running:
                running.end()
            match = re.fullmatch(
                rf"{line}\n  traceparent: 00-([0-9a-f]{{32}})-([0-9a-f]{{16}})-0[13]\n  http://jaeger:1/trace/\1\n",
                running.output,
            )
            assert match, running.output
            span = collector.spans[-1]
            assert (span.trace_id.hex(), span.span_id.hex()) == match.groups()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--url", "localhost:8080"], "argument --url: localhost:8080 is not an http:// or https:// address"),
        (["--url", "ftp://localhost/"], "argument --url: ftp://localhost/ is not an http:// or https:// address"),
        (["--url", "http://"], "argument --url: http:// is not an http:// or https:// address"),
        (["--url", "http://[::1"], r"argument --url: http://\[::1 .+"),
        (["--url", "http://localhost:port/"], "argument --url: http://localhost:port/ .+"),
        (["--interval", "-1"], "argument --interval: must be 0 or more seconds"),
        (["--interval", "nan"], "argument --interval: must be 0 or more seconds"),
        (["--interval", "inf"], "argument --interval: must be 0 or more seconds"),
        (["--interval", "x"], "argument --interval: invalid float value: 'x'"),
        (["--count", "0"], "argument --count: must be 1 or more"),
        (["--count", "x"], "argument --count: invalid int value: 'x'"),
        (["--unknown"], "unrecognized arguments: --unknown"),
    ],
)
def test_a_usage_error_is_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["client", *flags])
    with pytest.raises(SystemExit) as ended:
        parse()
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(f"python -m client: error: {message}\n", printed.err)


def test_a_usage_error_ends_the_program() -> None:
    with python("-m", "client", "--count", "0") as running:
        assert running.end() == 2
    assert running.output == "python -m client: error: argument --count: must be 1 or more\n"


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_propagator_setting_counts_as_unset(value: str) -> None:
    settings = {"OTEL_PROPAGATORS": value, "OTEL_TRACES_EXPORTER": "none"}
    with Web(OK) as web, python("-m", "client", "--count", "1", "--url", web.url, env=settings) as running:
        assert running.end() == 0, running.report()
    assert running.output == "200 OK\n"


def test_the_exit_status_tells_failures_where_they_are_counted(collector: FakeCollector) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    with client(collector, "--url", url, "--count", "2", "--interval", "0") as running:
        assert running.end() == 1
    assert running.output == 2 * "request failed: Connection refused\n"
    assert len(collector.spans) == 2


IGNORING_SIGINT = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")


@pytest.mark.parametrize("start", [(), IGNORING_SIGINT], ids=["", "SIGINT ignored"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_wait_stops_at_once_and_loses_nothing(
    collector: FakeCollector, start: tuple[str, ...], number: int
) -> None:
    with Web(OK) as web:
        command = (*start, sys.executable, "-m", "client", "--interval", "60", "--url", web.url)
        with Child(*command, env={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}) as running:
            running.wait_for("200 OK\n")
            running.send(number)
            assert running.end(2) == 0
    assert running.output == "200 OK\n"
    assert collector.span_names == ["GET"]


def test_both_signals_at_once_stop_as_well(collector: FakeCollector) -> None:
    with Web(OK) as web, client(collector, "--interval", "60", "--url", web.url) as running:
        running.wait_for("200 OK\n")
        running.send(signal.SIGINT)
        running.send(signal.SIGTERM)
        assert running.end(2) == 0
    assert running.output == "200 OK\n"
    assert collector.span_names == ["GET"]


def test_a_signal_stops_a_request_that_hangs_and_impatience_changes_nothing(collector: FakeCollector) -> None:
    def ended_when_signalled_again() -> bool:
        running.send(signal.SIGINT)
        return not running.running

    with Rude() as silent, client(collector, "--url", silent.url) as running:
        assert silent.asked.wait(10)
        eventually(ended_when_signalled_again, 5)
        assert running.end() == 0
    assert running.output == ""


def test_a_request_under_way_may_finish(collector: FakeCollector) -> None:
    with Web(OK) as web:
        web.hang()
        with client(collector, "--url", web.url) as running:
            eventually(lambda: web.requests)
            running.send(signal.SIGINT)
            web.release()
            assert running.end(4) == 0
    assert running.output == "200 OK\n"
    assert collector.span_names == ["GET"]


def test_it_ends_when_nobody_reads_its_output(collector: FakeCollector) -> None:
    pipeline = '"$0" -m client --interval 0.05 --url "$1" | head -n 1'
    with Web(OK) as web, Child("sh", "-c", pipeline, sys.executable, web.url,
                               env={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}) as running:  # fmt: skip
        running.end(8)
    assert running.output == "200 OK\n"
