"""Visible: how long after its end a span of the pair is in the query API."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from bench.figure import markdown, percentile, seconds
from bench.serving.peer import DEFAULT, Running
from tests.children import Child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contender import Contender

MARK_SECONDS = 0.3
INTERVAL_SECONDS = 0.23
"""Between two requests; no multiple of the schedule on which spans are exported."""
POLL_SECONDS = 0.005
LIMIT_SECONDS = 30
SERVICES = ("chapter2-client", "chapter2-server")


def measure(name: str, otlp_port: int, query: Contender, traces: int) -> list[str]:
    """A row: 50th and 99th percentile and the slowest, from the end of a span to the answer that has it."""
    endpoint = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{otlp_port}"}
    waits: dict[str, float] = {}
    with Running(DEFAULT, otlp_port) as server:
        command = (sys.executable, "-m", "client", "--url", server.url, "--interval", str(INTERVAL_SECONDS))
        with Child(*command, env=endpoint) as client:
            deadline = time.monotonic() + traces * INTERVAL_SECONDS + LIMIT_SECONDS
            while len(waits) < traces * len(SERVICES):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{len(waits)} spans seen\n{client.report()}")
                for service in SERVICES:
                    now, found = _newest(query, service)
                    for span in found:
                        waits.setdefault(span["spanID"], now - (span["startTime"] + span["duration"]) / 1e6)
                time.sleep(POLL_SECONDS)
            client.stop()
        server.stop()
    values = list(waits.values())
    p99 = percentile(values, 99)
    verdict = "met" if p99 <= MARK_SECONDS else "missed"
    return [name, str(len(values)), *map(seconds, (percentile(values, 50), p99, max(values))), "p99 ≤ 300 ms", verdict]


def table(rows: list[list[str]]) -> str:
    return markdown([["receiver", "spans", "p50", "p99", "slowest", "mark", ""], *rows])


def _newest(query: Contender, service: str) -> tuple[float, Iterator[dict[str, Any]]]:
    """When the answer was there, and all spans in the newest traces of a service."""
    status, body = query.get(f"/api/traces?service={service}&limit=5&lookback=1m")
    now = time.time()
    traces = json.loads(body)["data"] or [] if status == 200 else []  # noqa: PLR2004 - unknown as yet
    return now, (span for trace in traces for span in trace["spans"])
