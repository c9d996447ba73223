"""What the client prints about a request."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException

from telemetry import printable


def reason(error: BaseException) -> str:
    """The root cause in a few words: requests wraps urllib3's error, which wraps the operating system's."""
    while not isinstance(error, HTTPException):
        inner = (error.__cause__, error.__context__, *error.args)
        cause = next((each for each in inner if isinstance(each, BaseException)), None)
        if not cause:
            break
        error = cause
    return printable((isinstance(error, OSError) and error.strerror) or str(error).strip())


def trace_lines(headers: Mapping[str, str | bytes], ui: str) -> str:
    """The `traceparent` that was sent and its trace's address, or why there is no trace."""
    traceparent = str(headers.get("traceparent", ""))
    if not traceparent:
        return "  no traceparent was sent: see OTEL_PROPAGATORS, OTEL_SDK_DISABLED and OTEL_PYTHON_EXCLUDED_URLS"
    _, trace_id, _, flags = traceparent.split("-")
    where = f"{ui}/trace/{trace_id}" if int(flags, 16) & 1 else "not sampled, so no trace: see OTEL_TRACES_SAMPLER"
    return f"  traceparent: {traceparent}\n  {where}"
