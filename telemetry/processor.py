"""The span processor: the official one, but at its limit it waits instead of dropping spans, as Go's `WithBlocking`.

A busy server ends spans faster than the export thread, which shares the interpreter with it, can send them. So while
the collector is well, the thread that ends a span waits for room: a server at its limit gets slower and loses nothing.
"""

from __future__ import annotations

import logging
import threading
import time

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from telemetry.environment import Settings
from telemetry.exporter import KeepingSpanExporter
from telemetry.upstream import OpenBatchSpanProcessor

logger = logging.getLogger(__name__)

NEARLY_FULL = 0.75  # of the queue
MAX_WAIT_SECONDS = 0.5
POLL_SECONDS = 0.005
FINISH_SECONDS = HURRY_SECONDS = 1.0  # at the stop; with a server's drain of 2.4 s it stays under 5 s


class BlockingSpanProcessor(OpenBatchSpanProcessor):
    """A batch span processor that waits for room."""

    def __init__(self, exporter: KeepingSpanExporter, settings: Settings) -> None:
        super().__init__(exporter, settings.queue, settings.schedule_delay, settings.batch)
        self._exporter = exporter
        self._room = max(NEARLY_FULL * settings.queue, settings.batch)  # less would wait for a batch that is not full

    def on_end(self, span: ReadableSpan) -> None:
        if self.queued > self._room:
            give_up = time.monotonic() + MAX_WAIT_SECONDS
            while self.queued > self._room and self._exporter.well and time.monotonic() < give_up:
                time.sleep(POLL_SECONDS)
        super().on_end(span)

    def shutdown(self) -> None:
        """Flush within 2 s: a healthy export may finish, then what is stuck gets one more try."""
        stopping = threading.Thread(target=super().shutdown, daemon=True)
        stopping.start()
        stopping.join(0 if self._exporter.problem else FINISH_SECONDS)
        if stopping.is_alive():
            self._exporter.hurry(HURRY_SECONDS)
            stopping.join(HURRY_SECONDS)


class SpanAccount(SpanProcessor):
    """Counts the spans that ended and are to be exported, and knows how many no collector has."""

    def __init__(self, exporter: KeepingSpanExporter) -> None:
        self.ended = 0
        self._exporter = exporter
        self._lock = threading.Lock()

    @property
    def lost(self) -> int:
        """Final when all is exported."""
        return self.ended - self._exporter.delivered

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            with self._lock:
                self.ended += 1

    def report(self) -> None:
        if self.lost:
            logger.warning("%d of %d spans were lost: no collector took them", self.lost, self.ended)
