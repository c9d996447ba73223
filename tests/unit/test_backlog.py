"""The backlog: who waits while more spans end than are exported, and for how long."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from telemetry import backlog
from telemetry.backlog import Backlog, BacklogExporter
from tests.children import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

QUEUE, BATCH = 20, 5
ROOM = 15


class Collector(SpanExporter):
    """Takes batches once it is opened, and refuses them where `well` is false."""

    def __init__(self) -> None:
        self.spans = 0
        self.well = True
        self.asked = threading.Event()
        self.open = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.open.wait(10)
        if not self.well:
            return SpanExportResult.FAILURE
        self.spans += len(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.open.set()


class Pipeline:
    """A provider with a backlog before a batch processor."""

    def __init__(self, **settings: object) -> None:
        self.collector = Collector()
        self.backlog = Backlog(QUEUE, BATCH)
        self.provider = TracerProvider(shutdown_on_exit=False, **settings)  # type: ignore[arg-type]
        self.provider.add_span_processor(self.backlog)
        exporter = BacklogExporter(self.collector, self.backlog)
        processor = BatchSpanProcessor(
            exporter, max_queue_size=QUEUE, max_export_batch_size=BATCH, schedule_delay_millis=10
        )
        self.provider.add_span_processor(processor)

    def end(self, spans: int) -> float:
        """Seconds that it takes to make and end so many."""
        began = time.monotonic()
        for _ in range(spans):
            self.provider.get_tracer("test").start_span("a").end()
        return time.monotonic() - began


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    made = Pipeline()
    yield made
    made.collector.open.set()
    made.provider.shutdown()


def test_a_full_queue_makes_wait_and_nothing_is_lost(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 10)
    making = threading.Thread(target=pipeline.end, args=(1_000,))
    making.start()
    eventually(lambda: pipeline.backlog.ended > ROOM)
    making.join(0.1)
    assert making.is_alive()
    assert pipeline.backlog.ended == ROOM + 1
    pipeline.collector.open.set()
    making.join(10)
    eventually(lambda: pipeline.collector.spans == 1_000)


def test_who_waited_in_vain_is_the_last(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 0.3)
    pipeline.end(BATCH)
    assert pipeline.collector.asked.wait(10)
    began = time.monotonic()
    pipeline.end(ROOM - BATCH + 1)
    assert 0.2 <= time.monotonic() - began < 0.6
    assert pipeline.end(200) < 0.3


def test_nobody_waits_for_a_batch_that_is_under_way_for_long(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 1)
    pipeline.end(BATCH)
    assert pipeline.collector.asked.wait(10)
    pipeline.collector.open.wait(1)
    assert pipeline.end(200) < 1


@pytest.mark.parametrize("refused", ["a try", "the batch"])
def test_who_waits_goes_on_when_the_collector_refuses(
    refused: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 10)
    making = threading.Thread(target=pipeline.end, args=(ROOM + 1,))
    making.start()
    eventually(lambda: pipeline.backlog.ended > ROOM)
    making.join(0.1)
    assert making.is_alive()
    if refused == "a try":
        pipeline.backlog.stall()
    else:
        pipeline.collector.well = False
        pipeline.collector.open.set()
    making.join(5)
    assert not making.is_alive()
    assert pipeline.backlog._stalled


def test_nobody_waits_for_a_collector_that_refuses(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 10)
    pipeline.collector.well = False
    pipeline.collector.open.set()
    pipeline.end(BATCH)
    eventually(lambda: pipeline.backlog._stalled)
    pipeline.collector.open.clear()
    assert pipeline.end(200) < 5


def test_what_the_queue_dropped_is_not_waited_for(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage with many lost spans the count is right again, and requests wait for a full queue only."""
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 0.05)
    pipeline.end(500)
    pipeline.collector.open.set()
    eventually(lambda: not pipeline.backlog._waiting)
    pipeline.collector.open.clear()
    monkeypatch.setattr(backlog, "PATIENCE_SECONDS", 10)
    assert pipeline.end(ROOM) < 5


def test_spans_that_are_not_sampled_do_not_count() -> None:
    unsampled = Pipeline(sampler=ALWAYS_OFF)
    unsampled.end(3)
    assert unsampled.backlog.ended == 0
    unsampled.collector.open.set()
    unsampled.provider.shutdown()
