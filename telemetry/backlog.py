"""Backlog: spans that ended and are not exported yet, and what happens where they become too many.

The SDK's batch processor drops spans, without a word, when its queue is full. A server that is busy makes spans faster
than the export thread, which has to share the interpreter with it, can send them. So while the collector is well, the
thread that ends a span waits for the next batch to go once the queue is nearly full: a server at its limit gets slower
and loses nothing. Where no batch goes, nobody waits.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

if TYPE_CHECKING:
    from collections.abc import Sequence

# From the start of a batch. 512 spans take the export thread 50 ms, a Collector with a busy Jaeger behind it 250 ms.
PATIENCE_SECONDS = 0.5
# Of the queue.
NEARLY_FULL = 0.75


class Backlog(SpanProcessor):
    """Counts the spans that ended and are to be exported; goes before the span processor that exports them.

    Args:
        queue: spans that the span processor keeps; what comes on top it drops.
        batch: spans that it takes out at a time.
    """

    def __init__(self, queue: int, batch: int) -> None:
        self.ended = 0
        self._batch = batch
        self._most = queue + batch
        self._room = max(NEARLY_FULL * queue, batch)  # less would wait for a batch that is not full yet
        self._waiting = 0
        self._begun: float | None = None  # when the batch under way was taken out
        self._stalled = False
        self._moved = threading.Condition()

    def on_end(self, span: ReadableSpan) -> None:
        if not (span.context and span.context.trace_flags.sampled):
            return
        with self._moved:
            self.ended += 1
            self._waiting = min(self._waiting + 1, self._most)
            while self._waiting > self._room and not self._stalled:
                under_way = time.monotonic() - self._begun if self._begun else 0.0
                if under_way >= PATIENCE_SECONDS or not self._moved.wait(PATIENCE_SECONDS - under_way):
                    self._stalled = True

    def begin_batch(self, spans: int) -> None:
        """A batch is taken out. One that is not full was the whole queue, though nobody tells what that dropped."""
        with self._moved:
            self._begun = time.monotonic()
            if spans < self._batch:
                self._waiting = spans

    def stall(self) -> None:
        """The collector cannot take spans now: nobody waits until a batch arrives."""
        with self._moved:
            self._stalled = True
            self._moved.notify_all()

    def end_batch(self, spans: int, *, arrived: bool) -> None:
        """A batch is done with; where it did not arrive, nobody waits until one does."""
        with self._moved:
            self._waiting -= spans
            self._begun = None
            self._stalled = not arrived
            self._moved.notify_all()


class BacklogExporter(SpanExporter):
    """Tells a backlog of each batch that another exporter sends."""

    def __init__(self, exporter: SpanExporter, backlog: Backlog) -> None:
        self._exporter = exporter
        self._backlog = backlog

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._backlog.begin_batch(len(spans))
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._backlog.end_batch(len(spans), arrived=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)
