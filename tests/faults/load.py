"""Load on the server: sequential requests from several threads, each with its own trace."""

from __future__ import annotations

import http.client
import random
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.children import eventually

if TYPE_CHECKING:
    from types import TracebackType

# The exporter's timeout, unless the test sets a shorter one.
PATIENCE = 10.0
# With a timeout of a second, a single slow request proves nothing: a healthy one takes 2 ms, but occasionally a second
# on a busy machine. If requests waited for the collector, all those during the outage would, at least a third of all.
SHORT = 1.0
FEW = 0.1
# Do not reuse a connection after this. The server keeps it open for 5 s.
IDLE_SECONDS = 2.0


class Answer(NamedTuple):
    """The outcome of a request."""

    trace_id: str
    began: float
    """By `time.monotonic()`."""
    seconds: float
    problem: str
    """Empty where it was answered with 200 and the right body."""


class Load:
    """Background requests for the duration of the `with` block.

    Args:
        port: the server's.
        threads: number of concurrent requests.
        pause: seconds that each thread waits between two requests.
    """

    def __init__(self, port: int, *, threads: int = 4, pause: float = 0.02) -> None:
        self.answers: list[Answer] = []
        self._port = port
        self._pause = pause
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)

    def wait_for(self, number: int) -> None:
        """Wait for that many more responses."""
        wanted = len(self.answers) + number
        eventually(lambda: len(self.answers) >= wanted)

    def _run(self) -> None:
        with Asking(self._port) as asking:
            while not self._stop.wait(self._pause):
                self.answers.append(asking.ask())


class Asking:
    """A client with one connection, reopened after an error or a pause, since the server closes idle connections."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._used = 0.0

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, **headers: str) -> Answer:
        trace_id = f"{random.getrandbits(127) | 1 << 127:032x}"
        began = time.monotonic()
        if began - self._used > IDLE_SECONDS:
            self._connection.close()
        problem = self._problem({"traceparent": f"00-{trace_id}-{'b' * 16}-01", **headers})
        self._used = time.monotonic()
        return Answer(trace_id, began, self._used - began, problem)

    def _problem(self, headers: dict[str, str]) -> str:
        try:
            self._connection.request("GET", "/", headers=headers)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return repr(error)
        return "" if (response.status, body) == (200, b"Hello, World!") else f"{response.status}: {body!r}"


def assert_answered(answers: list[Answer], patience: float = PATIENCE) -> None:
    """Assert that no request failed or waited for the collector; `patience` is the exporter's timeout in seconds."""
    assert answers
    assert not [answer for answer in answers if answer.problem]
    seconds = sorted(answer.seconds for answer in answers)
    if patience > SHORT:
        assert seconds[-1] < patience / 2
    else:
        assert sum(each > 0.9 * patience for each in seconds) <= FEW * len(seconds)
