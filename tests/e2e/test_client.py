"""The client as a program: its options, and its end."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from client.__main__ import parse
from tests.children import Child, eventually, free_port, python
from tests.collector import FakeCollector
from tests.web import Rude, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

OK = (200, "Hello, World!")


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
