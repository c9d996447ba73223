"""Load on the server: requests one after the other from some threads, each with a trace of its own."""

from __future__ import annotations

import http.client
import random
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.children import eventually

if TYPE_CHECKING:
    from types import TracebackType

# How long the exporter waits for a collector, unless the test has it wait less.
PATIENCE = 10.0
# Where it waits no more than a second no single request tells: a healthy one takes 2 ms, but a second now and then on a
# machine that is busy with something else. If requests waited, all those of the outage would, a third and more of all.
SHORT = 1.0
FEW = 0.1
# After this much a connection is not used again. The server keeps it for 5 s.
IDLE_SECONDS = 2.0


class Answer(NamedTuple):
    """How a request went."""

    trace_id: str
    began: float
    """By `time.monotonic()`."""
    seconds: float
    problem: str
    """Empty where it was answered with 200 and the right body."""


class Load:
    """Requests in the background for as long as the `with` block.

    Args:
        port: the server's.
        threads: how many requests are under way at a time.
        pause: seconds that each thread waits between two.
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
        """Wait for so many answers more."""
        wanted = len(self.answers) + number
        eventually(lambda: len(self.answers) >= wanted)

    def _run(self) -> None:
        with Asking(self._port) as asking:
            while not self._stop.wait(self._pause):
                self.answers.append(asking.ask())


class Asking:
    """A client with one connection, which it opens anew after a problem and a pause: the server closes idle ones."""

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
    """No request failed, and none waited for a collector, for which the exporter waits so many seconds."""
    assert answers
    assert not [answer for answer in answers if answer.problem]
    seconds = sorted(answer.seconds for answer in answers)
    if patience > SHORT:
        assert seconds[-1] < patience / 2
    else:
        assert sum(each > 0.9 * patience for each in seconds) <= FEW * len(seconds)
