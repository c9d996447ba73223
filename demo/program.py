"""A program of the demo: a child process whose output lines are prefixed with its name."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import IO

from verify.flags import silence

STOP_SECONDS = 6  # each program should stop within 5 s
LAST_LINES = 10
NAME_WIDTH = 7
RESET = "\x1b[0m"


class StoppedError(Exception):
    """The demo should stop."""


class EndedError(Exception):
    """A program exited before the demo stopped it."""

    def __init__(self, program: Program) -> None:
        lines = "".join(f"\n  {line}" for line in program.last_lines)
        super().__init__(f"the {program.name} has ended (exit status {program.exit_status}); its last lines:{lines}")


class Program:
    """One child process, started immediately.

    Args:
        name: prefix for its output lines.
        colour: the escape sequence for the name; empty for none.
        command: a module for `python -m`, and its flags.
        environ: its environment.
        stopping: set when the demo should stop.
        hide: a regular expression; matching lines are not shown.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all are needed
        self,
        name: str,
        colour: str,
        command: list[str],
        environ: Mapping[str, str],
        stopping: threading.Event,
        hide: str = "$^",
    ) -> None:
        self.name = name
        self._stopping = stopping
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._prefix = f"{colour}{name:>{NAME_WIDTH}} |{RESET if colour else ''} "
        self._hide = re.compile(hide)
        self._changed = threading.Condition()
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and the playground's modules
            [sys.executable, "-m", "demo.child", *command],
            env=environ,
            stdin=subprocess.PIPE,  # reaches end of file when the demo exits
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # only the demo gets Ctrl-C, and stops its programs in order
        )
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    @property
    def running(self) -> bool:
        return self._reader.is_alive()

    @property
    def exit_status(self) -> int | None:
        return self._process.poll()

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str] | None:
        """Wait for a line that matches, including recent ones; None on timeout.

        Raises:
            EndedError: the program exited first.
            StoppedError: the demo should stop.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                running = self.running  # read before the lines, so as not to miss the last ones
                found = next((match for line in self.last_lines if (match := re.search(pattern, line))), None)
                if found or time.monotonic() > deadline:
                    return found
                if self._stopping.is_set():
                    raise StoppedError
                if not running:
                    raise EndedError(self)
                self._changed.wait(0.1)

    def stop(self) -> None:
        """Send SIGINT, then SIGKILL on timeout."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(1)
        if self._process.stdin:
            self._process.stdin.close()

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                with self._changed:
                    self.last_lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
                if not self._hide.search(line):
                    self._show(line)

    def _show(self, line: str) -> None:
        try:
            print(f"{self._prefix}{line}", end="", flush=True)
        except BrokenPipeError:  # the reader has gone: `make demo | head`
            silence()
            os.kill(os.getpid(), signal.SIGTERM)
