"""Fetches traces from Jaeger's query API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_SECONDS = 5
POLL_SECONDS = 0.05
TOLERANCE = 5_000  # µs, between two synchronized clocks
LIMIT = 20


class QueryError(Exception):
    """The query API is unreachable or did not answer like one; the message is one line."""


@dataclass(frozen=True)
class Span:
    """The displayed parts of a span; times in µs."""

    span_id: str
    parent_id: str | None
    service: str
    operation: str
    kind: str
    start: int
    duration: int
    error: bool
    warnings: tuple[str, ...]


def fetch(query_url: str, trace_id: str) -> list[Span]:
    """Get a trace's spans from `GET /api/traces/{id}`, which every Jaeger version has; empty if it is unknown.

    Raises:
        QueryError: nothing answers there, or not in Jaeger's format.
    """
    address = f"{query_url}/api/traces/{trace_id}"
    with _asking(query_url, address):
        response = requests.get(address, timeout=TIMEOUT_SECONDS)
        if response.status_code == requests.codes.not_found and "errors" in response.json():
            return []
        response.raise_for_status()
        return [span for trace in response.json()["data"] for span in _spans(trace)]


def traces_started_within(query_url: str, client: Span) -> list[str]:
    """Ids of other traces with a parentless server span that started and ended within the client's span.

    Skips traces of Jaeger's own queries.

    Raises:
        QueryError: as above.
    """
    began, ended = client.start - TOLERANCE, client.start + client.duration + TOLERANCE
    found: list[str] = []
    with _asking(query_url, f"{query_url}/api"):
        services = requests.get(f"{query_url}/api/services", timeout=TIMEOUT_SECONDS).json()["data"] or []
        for service in (name for name in services if name != "jaeger"):
            window = {"service": service, "start": began, "end": ended, "limit": LIMIT}
            answer = requests.get(f"{query_url}/api/traces", params=window, timeout=TIMEOUT_SECONDS).json()
            for trace in answer["data"] or []:
                for span in _spans(trace):
                    within = began <= span.start and span.start + span.duration <= ended
                    if span.kind == "server" and span.parent_id is None and within:
                        found.append(str(trace["traceID"]))
    return found


@contextmanager
def _asking(query_url: str, address: str) -> Iterator[None]:
    try:
        yield
    except requests.ConnectionError as error:
        raise QueryError(f"nothing answers at {query_url}") from error
    except (requests.RequestException, LookupError, TypeError, ValueError, AttributeError) as error:
        raise QueryError(f"{address} does not answer like a Jaeger query API") from error


def _spans(trace: dict[str, Any]) -> list[Span]:
    return [_span(span, trace["processes"]) for span in trace["spans"]]


def wait_for(
    query_url: str, trace_id: str, spans: int, seconds: float, given_up: Callable[[], bool] = lambda: False
) -> list[Span]:
    """Poll until the trace has that many spans, time is up or `given_up` returns true; return the spans found."""
    deadline = time.monotonic() + seconds
    while True:
        found = fetch(query_url, trace_id)
        if len(found) >= spans or time.monotonic() > deadline or given_up():
            return found
        time.sleep(POLL_SECONDS)


def _span(span: dict[str, Any], processes: dict[str, Any]) -> Span:
    tags = {tag["key"]: tag["value"] for tag in span["tags"]}
    parents = [reference["spanID"] for reference in span["references"] if reference["refType"] == "CHILD_OF"]
    return Span(
        span_id=span["spanID"],
        parent_id=parents[0] if parents else None,
        service=processes[span["processID"]]["serviceName"],
        operation=span["operationName"],
        kind=str(tags.get("span.kind", "internal")),
        start=int(span["startTime"]),
        duration=int(span["duration"]),
        error=bool(tags.get("error", False)),
        warnings=tuple(span.get("warnings") or ()),
    )
