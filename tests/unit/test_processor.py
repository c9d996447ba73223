"""The span processor: who waits while more spans end than are exported, and for how long."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from telemetry import processor
from telemetry.environment import prepare
from telemetry.exporter import SLOW_SECONDS
from telemetry.processor import BlockingSpanProcessor, SpanAccount
from tests.children import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

QUEUE, BATCH, ROOM = 20, 5, 15
SETTINGS = prepare(
    {
        "OTEL_BSP_MAX_QUEUE_SIZE": str(QUEUE),
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": str(BATCH),
        "OTEL_BSP_SCHEDULE_DELAY": "10",
    }
)


class Exporter:
    """Takes batches once it is opened, and is as well as the test says."""

    def __init__(self) -> None:
        self.delivered = 0
        self.well = True
        self.problem: str | None = None
        self.asked = threading.Event()
        self.open = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.open.wait(10)
        self.delivered += len(spans)
        return SpanExportResult.SUCCESS

    def hurry(self, seconds: float) -> None:  # noqa: ARG002
        self.open.set()

    def shutdown(self) -> None:
        self.open.set()


class Pipeline:
    """A provider with the processor between it and an exporter of the test's."""

    def __init__(self, **settings: object) -> None:
        self.exporter = Exporter()
        self.account = SpanAccount(self.exporter)  # type: ignore[arg-type]
        self.provider = TracerProvider(shutdown_on_exit=False, **settings)  # type: ignore[arg-type]
        self.provider.add_span_processor(self.account)
        self.provider.add_span_processor(BlockingSpanProcessor(self.exporter, SETTINGS))  # type: ignore[arg-type]

    def end(self, spans: int) -> float:
        """Seconds that it takes to make and end so many."""
        began = time.monotonic()
        for _ in range(spans):
            self.provider.get_tracer("test").start_span("a").end()
        return time.monotonic() - began


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    monkeypatch.setattr(processor, "MAX_WAIT_SECONDS", 10)
    made = Pipeline()
    yield made
    made.exporter.open.set()
    made.provider.shutdown()


@pytest.fixture
def making(pipeline: Pipeline) -> Iterator[threading.Thread]:
    """A thread that ends many spans, and waits."""
    making = threading.Thread(target=pipeline.end, args=(1_000,))
    making.start()
    eventually(lambda: pipeline.account.ended > ROOM)
    making.join(0.1)
    assert making.is_alive()
    yield making
    pipeline.exporter.open.set()
    making.join(10)


def test_a_full_queue_makes_wait_and_nothing_is_lost(pipeline: Pipeline, making: threading.Thread) -> None:
    assert ROOM < pipeline.account.ended <= ROOM + BATCH + 2
    pipeline.exporter.open.set()
    making.join(10)
    eventually(lambda: pipeline.exporter.delivered == 1_000)
    assert pipeline.account.lost == 0


def test_who_waits_goes_on_when_the_collector_is_not_well(pipeline: Pipeline, making: threading.Thread) -> None:
    pipeline.exporter.well = False
    making.join(5)
    assert not making.is_alive()


def test_nobody_waits_for_a_collector_that_is_not_well(pipeline: Pipeline) -> None:
    pipeline.exporter.well = False
    assert pipeline.end(200) < 5
    pipeline.exporter.open.set()
    pipeline.provider.shutdown()
    assert pipeline.account.lost > 200 - QUEUE - 2 * BATCH  # what the queue dropped is counted


def test_nobody_waits_longer_than_half_a_second(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "MAX_WAIT_SECONDS", 0.3)
    pipeline.end(BATCH)
    assert pipeline.exporter.asked.wait(10)
    assert 0.2 <= pipeline.end(ROOM + 2) < 3


def test_spans_that_are_not_sampled_do_not_count_nor_wait() -> None:
    unsampled = Pipeline(sampler=ALWAYS_OFF)
    assert unsampled.end(200) < 1
    assert unsampled.account.ended == 0
    unsampled.exporter.open.set()
    unsampled.provider.shutdown()


def test_a_batch_counts_as_stuck_before_anybody_gives_up() -> None:
    """Else each span would wait as long for a collector that hangs."""
    assert SLOW_SECONDS <= processor.MAX_WAIT_SECONDS
