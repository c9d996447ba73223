"""Child processes of the tests: each in its own session, with a deadline on everything and its output captured."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
LISTEN = "0A"  # in /proc/net/tcp
NO_STANDARD_PORTS = ("--grpc-port", "off", "--http-port", "off")
"""Flags of a back end that is not to meet another one, or another program, on 4317 and 4318."""

STOP_LIMIT = 10
"""Seconds for a stop; then Docker kills. It takes less than 1 s, and several on a busy machine."""

STACKS_AT_ABORT = {"PYTHONFAULTHANDLER": "1"}
"""Python then prints the stacks of all threads when it is aborted."""


class Child:
    """A running program. Leaving the `with` block kills its whole process group."""

    def __init__(self, *command: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
        self.command = command
        self.output = ""
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=clean_environment() | STACKS_AT_ABORT | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Its own session: it does not inherit an ignored SIGINT from a shell, and signals reach nobody else.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
        if error is not None and hasattr(error, "add_note"):  # Python 3.11
            error.add_note(self.report())

    def wait_for(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """Wait for the output to match; if the program exits or time is up, fail with the whole output."""
        deadline = time.monotonic() + seconds
        while not (match := re.search(pattern, self.output)):
            ended = not self._reader.is_alive()  # checked before the last look at the output
            if ended and (match := re.search(pattern, self.output)):
                break
            assert not ended, f"ended before {pattern!r}\n{self.report()}"
            assert time.monotonic() < deadline, f"no {pattern!r} in {seconds} s\n{self.report()}"
            time.sleep(0.01)
        return match

    def send(self, number: int, *, to_group: bool = False) -> None:
        if to_group:
            os.killpg(self.pid, number)
        else:
            self._process.send_signal(number)

    def end(self, seconds: float = 20) -> int:
        """Wait for the exit status."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGABRT, to_group=True)  # so that the report shows where it hangs
            self._reader.join(2)
            raise AssertionError(f"still running after {seconds} s\n{self.report()}") from None
        self._reader.join(seconds)
        return status

    def stop(self, number: int = signal.SIGINT, seconds: float = 6) -> int:
        """Signal the whole group, as a terminal does at Ctrl-C, and wait for the exit status."""
        self.send(number, to_group=True)
        return self.end(seconds)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)
        self._reader.join(10)
        if self._process.stdout:
            self._process.stdout.close()

    def report(self) -> str:
        return f"--- {' '.join(self.command)} (exit status {self._process.poll()}) ---\n{self.output}---"

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.output += line


def python(*arguments: str, env: Mapping[str, str] | None = None) -> Child:
    return Child(sys.executable, *arguments, env=env)


def make(target: str, arguments: str = "", env: Mapping[str, str] | None = None) -> Child:
    """Run a make target as a user would, with the interpreter and environment of the tests."""
    venv = Path(sys.prefix)
    assert venv.parent == ROOT, f"run the tests with make, not with {sys.executable}"
    own = f"VENV={venv.name}", f"PYTHON={sys.executable}"
    return Child("make", "--no-print-directory", target, *own, f"ARGS={arguments}", env=env)


def server_port(server: Child) -> int:
    """The port of the playground's or the article's server, once it accepts connections."""
    return int(server.wait_for(r"Server is running on port (\d+)\.\.\.\n")[1])


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def workers_of(pid: int) -> list[int]:
    """The workers of a server: its children without multiprocessing's helper processes."""
    own = "multiprocessing.resource_tracker", "multiprocessing.forkserver"
    return [child for child in children_of(pid) if not any(name in " ".join(command_of(child)) for name in own)]


def listeners(port: int) -> int:
    """The number of IPv4 sockets that listen on the port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("utf-8").splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == LISTEN for row in rows)


def command_of(pid: int) -> list[str]:
    """A process's command line; empty if it has exited."""
    try:
        return psutil.Process(pid).cmdline()
    except psutil.NoSuchProcess:
        return []


def clean_environment() -> dict[str, str]:
    """The environment without variables that affect tracing, make or Python.

    With PYTHONUNBUFFERED, for one, `print` writes a line in two parts, and another thread's may come in between.
    """
    unwanted = ("OTEL_", "SPAN_PROCESSOR", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "ARGS", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


# Below the system's ephemeral ports, so that no other program is assigned one between its choice and its use.
PORTS = range(10_000, 32_768)


_given: set[int] = set()  # by `free_port`, perhaps not yet in use


def free_port() -> int:
    """A port without a listener, another one each time."""
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in _given:
                _given.add(port)
                return port


def eventually(condition: Callable[[], Any], seconds: float = 15, what: str | Callable[[], str] = "") -> Any:
    """Poll until the condition is true, and return its value; `what` describes what is missing on timeout."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError((what() if callable(what) else what) or f"not within {seconds} s")
        time.sleep(0.02)
    return answer
