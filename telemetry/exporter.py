"""The span exporter: the official one, except that it keeps a batch until the collector accepts it.

The official exporter drops a batch after several retries. This one retries until the collector accepts or permanently
rejects the batch, and counts delivered spans. Status handling follows the OTLP specification, "OTLP/gRPC Response".
"""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from grpc import Channel, Compression, RpcError, StatusCode
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from telemetry import printable
from telemetry.environment import Settings
from telemetry.upstream import OpenSpanExporter

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)  # for "spans reach … again"
logging.getLogger("grpc._common").setLevel(logging.CRITICAL)  # logs a traceback per non-OTLP response

RETRY_SECONDS, MIN_DELAY, MAX_DELAY = 1.0, 0.1, 60.0  # the last two bound the collector's RetryInfo
SLOW_SECONDS = 0.5  # per batch. 512 spans take 50 ms, or 250 ms with a busy Jaeger behind the collector
# From gRPC's error in C, Python and Go for a message above the collector's limit, 4 MB by default.
TOO_LARGE = "larger than max"
# BoringSSL's error, at the end of gRPC's: "…OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: unable to get …: OK".
TLS = re.compile(r"OPENSSL_internal:(\w+): (.+?)(?:: OK)?$")


class Failure(NamedTuple):
    """Why an attempt failed, and the seconds until the next one; None if retrying is pointless."""

    reason: str
    retry_after: float | None = None
    too_large: bool = False


class KeepingSpanExporter(OpenSpanExporter):
    """Retries a batch until it is delivered; with SPAN_PROCESSOR=simple each span gets one attempt."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings.endpoint,
            insecure=settings.insecure,
            compression=Compression.Gzip if settings.gzip else Compression.NoCompression,
            # Its own connection: gRPC would share one that hangs.
            channel_options=(("grpc.use_local_subchannel_pool", 1),),  # type: ignore[arg-type] # not only str
        )
        self.delivered = 0
        self.problem: str | None = None  # of the last attempt, e.g. `UNAVAILABLE: Connection refused`
        self._settings = settings
        self._lock = threading.Lock()
        self._under_way_since = self._deadline = math.inf
        self._hurried = threading.Event()
        self._fate, self._failing_since = "", 0.0  # the last fate logged for failing spans

    @property
    def well(self) -> bool:
        """Whether the last attempt succeeded and the current one is not slow."""
        return self.problem is None and time.monotonic() - self._under_way_since < SLOW_SECONDS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Return when the batch is delivered or permanently rejected or, after `hurry`, when time is up."""
        self._under_way_since = time.monotonic()
        try:
            return SpanExportResult.SUCCESS if self._deliver(spans) else SpanExportResult.FAILURE
        finally:
            self._under_way_since = math.inf

    def hurry(self, seconds: float) -> None:
        """Abort an attempt that waits or hangs; each remaining batch gets one attempt, all within `seconds`."""
        self._deadline = time.monotonic() + seconds
        self._hurried.set()
        self._reconnect(self.connection)

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: object) -> None:
        self._deadline = 0
        self._hurried.set()
        super().shutdown(timeout_millis, **kwargs)

    def _deliver(self, spans: Sequence[ReadableSpan]) -> bool:
        try:
            request = encode_spans(spans)
        except (TypeError, ValueError) as error:
            return self._deliver_halves(spans, Failure(f"cannot be encoded: {error}"))
        while time.monotonic() < self._deadline:
            last_try = self._hurried.is_set() or self._settings.simple
            failure = self._try(request, len(spans))
            if not failure:
                return True
            if failure.too_large:
                return self._deliver_halves(spans, failure)
            self._failed(failure)
            if last_try or failure.retry_after is None:
                break
            self._hurried.wait(failure.retry_after)
        return False

    def _deliver_halves(self, spans: Sequence[ReadableSpan], failure: Failure) -> bool:
        middle = len(spans) // 2
        if not middle:
            self._failed(failure)
            return False
        return all([self._deliver(spans[:middle]), self._deliver(spans[middle:])])

    def _try(self, request: ExportTraceServiceRequest, spans: int) -> Failure | None:
        connection = self.connection
        try:
            seconds = min(self._settings.timeout, max(self._deadline - time.monotonic(), 0))
            answer = self.call(request, seconds).partial_success
        except RpcError as error:
            if error.code() in {StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED}:
                self._reconnect(connection)  # a dead one stays silent until TCP gives up after 15 minutes
            too_large = error.code() is StatusCode.RESOURCE_EXHAUSTED and TOO_LARGE in (error.details() or "")
            retryable = self.retryable(error.code()) and not too_large
            return Failure(reason(error), retry_delay(error) if retryable else None, too_large)
        except ValueError as error:  # gRPC rejected a header, or `hurry` closed the connection
            return Failure(str(error), None if connection is self.connection else 0)
        rejected = min(max(answer.rejected_spans, 0), spans)
        with self._lock:
            self.delivered += spans - rejected
        if rejected:
            self._failed(Failure(f"{rejected} of {spans} rejected: {answer.error_message}"))
        else:
            self._succeeded()
        return None

    def _reconnect(self, left: Channel | None) -> None:
        """Replace the connection, unless another thread already did."""
        with self._lock:
            if left is self.connection:
                self.connect()
        if left:
            left.close()

    def _succeeded(self) -> None:
        with self._lock:
            self.problem, fate, self._fate = None, self._fate, ""
        if fate:
            seconds = time.monotonic() - self._failing_since
            logger.info("spans reach %s again after %.0f s", self._settings.endpoint, seconds)

    def _failed(self, failure: Failure) -> None:
        """Log what happens to the spans, if that has changed."""
        kept = failure.retry_after is not None and not self._settings.simple
        fate = "kept and tried again" if kept else "lost"
        with self._lock:
            self.problem = problem = printable(failure.reason[:200])
            if self._hurried.is_set() or fate == self._fate:
                return
            self._failing_since = self._failing_since if self._fate else time.monotonic()
            self._fate = fate
        logger.warning("spans cannot be delivered to %s (%s); they are %s", self._settings.endpoint, problem, fate)


def retry_delay(error: RpcError) -> float:
    """Seconds to wait according to the collector's RetryInfo, from the status details or, for some, its own trailer."""
    trailers: dict[str, bytes] = dict(error.trailing_metadata() or ())  # type: ignore[arg-type] # `-bin` are bytes
    try:
        details = Status.FromString(trailers.get("grpc-status-details-bin", b"")).details
        infos = [detail.value for detail in details if detail.Is(RetryInfo.DESCRIPTOR)]
        asked = RetryInfo.FromString((infos or [trailers["google.rpc.retryinfo-bin"]])[0]).retry_delay
    except (DecodeError, KeyError):
        return RETRY_SECONDS
    return min(max(float(asked.seconds + asked.nanos / 1e9), MIN_DELAY), MAX_DELAY)


def reason(error: RpcError) -> str:
    """Why an attempt failed, in brief: `UNAVAILABLE: Connection refused`."""
    code, details = error.code(), error.details() or ""
    parts = details.split(": ")
    words = parts[0] if code is StatusCode.UNAUTHENTICATED else parts[-1]  # a Collector appends the wrong token
    if tls := TLS.search(details):
        words = "TLS: " + ("the collector does not speak TLS" if tls[1] == "WRONG_VERSION_NUMBER" else tls[2])
    return f"{code.name}: {words}"
