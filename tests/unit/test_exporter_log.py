"""What is made of gRPC's words for a try that failed."""

from __future__ import annotations

import pytest
from grpc import StatusCode

from telemetry.exporter_log import reason

HANDSHAKE = (
    "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Tls handshake failed"
    " (TSI_PROTOCOL_FAILURE): SSL_ERROR_SSL: error:10:SSL routines:OPENSSL_internal:"
)


@pytest.mark.parametrize(
    ("code", "details", "told"),
    [
        (StatusCode.UNAVAILABLE, "last error: ipv4:127.0.0.1:1: Connection refused", "Connection refused"),
        (StatusCode.UNAVAILABLE, HANDSHAKE + "CERTIFICATE_VERIFY_FAILED: expired: OK", "TLS: expired"),
        (
            StatusCode.UNAVAILABLE,
            HANDSHAKE + "WRONG_VERSION_NUMBER: Invalid certificate verification context: OK",
            "TLS: the collector does not speak TLS",
        ),
        (StatusCode.UNAUTHENTICATED, "scheme or token does not match: Bearer a: b", "scheme or token does not match"),
        (StatusCode.UNAUTHENTICATED, "as told", "as told"),
    ],
)
def test_the_reason_is_short_and_names_no_token(code: StatusCode, details: str, told: str) -> None:
    assert reason(code, details) == f"{code.name}: {told}"
