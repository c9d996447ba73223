"""Delivery: spans from the span processor to the collector, and an honest account of those that did not arrive.

The OTLP exporter gives a batch up when its timeout (10 s) has passed, and writes to the log at each try. `Delivery`
stands between it and the span processor: it keeps the batch until a collector takes it, halves one that is too large,
leaves a connection that is silent, says once that spans cannot be delivered and once that they can again, and can be
hurried at the stop. While it waits, the span processor's own bounded queue takes the new spans.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from telemetry.exporter_log import ExporterLog, LastTry, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grpc import StatusCode
    from opentelemetry.sdk.trace import ReadableSpan

logger = logging.getLogger(__name__)

# Between the exporter's own series of tries, which it ends after some seconds, or at once when its timeout is short.
RETRY_SECONDS = 1.0
# What a series may last beyond its timeout. The exporter reckons by the wall clock: when that is set back between two
# tries, the next one may hang as much longer.
GRACE_SECONDS = 2.0


class Delivery(SpanExporter):
    """A span exporter that keeps at it.

    Args:
        connect: makes the exporter that does the sending; given a timeout in seconds, one that makes a single try
            within it.
        collector: its address, for the log.
        keep: seconds that the exporter takes at most for a batch, which is held until it is delivered; None gives each
            batch one try.
        stalled: is told of each failed try that may succeed when it is made again.
    """

    def __init__(
        self,
        connect: Callable[[float | None], SpanExporter],
        collector: str,
        *,
        keep: float | None,
        stalled: Callable[[], None] = lambda: None,
    ) -> None:
        self.delivered = 0
        self.problem: str | None = None
        """Why the last try failed, as `UNAVAILABLE: Connection refused`; None where it did not."""
        self._connect = connect
        self._exporter = self._trying = connect(None)
        self._collector = collector
        self._keep = keep
        self._stalled = stalled
        self._lock = threading.Lock()
        self._told: str | None = None  # what was last said of the spans that fail
        self._failing_since = 0.0
        self._deadline: float | None = None
        self._hurried = threading.Event()
        self._last_try = LastTry()
        self._exporter_log = ExporterLog(self._failed)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; where batches are kept, return only when it has arrived, is refused, or time is up."""
        last_try = self._last_try
        while not self._time_is_up():
            exporter = self._exporter
            if self._arrives(exporter, spans):
                self._succeeded(len(spans))
                return SpanExportResult.SUCCESS
            replaced_meanwhile = exporter is not self._exporter
            if last_try.too_large or last_try.silent:
                self._reconnect(exporter)
            if last_try.too_large and len(spans) > 1:
                return self._export_halves(spans)
            if not last_try.retryable:
                self._tell("lost")
            if not replaced_meanwhile and (not self._keep or self._deadline or not last_try.retryable):
                break
            if self._keep:
                self._hurried.wait(RETRY_SECONDS)
        return SpanExportResult.FAILURE

    def hurry(self, seconds: float) -> None:
        """Break off a try that waits or hangs; from now on each batch gets one try, all within `seconds`."""
        with self._lock:
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

    def _export_halves(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        middle = len(spans) // 2
        results = [self.export(half) for half in (spans[:middle], spans[middle:])]
        return SpanExportResult.FAILURE if SpanExportResult.FAILURE in results else SpanExportResult.SUCCESS

    def _reconnect(self, left: SpanExporter) -> None:
        """Leave an exporter and its connection for new ones, unless that was done meanwhile."""
        with self._lock:
            if self._exporter is left:
                self._exporter = self._connect(self._deadline and max(self._deadline - time.monotonic(), 0.001))
        left.shutdown()

    def _arrives(self, exporter: SpanExporter, spans: Sequence[ReadableSpan]) -> bool:
        self._trying = exporter
        self._last_try.begin()
        try:
            with self._watch(exporter):
                return exporter.export(spans) is SpanExportResult.SUCCESS
        except ValueError:
            if exporter is self._exporter:
                raise  # a span that cannot be encoded
            return False  # gRPC's word for a channel that was closed between two tries

    @contextmanager
    def _watch(self, exporter: SpanExporter) -> Iterator[None]:
        """Leave an exporter that takes longer than it may; with one try for a batch, its own timeout is enough."""
        if not self._keep or self._deadline:
            yield
            return
        watch = threading.Timer(self._keep + GRACE_SECONDS, self._reconnect, (exporter,))
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

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
        self._last_try.fail(code, details)
        with self._lock:
            self.problem = reason(code, details)
        if self._last_try.retryable:
            self._stalled()
            self._tell("kept and tried again" if self._keep else "lost")
        if self._keep and (self._last_try.too_large or self._last_try.silent):
            self._trying.shutdown()  # it would try the same again and again; export() takes a new one

    def _tell(self, fate: str) -> None:
        """Say what becomes of the spans, where that is news."""
        with self._lock:
            told = self._told
            if self._deadline or told == fate:
                return
            self._told = fate
            if told is None:
                self._failing_since = time.monotonic()
        logger.warning("spans cannot be delivered to %s (%s); they are %s", self._collector, self.problem, fate)
