"""Metrics and logs: programs export them by default, so accept, count and drop them. Only traces are stored.

If we rejected them, a program's exporter would log an error every minute.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from backend.codec.otlp import MalformedRequestError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signal:
    """An OTLP signal other than traces."""

    name: str
    request: type[Message]
    levels: tuple[str, str, str]
    """The nested lists of a request, outermost first; the last one holds the records."""

    @property
    def service(self) -> str:
        """The gRPC service name."""
        return f"opentelemetry.proto.collector.{self.name}.v1.{self.name.capitalize()}Service"

    @property
    def path(self) -> str:
        return f"/v1/{self.name}"


METRICS = Signal("metrics", ExportMetricsServiceRequest, ("resource_metrics", "scope_metrics", "metrics"))
LOGS = Signal("logs", ExportLogsServiceRequest, ("resource_logs", "scope_logs", "log_records"))


class Dropped:
    """Counts records; logs once per signal that it is dropped."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def counts(self) -> dict[str, int]:
        """Number of records received per signal."""
        with self._lock:
            return dict(self._counts)

    def take(self, signal: Signal, body: bytes, *, is_json: bool = False) -> None:
        """Count a request's records.

        Raises:
            MalformedRequestError: it is not a request of that signal.
        """
        number = _records_of_json(signal, body) if is_json else _records(signal, body)
        with self._lock:
            first = signal.name not in self._counts
            self._counts[signal.name] += number
        if first:
            _LOG.warning("%s are accepted and dropped: only traces are kept", signal.name)


def _records(signal: Signal, body: bytes) -> int:
    try:
        request = signal.request.FromString(body)
    except DecodeError as problem:
        raise MalformedRequestError(f"not an {signal.request.__name__}: {problem}") from problem
    groups, scopes, records = signal.levels
    # One at a time: a Python object for each would take more memory than the request.
    return sum(len(getattr(scope, records)) for group in getattr(request, groups) for scope in getattr(group, scopes))


def _records_of_json(signal: Signal, body: bytes) -> int:
    try:
        found: list[Any] = [json.loads(body)]
        for level in signal.levels:
            head, *words = level.split("_")
            camel = head + "".join(word.capitalize() for word in words)
            found = [one for holder in found for one in holder.get(camel, holder.get(level)) or ()]
    except (ValueError, RecursionError, AttributeError, TypeError) as problem:
        raise MalformedRequestError(f"not an {signal.request.__name__} in OTLP JSON: {problem}") from problem
    return len(found)
