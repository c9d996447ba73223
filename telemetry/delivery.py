"""Delivery: spans from the span processor to the collector, and an honest account of those that did not arrive.

The OTLP exporter gives a batch up when its timeout (10 s) has passed, and writes to the log at each try. `Delivery`
stands between it and the span processor: it keeps the batch until a collector takes it, says once that spans cannot be
delivered and once that they can again, and can be hurried at the stop. While it waits, the span processor's own bounded
queue takes the new spans.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from grpc import StatusCode
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

# What the OTLP specification, "OTLP/gRPC Response", lets a client try again. It allows RESOURCE_EXHAUSTED only where
# the collector names a delay; the exporter, which alone sees that, tries it in any case.
_RETRYABLE = {
    StatusCode.CANCELLED,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.ABORTED,
    StatusCode.OUT_OF_RANGE,
    StatusCode.UNAVAILABLE,
    StatusCode.DATA_LOSS,
}

# Between the exporter's own series of tries, which it ends after some seconds, or at once when its timeout is short.
RETRY_SECONDS = 1.0


class SpanCount(SpanProcessor):
    """Counts the spans that ended and are to be exported."""

    def __init__(self) -> None:
        self.ended = 0
        self._lock = threading.Lock()

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            with self._lock:
                self.ended += 1


class Delivery(SpanExporter):
    """A span exporter that keeps at it.

    Args:
        connect: makes the exporter that does the sending; given a timeout in seconds, one that makes a single try
            within it.
        collector: its address, for the log.
        keep: hold a batch until it is delivered; without it each batch gets one try.
    """

    def __init__(self, connect: Callable[[float | None], SpanExporter], collector: str, *, keep: bool) -> None:
        self.delivered = 0
        self.problem: str | None = None
        """Why the last try failed, as `UNAVAILABLE: Connection refused`; None where it did not."""
        self._connect = connect
        self._exporter = connect(None)
        self._collector = collector
        self._keep = keep
        self._lock = threading.Lock()
        self._told: str | None = None  # what was last said of the spans that fail
        self._failing_since = 0.0
        self._deadline: float | None = None
        self._hurried = threading.Event()
        self._exporter_log = _ExporterLog(self._failed)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; where batches are kept, return only when it has arrived, is refused, or time is up."""
        while not self._time_is_up():
            exporter = self._exporter
            if self._arrives(exporter, spans):
                self._succeeded(len(spans))
                return SpanExportResult.SUCCESS
            hurried_meanwhile = exporter is not self._exporter
            if not hurried_meanwhile and (not self._keep or self._deadline or not self._exporter_log.retryable):
                break
            self._hurried.wait(RETRY_SECONDS)
        return SpanExportResult.FAILURE

    def hurry(self, seconds: float) -> None:
        """Break off a try that waits or hangs; from now on each batch gets one try, all within `seconds`."""
        waiting = self._exporter
        self._deadline = time.monotonic() + seconds
        self._exporter = self._connect(seconds)
        self._hurried.set()
        waiting.shutdown()

    def shutdown(self) -> None:
        self._exporter.shutdown()
        self._exporter_log.close()

    def force_flush(self, timeout_millis: int = 30000) -> bool:  # noqa: ARG002
        """Nothing is buffered here."""
        return True

    def _arrives(self, exporter: SpanExporter, spans: Sequence[ReadableSpan]) -> bool:
        try:
            return exporter.export(spans) is SpanExportResult.SUCCESS
        except ValueError:
            if exporter is self._exporter:
                raise  # a span that cannot be encoded
            return False  # gRPC's word for a channel that hurry() closed between two tries

    def _time_is_up(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _succeeded(self, spans: int) -> None:
        with self._lock:
            self.delivered += spans
            self.problem = None
            told, self._told = self._told, None
        if told:
            logger.warning("spans reach %s again after %.0f s", self._collector, time.monotonic() - self._failing_since)

    def _failed(self, code: StatusCode, details: str) -> None:
        fate = "kept and tried again" if self._keep and code in _RETRYABLE else "lost"
        with self._lock:
            self.problem = f"{code.name}: {details.rpartition(': ')[2]}"
            told = self._told
            if self._deadline or told == fate:
                return
            self._told = fate
            if told is None:
                self._failing_since = time.monotonic()
        logger.warning("spans cannot be delivered to %s (%s); they are %s", self._collector, self.problem, fate)


class _ExporterLog(logging.Filter):
    """Reads the gRPC status of a failed try out of the exporter's log, the only place where the exporter tells it.

    The exporter's own lines, several a minute while a collector is away, go no further. It has to come before the
    exporter's own filter, which hides repetitions for 20 s and with them a second outage.
    """

    def __init__(self, failed: Callable[[StatusCode, str], None]) -> None:
        super().__init__()
        self.retryable = True
        self._failed = failed
        self._logger = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")
        self._logger.filters.insert(0, self)

    def filter(self, record: logging.LogRecord) -> bool:
        values = record.args if isinstance(record.args, tuple) else ()
        for code in values:
            if isinstance(code, StatusCode):
                self.retryable = code in _RETRYABLE
                self._failed(code, str(values[-1]))
        return False

    def close(self) -> None:
        self._logger.removeFilter(self)
