"""`make demo`: one command, no containers, a linked trace in the terminal."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.children import NO_STANDARD_PORTS, Child, children_of, command_of, eventually, free_port, make
from tests.stack import EmbeddedStack

TRACE = (
    r"\nhttp://localhost:\d+/trace/[0-9a-f]{32}\n"
    r"chapter2-client  GET +\d+\.\d ms\n└─ chapter2-server  GET / +\d+\.\d ms\n"
)


def demo(tmp_path: Path, *flags: str, otlp: int | None = None, ui: int | None = None) -> Child:
    ports = f"--otlp-port {otlp or free_port()} --port {ui or free_port()} --server-port {free_port()}"
    return make("demo", " ".join([ports, *NO_STANDARD_PORTS, f"--db '{tmp_path / 'a demo.db'}'", *flags]))


def test_it_shows_a_linked_trace_and_stops_in_order(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.wait_for(TRACE, 30)
        running.wait_for("200 OK\n(.|\n)*200 OK\n")
        running.stop(seconds=15)
        assert "Traceback" not in running.output
        assert "lost" not in running.output
        assert "\x1b" not in running.output  # colours are for terminals
        started = [running.output.index(word) for word in ("OTLP on", "Server is running", "200 OK")]
        assert started == sorted(started)


def test_it_keeps_every_span_of_what_was_answered(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.wait_for("200 OK\n(.|\n)*200 OK\n", 30)
        running.stop(seconds=15)
        answered = running.output.count("200 OK\n")
    stack = EmbeddedStack(tmp_path, "a demo.db")
    with stack:
        stack.start_collector()
        traces = stack.traces("chapter2-client")
        assert [len(trace["spans"]) for trace in traces] == [2] * answered


@pytest.mark.parametrize("victim", ["backend", "server", "client"])
def test_where_one_dies_the_others_stop_and_its_last_lines_are_shown(tmp_path: Path, victim: str) -> None:
    with demo(tmp_path) as running:
        running.wait_for("200 OK", 30)
        pids = {name: pid for name in ("backend", "server", "client") if (pid := pid_of(running, name))}
        os.kill(pids[victim], signal.SIGKILL)
        assert running.end(20) != 0
        assert re.search(rf"the {victim} has ended \(exit status -9\); its last lines:\n  \S", running.output)
        eventually(lambda: not any(alive(pid) for pid in pids.values()))


def test_where_the_demo_itself_is_killed_its_programs_end(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.wait_for("200 OK", 30)
        pids = [pid for name in ("backend", "server", "client") if (pid := pid_of(running, name))]
        (own,) = [pid for pid in descendants(running.pid) if command_of(pid)[1:3] == ["-m", "demo"]]
        assert len(pids) == 3
        os.kill(own, signal.SIGKILL)
        eventually(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.parametrize("step", range(5))
def test_a_signal_at_any_moment_stops_it_and_leaves_nobody(tmp_path: Path, step: int) -> None:
    with demo(tmp_path) as running:
        eventually(lambda: any(takes_signals(pid) for pid in descendants(running.pid)), 20)
        time.sleep(step * 0.4)  # the moment itself
        below = descendants(running.pid)
        running.stop(seconds=20)
        eventually(lambda: not any(alive(pid) for pid in below))
        assert "Traceback" not in running.output


def takes_signals(pid: int) -> bool:
    """Whether it is the demo, and past Python's own start, which answers SIGINT with a traceback."""
    if command_of(pid)[1:3] != ["-m", "demo"]:
        return False
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # not Linux
        return psutil.pid_exists(pid)
    return bool(int(re.findall(r"^SigBlk:\s+(\w+)$", status, re.MULTILINE)[0], 16) & 1 << signal.SIGINT - 1)


def pid_of(running: Child, name: str) -> int | None:
    """The process that runs `python -m name`, below make and the demo."""
    return next((pid for pid in descendants(running.pid) if command_of(pid)[1:4] == ["-m", "demo.child", name]), None)


def descendants(pid: int) -> list[int]:
    children = children_of(pid)
    return children + [below for child in children for below in descendants(child)]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_collector_that_is_there_is_used(tmp_path: Path) -> None:
    with EmbeddedStack(tmp_path) as stack:
        stack.start_collector()
        otlp, ui = (int(url.rpartition(":")[2]) for url in (*stack.environment.values(), stack.query_url))
        with demo(tmp_path, otlp=otlp, ui=ui) as running:
            running.wait_for(rf"A collector listens on port {otlp} already")
            running.wait_for(TRACE, 30)
            assert "OTLP on" not in running.output
            running.stop(seconds=15)


def test_a_busy_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy, demo(tmp_path, ui=busy.getsockname()[1]) as running:
        assert running.end(20) != 0
        assert re.search(r"cannot listen on 127.0.0.1 port \d+: Address already in use; choose another with --port",
                         running.output)  # fmt: skip
        assert "Traceback" not in running.output
