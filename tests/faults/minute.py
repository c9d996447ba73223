"""The pair at its normal pace, one request per second, while the collector is down or hangs for a minute."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.children import eventually
from tests.faults.pair import OK, client, server

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from tests.stack import Stack, Trace

SECONDS = 60
SERVICES = "chapter2-client", "chapter2-server"


class Minute:
    """A server and a client, running for the duration of the `with` block.

    Args:
        stack: a separate stack with a running collector.
        hanging: whether the collector hangs; otherwise it is killed.
    """

    def __init__(self, stack: Stack, *, hanging: bool) -> None:
        self.stack = stack
        self._begin = stack.freeze_collector if hanging else stack.kill_collector
        self._end = stack.wake_collector if hanging else stack.start_collector
        self._programs = ExitStack()
        self._began = 0.0

    def __enter__(self) -> Self:
        serving = self._programs.enter_context(server(self.stack.otlp_port))
        self.server = serving.child
        self.client = self._programs.enter_context(client(self.stack.otlp_port, serving.url))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._programs.__exit__(kind, error, traceback)

    def begin(self) -> None:
        """Begin the outage once the spans of all requests are stored."""

        def calm() -> bool:
            asked = self.client.output.count(OK)
            return asked > 1 and len(self.whole_traces()) == asked == self.client.output.count(OK)

        eventually(calm, 30)
        self._begin()
        self._began = time.monotonic()

    def end(self) -> None:
        """End the outage after its full time."""
        time.sleep(max(0, self._began + SECONDS - time.monotonic()))
        self._end()

    def shapes(self) -> Counter[tuple[str, ...]]:
        """How many traces have which spans, named by service."""
        traces = {trace["traceID"]: trace for name in SERVICES for trace in self.stack.traces(name)}
        return Counter(
            tuple(sorted(trace["processes"][span["processID"]]["serviceName"] for span in trace["spans"]))
            for trace in traces.values()
        )

    def whole_traces(self) -> list[Trace]:
        return [trace for trace in self.stack.traces("chapter2-client") if len(trace["spans"]) == 2]
