"""The span exporter: the official one, but it keeps a batch until a collector has it.

The official exporter gives a batch up after some tries. This one tries until the collector takes the batch or refuses
it for good, and counts what was delivered. Statuses follow the OTLP specification, "OTLP/gRPC Response".
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
logger.setLevel(logging.INFO)  # shows that spans arrive again
logging.getLogger("grpc._common").setLevel(logging.CRITICAL)  # a traceback for each answer that is no OTLP

RETRY_SECONDS, MIN_DELAY, MAX_DELAY = 1.0, 0.1, 60.0  # the last two bound what a collector asks for
SLOW_SECONDS = 0.5  # for a batch. 512 spans take 50 ms, with a busy Jaeger behind the collector 250 ms
# gRPC's words in C, Python and Go for a message above the collector's limit, 4 MB by default.
TOO_LARGE = "larger than max"
# BoringSSL's words at the end of gRPC's: "…OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: unable to get …: OK".
TLS = re.compile(r"OPENSSL_internal:(\w+): (.+?)(?:: OK)?$")


class Failure(NamedTuple):
    """Why a try failed, and the seconds until the next one; None where that would fail as well."""

    reason: str
    retry_after: float | None = None
    too_large: bool = False


class KeepingSpanExporter(OpenSpanExporter):
    """Exports a batch until it is delivered; with SPAN_PROCESSOR=simple each span gets one try."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            settings.endpoint,
            insecure=settings.insecure,
            compression=Compression.Gzip if settings.gzip else Compression.NoCompression,
            # A connection of its own: gRPC would share one that hangs.
            channel_options=(("grpc.use_local_subchannel_pool", 1),),  # type: ignore[arg-type] # not only str
        )
        self.delivered = 0
        self.problem: str | None = None  # of the last try, as `UNAVAILABLE: Connection refused`
        self._settings = settings
        self._lock = threading.Lock()
        self._under_way_since = self._deadline = math.inf
        self._hurried = threading.Event()
        self._fate, self._failing_since = "", 0.0  # what was last reported of spans that fail

    @property
    def well(self) -> bool:
        """Whether batches arrive, as far as is known."""
        return self.problem is None and time.monotonic() - self._under_way_since < SLOW_SECONDS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Return when the batch is delivered, is refused for good or, once hurried, when time is up."""
        self._under_way_since = time.monotonic()
        try:
            return SpanExportResult.SUCCESS if self._deliver(spans) else SpanExportResult.FAILURE
        finally:
            self._under_way_since = math.inf

    def hurry(self, seconds: float) -> None:
        """Break off a try that waits or hangs; from now on each batch gets one try, all within `seconds`."""
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
                self._reconnect(connection)  # one that is silent stays so until TCP gives it up, 15 minutes later
            too_large = error.code() is StatusCode.RESOURCE_EXHAUSTED and TOO_LARGE in (error.details() or "")
            retryable = self.retryable(error.code()) and not too_large
            return Failure(reason(error), retry_delay(error) if retryable else None, too_large)
        except ValueError as error:  # a header that gRPC refuses, or `hurry` closed the connection
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
        """Leave a connection for a new one, unless another thread did so meanwhile."""
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
        """Report what becomes of the spans, where that is news."""
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
    """Seconds to wait by the collector's RetryInfo, in the status details or, as some send it, in its own trailer."""
    trailers: dict[str, bytes] = dict(error.trailing_metadata() or ())  # type: ignore[arg-type] # `-bin` are bytes
    try:
        details = Status.FromString(trailers.get("grpc-status-details-bin", b"")).details
        infos = [detail.value for detail in details if detail.Is(RetryInfo.DESCRIPTOR)]
        asked = RetryInfo.FromString((infos or [trailers["google.rpc.retryinfo-bin"]])[0]).retry_delay
    except (DecodeError, KeyError):
        return RETRY_SECONDS
    return min(max(float(asked.seconds + asked.nanos / 1e9), MIN_DELAY), MAX_DELAY)


def reason(error: RpcError) -> str:
    """Why a try failed, as short as it can be said: `UNAVAILABLE: Connection refused`."""
    code, details = error.code(), error.details() or ""
    parts = details.split(": ")
    words = parts[0] if code is StatusCode.UNAUTHENTICATED else parts[-1]  # a Collector ends with the wrong token
    if tls := TLS.search(details):
        words = "TLS: " + ("the collector does not speak TLS" if tls[1] == "WRONG_VERSION_NUMBER" else tls[2])
    return f"{code.name}: {words}"
