"""The first trace: the time from starting `python -m demo` to two linked spans in the API."""

from __future__ import annotations

import json
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figure import VERDICTS, Figure, median, seconds
from tests.children import NO_STANDARD_PORTS, free_port, python

MARK_SECONDS = 3
POLL_SECONDS = 0.02
LIMIT_SECONDS = 60
STOP_SECONDS = 20  # for three programs, one after the other


def measure(repetitions: int) -> Figure:
    times = tuple(_once() for _ in range(repetitions))
    return Figure(
        "python -m demo to the first linked trace", times, seconds, "< 3 s", VERDICTS[median(times) < MARK_SECONDS]
    )


def _once() -> float:
    otlp, query, server = free_port(), free_port(), free_port()
    ports = ("--otlp-port", str(otlp), *NO_STANDARD_PORTS, "--port", str(query), "--server-port", str(server))
    with TemporaryDirectory(prefix="bench-") as folder:
        began = time.monotonic()
        with python("-m", "demo", *ports, "--db", str(Path(folder, "traces.db"))) as demo:
            while not _linked(f"http://127.0.0.1:{query}/api/traces?service=chapter2-client"):
                if time.monotonic() - began > LIMIT_SECONDS:
                    raise RuntimeError(f"no linked trace\n{demo.report()}")
                time.sleep(POLL_SECONDS)
            took = time.monotonic() - began
            demo.stop(seconds=STOP_SECONDS)
            return took


def _linked(url: str) -> bool:
    """Whether there is a trace with a span and its child."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - local http
            traces = json.load(answer)["data"] or []
    except (OSError, HTTPException):  # still starting
        return False
    return any(_has_child(trace["spans"]) for trace in traces)


def _has_child(spans: list[dict[str, Any]]) -> bool:
    ids = [span["spanID"] for span in spans]
    return any(reference["spanID"] in ids for span in spans for reference in span["references"])
