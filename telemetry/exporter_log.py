"""The exporter's log, which is the only place where it tells why a try failed."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

from grpc import StatusCode

if TYPE_CHECKING:
    from collections.abc import Callable

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
# gRPC's words in C, Python and Go for a message above the collector's limit, 4 MB by default, with the same status as
# for a collector that is busy. Tried again it would never arrive, nor would any span after it.
_TOO_LARGE = "larger than max"


# BoringSSL's words at the end of gRPC's: "…OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: unable to get …: OK".
_TLS = re.compile(r"OPENSSL_internal:(\w+): (.+?)(?:: OK)?$")


def reason(code: StatusCode, details: str) -> str:
    """Why a try failed, as short as it can be said: `UNAVAILABLE: Connection refused`."""
    if tls := _TLS.search(details):
        words = "the collector does not speak TLS" if tls[1] == "WRONG_VERSION_NUMBER" else tls[2]
        return f"{code.name}: TLS: {words}"
    first, _, _ = details.partition(": ")
    *_, last = details.split(": ")
    # A Collector ends "scheme or token does not match: " with the token.
    return f"{code.name}: {first if code is StatusCode.UNAUTHENTICATED else last}"


class LastTry(threading.local):
    """How this thread's last try failed; where batches are not kept, each request's thread exports."""

    too_large = False
    silent = False
    retryable = True

    def begin(self) -> None:
        self.too_large = self.silent = False
        self.retryable = True

    def fail(self, code: StatusCode, details: str) -> None:
        self.too_large = code is StatusCode.RESOURCE_EXHAUSTED and _TOO_LARGE in details
        # A connection whose other end has gone without a word stays silent for 15 minutes, until TCP gives it up.
        self.silent = code is StatusCode.DEADLINE_EXCEEDED
        self.retryable = code in _RETRYABLE and not self.too_large


class ExporterLog(logging.Filter):
    """Reads the gRPC status of each failed try and hands it on, in the thread that tried.

    The exporter's own lines, several a minute while a collector is away, go no further. It has to come before the
    exporter's own filter, which hides repetitions for 20 s and with them a second outage.
    """

    def __init__(self, failed: Callable[[StatusCode, str], None]) -> None:
        super().__init__()
        self._failed = failed
        self._logger = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")
        self._logger.filters.insert(0, self)

    def filter(self, record: logging.LogRecord) -> bool:
        values = record.args if isinstance(record.args, tuple) else ()
        for code in values:
            if isinstance(code, StatusCode):
                self._failed(code, str(values[-1]))
        return False

    def close(self) -> None:
        self._logger.removeFilter(self)
