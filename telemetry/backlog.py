"""Backlog: spans that ended and are not exported yet, and what happens where they become too many.

The SDK's batch processor drops spans, without a word, when its queue is full. A server that is busy makes spans faster
than the export thread, which has to share the interpreter with it, can send them. So while the collector is well, the
thread that ends a span waits for the next batch to go once the queue is nearly full: a server at its limit gets slower
and loses nothing. Where no batch goes, nobody waits for a second one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

if TYPE_CHECKING:
    from collections.abc import Sequence

# A batch of 512 takes the export thread 50 ms, and a Collector with a busy Jaeger behind it 250 ms.
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
        self.batch = batch
        self._most = queue + batch
        self._room = max(NEARLY_FULL * queue, batch)  # less would wait for a batch that is not full yet
        self._waiting = 0
        self._stalled = False
        self._moved = threading.Condition()

    def on_end(self, span: ReadableSpan) -> None:
        if not (span.context and span.context.trace_flags.sampled):
            return
        with self._moved:
            self.ended += 1
            self._waiting = min(self._waiting + 1, self._most)
            while self._waiting > self._room and not self._stalled:
                self._stalled = not self._moved.wait(PATIENCE_SECONDS)

    def emptied(self, spans: int) -> None:
        """Only these were left: how the count stays right, though nobody tells what the queue drops."""
        with self._moved:
            self._waiting = spans

    def exported(self, spans: int, *, arrived: bool) -> None:
        """A batch is done with; where it did not arrive, nobody waits until one does."""
        with self._moved:
            self._waiting -= spans
            self._stalled = not arrived
            self._moved.notify_all()


class BacklogExporter(SpanExporter):
    """Tells a backlog of each batch that another exporter sends."""

    def __init__(self, exporter: SpanExporter, backlog: Backlog) -> None:
        self._exporter = exporter
        self._backlog = backlog

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if len(spans) < self._backlog.batch:
            self._backlog.emptied(len(spans))
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._backlog.exported(len(spans), arrived=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)
