"""The span processor: the official one, except that a full queue blocks instead of dropping, like Go's `WithBlocking`.

A busy server ends spans faster than the export thread, which shares its interpreter, can send them. So while the
collector is healthy, the thread that ends a span waits for room: a saturated server slows down and loses no spans.
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
FINISH_SECONDS = HURRY_SECONDS = 1.0  # at shutdown; with the server's drain of 2.4 s a stop stays under 5 s


class BlockingSpanProcessor(OpenBatchSpanProcessor):
    """A batch span processor that waits for room in its queue."""

    def __init__(self, exporter: KeepingSpanExporter, settings: Settings) -> None:
        super().__init__(exporter, settings.queue, settings.schedule_delay, settings.batch)
        self._exporter = exporter
        self._room = max(NEARLY_FULL * settings.queue, settings.batch)  # below a batch, it would wait for nothing

    def on_end(self, span: ReadableSpan) -> None:
        if self.queued > self._room:
            give_up = time.monotonic() + MAX_WAIT_SECONDS
            while self.queued > self._room and self._exporter.well and time.monotonic() < give_up:
                time.sleep(POLL_SECONDS)
        super().on_end(span)

    def shutdown(self) -> None:
        """Flush within 2 s: let a healthy export finish, then give stuck spans one last attempt."""
        stopping = threading.Thread(target=super().shutdown, daemon=True)
        stopping.start()
        stopping.join(0 if self._exporter.problem else FINISH_SECONDS)
        if stopping.is_alive():
            self._exporter.hurry(HURRY_SECONDS)
            stopping.join(HURRY_SECONDS)


class SpanAccount(SpanProcessor):
    """Counts ended sampled spans, and how many of them no collector accepted."""

    def __init__(self, exporter: KeepingSpanExporter) -> None:
        self.ended = 0
        self._exporter = exporter
        self._lock = threading.Lock()

    @property
    def lost(self) -> int:
        """Final only after the last export."""
        return self.ended - self._exporter.delivered

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            with self._lock:
                self.ended += 1

    def report(self) -> None:
        if self.lost:
            logger.warning("%d of %d spans were lost: no collector took them", self.lost, self.ended)
