"""A trace as a Jaeger query API tells it, and how to ask for one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_SECONDS = 5
POLL_SECONDS = 0.05


class QueryError(Exception):
    """The query API did not answer as one; the message is one line."""


@dataclass(frozen=True)
class Span:
    """What is shown of a span; times in µs."""

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
    """The spans of a trace by `GET /api/traces/{id}`, which every Jaeger version has; empty where it is unknown.

    Raises:
        QueryError: nothing answers there, or not in Jaeger's form.
    """
    address = f"{query_url}/api/traces/{trace_id}"
    try:
        response = requests.get(address, timeout=TIMEOUT_SECONDS)
        if response.status_code == requests.codes.not_found and "errors" in response.json():
            return []
        response.raise_for_status()
        return [_span(span, trace["processes"]) for trace in response.json()["data"] for span in trace["spans"]]
    except requests.ConnectionError as error:
        raise QueryError(f"nothing answers at {query_url}") from error
    except (requests.RequestException, LookupError, TypeError, ValueError, AttributeError) as error:
        raise QueryError(f"{address} does not answer like a Jaeger query API") from error


def wait_for(query_url: str, trace_id: str, spans: int, seconds: float) -> list[Span]:
    """Ask until the trace has that many spans or the time is up; return what there is then."""
    deadline = time.monotonic() + seconds
    while True:
        found = fetch(query_url, trace_id)
        if len(found) >= spans or time.monotonic() > deadline:
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
