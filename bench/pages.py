"""The pages, in Chromium: the time until the content appears, and how long the page is blocked meanwhile.

A task is work that a page does without a break; during a task the page ignores input and does not repaint. Browsers
report tasks of 50 ms and more (https://www.w3.org/TR/longtasks-1/).
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bench.contender import Embedded
from bench.figure import VERDICTS, Figure, median, seconds
from bench.load import Load, send
from bench.payload import SPANS_A_TRACE, service
from tests.browser.chromium import chromium
from tests.contract.otlp import MILLISECOND, SECOND
from tests.contract.otlp import service as spans_of_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

OPEN_MARK, TASK_MARK = 2.0, 0.1
CHILDREN = 10
"""Children per span, which makes the tree five levels deep."""
BATCH = 1_000
WHEEL = 2_600
"""px per turn of the wheel: 100 rows."""
TOLD_TASK = 0.05
WATCH_TASKS = """() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: "longtask", buffered: true });
}"""
LONGEST_TASK = """() => new Promise((done) =>
    requestAnimationFrame(() => setTimeout(() => done(Math.max(0, ...window.tasks)))))"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))"
AT_THE_END = """() => {
    const scroller = document.querySelector("#view [role=tree]").parentElement;
    return scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
}"""


def measure(trace_spans: int, traces: int, repetitions: int) -> list[Figure]:
    """
    Args:
        trace_spans: spans in the large trace.
        traces: number of other stored traces.
    """
    with Embedded() as backend, chromium(whole=True) as browser:
        backend.wait_until_found(send(Load(traces * SPANS_A_TRACE, 512, warm_up=False), backend.otlp_port).trace_ids)
        trace_id = _store_large(trace_spans, backend.otlp_port)
        url = f"http://localhost:{backend.query_port}"
        large = [_look_at_trace(browser, f"{url}/trace/{trace_id.hex()}") for _ in range(repetitions)]
        searches = [_open(browser, f"{url}/search", "a[href^='/trace/']") for _ in range(repetitions)]
        graphs = [_open(browser, f"{url}/dependencies", "table tbody tr") for _ in range(repetitions)]
    opened, opening, scrolling = (tuple(values) for values in zip(*large, strict=True))
    name = f"page of a trace of {trace_spans:,} spans"
    return [
        _page(name, opened, OPEN_MARK),
        _task(f"{name}, longest task while it opens", opening),
        _task(f"{name}, longest task of scrolling through", scrolling, TASK_MARK),
        _page(f"search page over {traces:,} traces", tuple(searches)),
        _page(f"services page over {traces:,} traces", tuple(graphs)),
    ]


def _store_large(count: int, port: int) -> bytes:
    """Store a trace with `count` spans; return its id."""
    draw = random.Random(count).randbytes  # noqa: S311 - no secrets
    trace_id, ids = draw(16), [draw(8) for _ in range(count)]
    begin = time.time_ns() - 60 * SECOND
    spans = list(_tree(trace_id, ids, begin))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = trace_service_pb2_grpc.TraceServiceStub(channel)  # type: ignore[no-untyped-call]
        for at in range(0, count, BATCH):
            part = spans_of_service(service(at // BATCH), *spans[at : at + BATCH])
            stub.Export(ExportTraceServiceRequest(resource_spans=[part]), timeout=60)
    return trace_id


def _tree(trace_id: bytes, ids: list[bytes], begin: int) -> Iterator[Span]:
    """A tree of spans, each within its parent's time."""
    bounds: list[tuple[int, int]] = []
    for number, span_id in enumerate(ids):
        parent = (number - 1) // CHILDREN
        start, end = (begin, begin + 10 * SECOND) if number == 0 else _slot(bounds[parent], (number - 1) % CHILDREN)
        bounds.append((start, end))
        yield Span(
            trace_id=trace_id,
            span_id=span_id,
            parent_span_id=ids[parent] if number else b"",
            name=f"operation {number % 50}",
            start_time_unix_nano=start,
            end_time_unix_nano=end,
        )


def _slot(parent: tuple[int, int], place: int) -> tuple[int, int]:
    length = (parent[1] - parent[0]) // (CHILDREN + 1)
    start = parent[0] + place * length + min(length, MILLISECOND) // 2
    return start, start + length


def _look_at_trace(browser: Browser, address: str) -> tuple[float, float, float]:
    """Seconds until its rows appear, and the longest tasks of opening it and of scrolling, in seconds."""
    with browser.new_page(viewport={"width": 1280, "height": 900}) as page:
        page.add_init_script(f"({WATCH_TASKS})()")
        opened = _go(page, address, "#view [role=treeitem]")
        opening = _longest_task(page)
        page.evaluate("window.tasks = []")
        _scroll_through(page)
        return opened, opening, _longest_task(page)


def _open(browser: Browser, address: str, wanted: str) -> float:
    with browser.new_page(viewport={"width": 1280, "height": 900}) as page:
        return _go(page, address, wanted)


def _go(page: Page, address: str, wanted: str) -> float:
    """Seconds from navigation until the browser has drawn the wanted element."""
    page.goto(address)
    page.wait_for_selector(wanted)
    milliseconds: float = page.evaluate(DRAWN)
    return milliseconds / 1000


def _scroll_through(page: Page) -> None:
    page.locator("#view [role=tree]").hover(position={"x": 300, "y": 100})
    while not page.evaluate(AT_THE_END):
        page.mouse.wheel(0, WHEEL)
        page.evaluate("() => new Promise(requestAnimationFrame)")


def _longest_task(page: Page) -> float:
    milliseconds: float = page.evaluate(LONGEST_TASK)
    return milliseconds / 1000


def _page(name: str, values: tuple[float, ...], mark: float | None = None) -> Figure:
    if mark is None:
        return Figure(name, values, seconds)
    return Figure(name, values, seconds, f"< {mark:.0f} s", VERDICTS[median(values) < mark])


def _task(name: str, values: tuple[float, ...], mark: float | None = None) -> Figure:
    if mark is None:
        return Figure(name, values, _task_seconds)
    return Figure(name, values, _task_seconds, f"≤ {seconds(mark)}", VERDICTS[max(values) <= mark])


def _task_seconds(value: float) -> str:
    return seconds(value) if value else f"< {seconds(TOLD_TASK)}"
