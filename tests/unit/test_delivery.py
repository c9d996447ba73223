"""Delivery against a collector that is there, away, slow or unwilling."""

from __future__ import annotations

import logging
import re
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from telemetry.delivery import Delivery
from telemetry.provider import make_delivery
from telemetry.settings import read
from tests.children import eventually
from tests.collector import FakeCollector
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Deliver = Callable[..., Delivery]
    Export = Future[SpanExportResult]

SUCCESS, FAILURE = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
KEPT = r"spans cannot be delivered to \S+ \(UNAVAILABLE: Connection refused\); they are kept and tried again"
MEGABYTE = 1_000_000
AGAIN = r"spans reach \S+ again after \d+ s"


@pytest.fixture
def deliver() -> Iterator[Deliver]:
    """Makes deliveries as the programs do, and ends them."""
    made: list[Delivery] = []

    def deliver(collector: FakeCollector, **settings: str) -> Delivery:
        made.append(make_delivery(read({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, **settings})))
        return made[-1]

    yield deliver
    for delivery in made:
        delivery.hurry(0)
        delivery.shutdown()


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as collector:
        yield collector


@pytest.fixture
def absent(collector: FakeCollector) -> FakeCollector:
    """A collector that is not started yet."""
    collector.stop()
    return collector


class Endless(SpanExporter):
    """Takes as long for a batch as it may."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002
        self._ended.wait()
        return FAILURE

    def shutdown(self) -> None:
        self._ended.set()


def batch(*names: str) -> list[ReadableSpan]:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer(__name__)
    spans = [tracer.start_span(name) for name in names]
    for span in spans:
        span.end()
    return [span for span in spans if isinstance(span, ReadableSpan)]


def in_background(delivery: Delivery, *names: str) -> Export:
    thread = ThreadPoolExecutor(1)
    export = thread.submit(delivery.export, batch(*names))
    thread.shutdown(wait=False)  # ends with the export, at the latest when `deliver` hurries it
    return export


def wait_for_messages(caplog: pytest.LogCaptureFixture, number: int) -> None:
    eventually(lambda: len(caplog.messages) >= number)


def assert_told(caplog: pytest.LogCaptureFixture, *patterns: str) -> None:
    assert len(caplog.messages) == len(patterns), caplog.messages
    for message, pattern in zip(caplog.messages, patterns, strict=True):
        assert re.fullmatch(pattern, message)


def test_delivered_spans_are_counted(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(collector)
    assert delivery.export(batch("a", "b")) is SUCCESS
    assert delivery.export(batch("c")) is SUCCESS
    assert (delivery.delivered, delivery.problem) == (3, None)
    assert collector.span_names == ["a", "b", "c"]
    assert_told(caplog)


def test_a_batch_is_kept_until_the_collector_starts_and_arrives_once(
    absent: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(absent)
    export = in_background(delivery, "a", "b")
    wait_for_messages(caplog, 1)
    assert (delivery.delivered, delivery.problem) == (0, "UNAVAILABLE: Connection refused")
    absent.start()
    assert export.result(15) is SUCCESS
    assert absent.span_names == ["a", "b"]
    assert (delivery.delivered, delivery.problem) == (2, None)
    assert_told(caplog, KEPT, AGAIN)


def test_a_second_outage_soon_after_is_told_too(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(collector)
    for outage in (1, 2):
        collector.stop()
        export = in_background(delivery, f"in outage {outage}")
        wait_for_messages(caplog, 2 * outage - 1)
        collector.start()
        assert export.result(15) is SUCCESS
    assert collector.span_names == ["in outage 1", "in outage 2"]
    assert_told(caplog, KEPT, AGAIN, KEPT, AGAIN)


@pytest.mark.parametrize("answer", [StatusCode.RESOURCE_EXHAUSTED, StatusCode.ABORTED])
def test_a_retryable_status_is_tried_again(
    answer: StatusCode, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeCollector([answer]) as collector:
        assert deliver(collector).export(batch("a")) is SUCCESS
    assert len(collector.requests) == 2
    assert collector.span_names == ["a"]
    told = rf"spans cannot be delivered to \S+ \({answer.name}: as told\); they are kept and tried again"
    assert_told(caplog, told, AGAIN)


def test_a_batch_outlives_the_patience_of_the_exporter(deliver: Deliver, caplog: pytest.LogCaptureFixture) -> None:
    with FakeCollector([StatusCode.UNAVAILABLE] * 3) as collector:
        delivery = deliver(collector, OTEL_EXPORTER_OTLP_TIMEOUT="1.5")  # time for two tries
        assert delivery.export(batch("a")) is SUCCESS
    assert len(collector.requests) == 4
    assert collector.arrivals[-1] - collector.arrivals[0] < 5  # in one go, the exporter's waits would add up to 7 s
    assert delivery.delivered == 1
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("answer", "told"), [(StatusCode.UNAVAILABLE, 1), (StatusCode.RESOURCE_EXHAUSTED, 1), (StatusCode.UNKNOWN, 0)]
)
def test_each_failed_try_that_is_made_again_is_told(answer: StatusCode, told: int) -> None:
    tries: list[int] = []
    with FakeCollector([answer]) as collector:
        settings = read({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint})
        delivery = make_delivery(settings, lambda: tries.append(len(collector.requests)))
        assert delivery.export(batch("a")) is (SUCCESS if told else FAILURE)
        delivery.shutdown()
    assert tries == [1] * told


def test_a_short_timeout_makes_no_storm_of_tries(deliver: Deliver) -> None:
    with FakeCollector([StatusCode.UNAVAILABLE]) as collector:
        assert deliver(collector, OTEL_EXPORTER_OTLP_TIMEOUT="0.5").export(batch("a")) is SUCCESS
    assert collector.arrivals[-1] - collector.arrivals[0] > 0.3


@pytest.mark.parametrize(
    "answer", [StatusCode.UNAUTHENTICATED, StatusCode.INVALID_ARGUMENT, StatusCode.UNIMPLEMENTED, StatusCode.UNKNOWN]
)
def test_a_status_that_is_final_loses_the_batch_at_once(
    answer: StatusCode, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeCollector([answer]) as collector:
        delivery = deliver(collector)
        assert delivery.export(batch("a", "b")) is FAILURE
        assert (delivery.delivered, delivery.problem) == (0, f"{answer.name}: as told")
        assert delivery.export(batch("c")) is SUCCESS
        assert (delivery.delivered, delivery.problem) == (1, None)
    assert len(collector.requests) == 2
    assert collector.span_names == ["c"]
    assert_told(caplog, rf"spans cannot be delivered to \S+ \({answer.name}: as told\); they are lost", AGAIN)


def test_without_keep_each_batch_gets_one_try(caplog: pytest.LogCaptureFixture) -> None:
    with FakeCollector([StatusCode.UNAVAILABLE] * 2) as collector:
        delivery = Delivery(
            # Less than the exporter waits before it tries again itself.
            lambda _: OTLPSpanExporter(endpoint=collector.endpoint, timeout=0.7),
            collector.endpoint,
            keep=None,
        )
        try:
            assert [delivery.export(batch(name)) for name in "abc"] == [FAILURE, FAILURE, SUCCESS]
        finally:
            delivery.shutdown()
        assert delivery.delivered == 1
    assert len(collector.requests) == 3
    assert collector.span_names == ["c"]
    assert_told(caplog, r"spans cannot be delivered to \S+ \(UNAVAILABLE: as told\); they are lost", AGAIN)


def test_a_batch_that_is_too_large_arrives_in_parts(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    """Above 4 MB, gRPC's default and the Collector's, a batch would be refused for ever and hold up all others."""
    delivery = deliver(collector)
    names = [str(number) * MEGABYTE for number in range(9)]
    assert delivery.export(batch(*names)) is SUCCESS
    assert sorted(collector.span_names) == names
    assert (delivery.delivered, delivery.problem) == (9, None)
    assert_told(caplog)


def test_a_span_that_is_too_large_is_lost_and_no_other(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(collector)
    started = time.monotonic()
    assert delivery.export(batch("a", "b" * 5 * MEGABYTE, "c")) is FAILURE
    assert delivery.export(batch("d")) is SUCCESS
    assert time.monotonic() - started < 3  # the exporter's own tries of the same bytes would take 7 s
    assert collector.span_names == ["a", "c", "d"]
    assert delivery.delivered == 3
    assert_told(caplog, r"spans cannot be .* \(RESOURCE_EXHAUSTED: Received message larger .*\); they are lost", AGAIN)


def test_at_the_stop_too_a_batch_that_is_too_large_arrives_in_parts(collector: FakeCollector, deliver: Deliver) -> None:
    delivery = deliver(collector)
    delivery.hurry(10)
    assert delivery.export(batch("a" * 3 * MEGABYTE, "b" * 3 * MEGABYTE)) is SUCCESS
    assert delivery.delivered == 2


def test_a_connection_that_became_silent_is_left_for_another(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    """As when a firewall between has forgotten it. TCP itself would notice after 15 minutes."""
    with Proxy(collector.port) as proxy:
        delivery = deliver(collector, OTEL_EXPORTER_OTLP_ENDPOINT=proxy.endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="1")
        assert delivery.export(batch("a")) is SUCCESS
        proxy.forget()
        assert in_background(delivery, "b").result(10) is SUCCESS
    assert collector.span_names == ["a", "b"]
    assert_told(caplog, KEPT.replace("UNAVAILABLE: Connection refused", "DEADLINE_EXCEEDED: Deadline Exceeded"), AGAIN)


def test_without_keep_too_a_connection_that_became_silent_is_left(collector: FakeCollector, deliver: Deliver) -> None:
    with Proxy(collector.port) as proxy:
        delivery = deliver(collector, OTEL_EXPORTER_OTLP_ENDPOINT=proxy.endpoint, SPAN_PROCESSOR="simple")
        assert delivery.export(batch("a")) is SUCCESS
        proxy.forget()
        assert delivery.export(batch("b")) is FAILURE
        assert delivery.export(batch("c")) is SUCCESS
    assert collector.span_names == ["a", "c"]


def test_an_exporter_that_takes_longer_than_it_may_is_left(collector: FakeCollector) -> None:
    """As it does when the clock was set back."""

    exporters = iter([Endless(), OTLPSpanExporter(endpoint=collector.endpoint)])
    delivery = Delivery(lambda _: next(exporters), collector.endpoint, keep=0.1)
    assert delivery.export(batch("a")) is SUCCESS
    assert collector.span_names == ["a"]
    delivery.shutdown()


def test_the_delay_that_a_collector_asks_for_is_kept(collector: FakeCollector, deliver: Deliver) -> None:
    collector.answer(StatusCode.RESOURCE_EXHAUSTED, retry_delay=2)
    assert deliver(collector).export(batch("a")) is SUCCESS
    assert 2 <= collector.arrivals[1] - collector.arrivals[0] < 4


def test_hurry_breaks_off_a_hanging_export_and_tries_once_more_on_a_fresh_connection(
    collector: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(collector)
    collector.hang()
    export = in_background(delivery, "a")
    assert collector.hanging.acquire(timeout=10)
    delivery.hurry(10)
    assert collector.hanging.acquire(timeout=5)
    collector.release()
    assert export.result(5) is SUCCESS
    assert delivery.delivered == 1
    assert len(set(collector.peers)) == len(collector.requests) == 2
    assert_told(caplog)


def test_hurry_bounds_an_export_that_goes_on_hanging(collector: FakeCollector, deliver: Deliver) -> None:
    delivery = deliver(collector)
    collector.hang()
    export = in_background(delivery, "a")
    assert collector.hanging.acquire(timeout=10)
    delivery.hurry(0.3)
    assert export.result(2) is FAILURE
    assert len(collector.requests) == 2
    assert delivery.delivered == 0


def test_hurry_without_a_collector_is_quick(
    absent: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = deliver(absent)
    export = in_background(delivery, "a")
    wait_for_messages(caplog, 1)
    hurried = time.monotonic()
    delivery.hurry(10)
    assert export.result(5) is FAILURE
    assert delivery.export(batch("b")) is FAILURE  # one try, though there is time for more
    assert time.monotonic() - hurried < 2
    assert delivery.delivered == 0
    assert_told(caplog, KEPT)


def test_when_the_hurry_is_over_nothing_is_tried(collector: FakeCollector, deliver: Deliver) -> None:
    delivery = deliver(collector)
    delivery.hurry(0)
    assert delivery.export(batch("a")) is FAILURE
    assert collector.requests == []


def test_a_span_that_cannot_be_encoded_does_not_hold_up_the_others(collector: FakeCollector, deliver: Deliver) -> None:
    delivery = deliver(collector)
    lost = in_background(delivery, "a lone surrogate: \ud800")
    eventually(lost.done, 3, "the export does not end")
    assert delivery.export(batch("b")) is SUCCESS
    assert (delivery.delivered, collector.span_names) == (1, ["b"])


def test_a_header_that_grpc_refuses_does_not_keep_the_export_busy(
    collector: FakeCollector, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "tenant=a%0Ab")
    delivery = deliver(collector)
    export = in_background(delivery, "a")
    eventually(export.done, 3, "the export does not end")
    assert export.result() is FAILURE
    assert delivery.delivered == 0


def test_lines_of_the_exporter_never_appear(
    absent: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeCollector([StatusCode.UNKNOWN]) as unwilling:  # logged by the exporter with a traceback
        assert deliver(unwilling).export(batch("a")) is FAILURE
    delivery = deliver(absent)
    delivery.hurry(5)
    assert delivery.export(batch("b")) is FAILURE
    assert {record.name for record in caplog.records if record.name.startswith(("opentelemetry", "telemetry"))} == {
        "telemetry.delivery"
    }


def test_shutdown_gives_the_exporter_its_log_back(
    absent: FakeCollector, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    exporter_log = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")
    before = exporter_log.filters.copy()
    delivery = deliver(absent)
    exporter_log.error("while it delivers")
    delivery.shutdown()
    exporter_log.error("afterwards")
    assert caplog.messages == ["afterwards"]
    assert exporter_log.filters == before
