"""The exporter against a collector that is there, away, slow or unwilling."""

from __future__ import annotations

import logging
import re
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
import pytest
from grpc import RpcError, StatusCode
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from telemetry.environment import prepare
from telemetry.exporter import KeepingSpanExporter, reason
from tests.children import eventually
from tests.collector import FakeCollector
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    NewExporter = Callable[..., KeepingSpanExporter]
    Export = Future[SpanExportResult]

SUCCESS, FAILURE = SpanExportResult.SUCCESS, SpanExportResult.FAILURE
KEPT = r"spans cannot be delivered to \S+ \(UNAVAILABLE: Connection refused\); they are kept and tried again"
MEGABYTE = 1_000_000
AGAIN = r"spans reach \S+ again after \d+ s"


@pytest.fixture
def new_exporter() -> Iterator[NewExporter]:
    """Makes exporters as the programs do, and ends them."""
    made: list[KeepingSpanExporter] = []

    def new_exporter(collector: FakeCollector, **settings: str) -> KeepingSpanExporter:
        made.append(KeepingSpanExporter(prepare({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, **settings})))
        return made[-1]

    yield new_exporter
    for exporter in made:
        exporter.shutdown()


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as collector:
        yield collector


@pytest.fixture
def absent(collector: FakeCollector) -> FakeCollector:
    """A collector that is not started yet."""
    collector.stop()
    return collector


def batch(*names: str) -> list[ReadableSpan]:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer(__name__)
    spans = [tracer.start_span(name) for name in names]
    for span in spans:
        span.end()
    return [span for span in spans if isinstance(span, ReadableSpan)]


def in_background(exporter: KeepingSpanExporter, *names: str) -> Export:
    thread = ThreadPoolExecutor(1)
    export = thread.submit(exporter.export, batch(*names))
    thread.shutdown(wait=False)  # ends with the export, at the latest when the exporter is shut down
    return export


def wait_for_messages(caplog: pytest.LogCaptureFixture, number: int) -> None:
    eventually(lambda: len(caplog.messages) >= number)


def assert_told(caplog: pytest.LogCaptureFixture, *patterns: str) -> None:
    assert len(caplog.messages) == len(patterns), caplog.messages
    for message, pattern in zip(caplog.messages, patterns, strict=True):
        assert re.fullmatch(pattern, message)


def test_delivered_spans_are_counted(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(collector)
    assert exporter.export(batch("a", "b")) is SUCCESS
    assert exporter.export(batch("c")) is SUCCESS
    assert (exporter.delivered, exporter.problem) == (3, None)
    assert collector.span_names == ["a", "b", "c"]
    assert_told(caplog)


def test_a_batch_is_kept_until_the_collector_starts_and_arrives_once(
    absent: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(absent)
    export = in_background(exporter, "a", "b")
    wait_for_messages(caplog, 1)
    assert (exporter.delivered, exporter.problem) == (0, "UNAVAILABLE: Connection refused")
    absent.start()
    assert export.result(15) is SUCCESS
    assert absent.span_names == ["a", "b"]
    assert (exporter.delivered, exporter.problem) == (2, None)
    assert_told(caplog, KEPT, AGAIN)


def test_a_second_outage_soon_after_is_told_too(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(collector)
    for outage in (1, 2):
        collector.stop()
        export = in_background(exporter, f"in outage {outage}")
        wait_for_messages(caplog, 2 * outage - 1)
        collector.start()
        assert export.result(15) is SUCCESS
    assert collector.span_names == ["in outage 1", "in outage 2"]
    assert_told(caplog, KEPT, AGAIN, KEPT, AGAIN)


@pytest.mark.parametrize("answer", [StatusCode.RESOURCE_EXHAUSTED, StatusCode.ABORTED])
def test_a_retryable_status_is_tried_again(
    answer: StatusCode, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeCollector([answer]) as collector:
        assert new_exporter(collector).export(batch("a")) is SUCCESS
    assert len(collector.requests) == 2
    assert collector.span_names == ["a"]
    told = rf"spans cannot be delivered to \S+ \({answer.name}: as told\); they are kept and tried again"
    assert_told(caplog, told, AGAIN)


@pytest.mark.parametrize(
    "answer", [StatusCode.UNAUTHENTICATED, StatusCode.INVALID_ARGUMENT, StatusCode.UNIMPLEMENTED, StatusCode.UNKNOWN]
)
def test_a_status_that_is_final_loses_the_batch_at_once(
    answer: StatusCode, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeCollector([answer]) as collector:
        exporter = new_exporter(collector)
        assert exporter.export(batch("a", "b")) is FAILURE
        assert (exporter.delivered, exporter.problem) == (0, f"{answer.name}: as told")
        assert exporter.export(batch("c")) is SUCCESS
        assert (exporter.delivered, exporter.problem) == (1, None)
    assert len(collector.requests) == 2
    assert collector.span_names == ["c"]
    assert_told(caplog, rf"spans cannot be delivered to \S+ \({answer.name}: as told\); they are lost", AGAIN)


def test_a_batch_that_is_too_large_arrives_in_parts(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """Above 4 MB, gRPC's default and the Collector's, a batch would be refused for ever and hold up all others."""
    exporter = new_exporter(collector)
    names = [str(number) * MEGABYTE for number in range(9)]
    assert exporter.export(batch(*names)) is SUCCESS
    assert sorted(collector.span_names) == names
    assert (exporter.delivered, exporter.problem) == (9, None)
    assert_told(caplog)


def test_a_span_that_is_too_large_is_lost_and_no_other(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(collector)
    started = time.monotonic()
    assert exporter.export(batch("a", "b" * 5 * MEGABYTE, "c")) is FAILURE
    assert exporter.export(batch("d")) is SUCCESS
    assert time.monotonic() - started < 3
    assert collector.span_names == ["a", "c", "d"]
    assert exporter.delivered == 3
    assert_told(caplog, r"spans cannot be .* \(RESOURCE_EXHAUSTED: Received message larger .*\); they are lost", AGAIN)


def test_at_the_stop_too_a_batch_that_is_too_large_arrives_in_parts(
    collector: FakeCollector, new_exporter: NewExporter
) -> None:
    exporter = new_exporter(collector)
    exporter.hurry(10)
    assert exporter.export(batch("a" * 3 * MEGABYTE, "b" * 3 * MEGABYTE)) is SUCCESS
    assert exporter.delivered == 2


def test_a_connection_that_became_silent_is_left_for_another(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """As when a firewall between has forgotten it. TCP itself would notice after 15 minutes."""
    with Proxy(collector.port) as proxy:
        exporter = new_exporter(collector, OTEL_EXPORTER_OTLP_ENDPOINT=proxy.endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="1")
        assert exporter.export(batch("a")) is SUCCESS
        proxy.forget()
        assert in_background(exporter, "b").result(10) is SUCCESS
    assert collector.span_names == ["a", "b"]
    assert_told(caplog, KEPT.replace("UNAVAILABLE: Connection refused", "DEADLINE_EXCEEDED: Deadline Exceeded"), AGAIN)


def test_without_keep_too_a_connection_that_became_silent_is_left(
    collector: FakeCollector, new_exporter: NewExporter
) -> None:
    with Proxy(collector.port) as proxy:
        exporter = new_exporter(collector, OTEL_EXPORTER_OTLP_ENDPOINT=proxy.endpoint, SPAN_PROCESSOR="simple")
        assert exporter.export(batch("a")) is SUCCESS
        proxy.forget()
        assert exporter.export(batch("b")) is FAILURE
        assert exporter.export(batch("c")) is SUCCESS
    assert collector.span_names == ["a", "c"]


def test_the_delay_that_a_collector_asks_for_is_kept(collector: FakeCollector, new_exporter: NewExporter) -> None:
    collector.answer(StatusCode.RESOURCE_EXHAUSTED, retry_delay=2)
    assert new_exporter(collector).export(batch("a")) is SUCCESS
    assert 2 <= collector.arrivals[1] - collector.arrivals[0] < 4


def test_hurry_breaks_off_a_hanging_export_and_tries_once_more_on_a_fresh_connection(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(collector)
    collector.hang()
    export = in_background(exporter, "a")
    assert collector.hanging.acquire(timeout=10)
    exporter.hurry(10)
    assert collector.hanging.acquire(timeout=5)
    collector.release()
    assert export.result(5) is SUCCESS
    assert exporter.delivered == 1
    assert len(set(collector.peers)) == len(collector.requests) == 2
    assert_told(caplog)


def test_hurry_bounds_an_export_that_goes_on_hanging(collector: FakeCollector, new_exporter: NewExporter) -> None:
    exporter = new_exporter(collector)
    collector.hang()
    export = in_background(exporter, "a")
    assert collector.hanging.acquire(timeout=10)
    exporter.hurry(0.3)
    assert export.result(2) is FAILURE
    assert len(collector.requests) == 2
    assert exporter.delivered == 0


def test_hurry_without_a_collector_is_quick(
    absent: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(absent)
    export = in_background(exporter, "a")
    wait_for_messages(caplog, 1)
    hurried = time.monotonic()
    exporter.hurry(10)
    assert export.result(5) is FAILURE
    assert exporter.export(batch("b")) is FAILURE  # one try, though there is time for more
    assert time.monotonic() - hurried < 2
    assert exporter.delivered == 0
    assert_told(caplog, KEPT)


def test_when_the_hurry_is_over_nothing_is_tried(collector: FakeCollector, new_exporter: NewExporter) -> None:
    exporter = new_exporter(collector)
    exporter.hurry(0)
    assert exporter.export(batch("a")) is FAILURE
    assert collector.requests == []


def test_a_span_that_cannot_be_encoded_does_not_hold_up_the_others(
    collector: FakeCollector, new_exporter: NewExporter
) -> None:
    exporter = new_exporter(collector)
    lost = in_background(exporter, "a lone surrogate: \ud800")
    eventually(lost.done, 3, "the export does not end")
    assert exporter.export(batch("b")) is SUCCESS
    assert (exporter.delivered, collector.span_names) == (1, ["b"])


def test_a_header_that_grpc_refuses_does_not_keep_the_export_busy(
    collector: FakeCollector, new_exporter: NewExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "tenant=a%0Ab")
    exporter = new_exporter(collector)
    export = in_background(exporter, "a")
    eventually(export.done, 3, "the export does not end")
    assert export.result() is FAILURE
    assert exporter.delivered == 0


@pytest.mark.parametrize("level", [logging.NOTSET, logging.CRITICAL + 1])
def test_a_final_status_is_final_whatever_is_logged(level: int, new_exporter: NewExporter) -> None:
    """The status comes from the call and not from the SDK's log, which a program may have silenced."""
    logger = logging.getLogger("opentelemetry")
    before = logger.level
    logger.setLevel(level)
    try:
        with FakeCollector([StatusCode.UNAUTHENTICATED] * 2) as collector:
            exporter = new_exporter(collector)
            export = in_background(exporter, "a")
            assert export.result(5) is FAILURE
            assert exporter.problem == "UNAUTHENTICATED: as told"
            assert len(collector.requests) == 1
    finally:
        logger.setLevel(before)


def test_two_exporters_know_their_own_failures(new_exporter: NewExporter, absent: FakeCollector) -> None:
    with FakeCollector() as well, FakeCollector([StatusCode.UNAUTHENTICATED]) as unwilling:
        first, second, third = (new_exporter(collector) for collector in (well, unwilling, absent))
        waiting = in_background(third, "kept")
        eventually(lambda: third.problem)
        assert first.export(batch("a")) is SUCCESS
        assert second.export(batch("b")) is FAILURE
        assert (first.problem, second.problem) == (None, "UNAUTHENTICATED: as told")
        assert third.problem == "UNAVAILABLE: Connection refused"
        assert not waiting.done()


def test_no_thread_is_started_for_a_batch(collector: FakeCollector, new_exporter: NewExporter) -> None:
    exporter = new_exporter(collector)
    assert exporter.export(batch("a")) is SUCCESS
    before = set(threading.enumerate())
    for name in "bcd":
        assert exporter.export(batch(name)) is SUCCESS
    assert {thread for thread in threading.enumerate() if "pool" not in thread.name.lower()} <= before


def test_the_sdk_logs_nothing_of_its_own(
    absent: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeCollector([StatusCode.UNKNOWN]) as unwilling:
        assert new_exporter(unwilling).export(batch("a")) is FAILURE
    exporter = new_exporter(absent)
    exporter.hurry(5)
    assert exporter.export(batch("b")) is FAILURE
    named = {record.name for record in caplog.records}
    assert {name for name in named if name.startswith(("opentelemetry", "telemetry"))} == {"telemetry.exporter"}


def test_spans_that_the_collector_rejects_are_counted_and_reported(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """OTLP's partial success: the answer is OK, and some spans are not taken."""
    exporter = new_exporter(collector)
    collector.reject(1, "too old\n\x1b[31m")
    assert exporter.export(batch("a", "b")) is SUCCESS
    assert exporter.delivered == 1
    assert_told(caplog, r"spans cannot be delivered to \S+ \(1 of 2 rejected: too old\?\?\[31m\); they are lost")


def test_spans_that_are_rejected_again_and_again_are_reported_once(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = new_exporter(collector)
    collector.reject(1, "too old")
    for _ in range(3):
        exporter.export(batch("a", "b"))
    assert exporter.delivered == 3
    collector.reject(0, "")
    exporter.export(batch("c"))
    assert_told(caplog, r"spans cannot be delivered to \S+ \(1 of 2 rejected: too old\); they are lost", AGAIN)


@pytest.mark.parametrize("rejected", [-5, 2**62])
def test_an_absurd_count_of_rejected_spans_is_bounded(
    rejected: int, collector: FakeCollector, new_exporter: NewExporter
) -> None:
    exporter = new_exporter(collector)
    collector.reject(rejected, "x" * 5_000)
    exporter.export(batch("a", "b"))
    assert exporter.delivered == (2 if rejected < 0 else 0)
    assert len(exporter.problem or "") <= 200


def test_what_a_collector_says_is_one_short_readable_line(
    collector: FakeCollector, new_exporter: NewExporter, caplog: pytest.LogCaptureFixture
) -> None:
    collector.answer(StatusCode.INVALID_ARGUMENT, details="\x1b]0;title\x07\nERROR: second line" + "x" * 5_000)
    assert new_exporter(collector).export(batch("a")) is FAILURE
    (message,) = caplog.messages
    assert message.isprintable()
    assert len(message) < 350


def test_an_answer_that_is_no_otlp_is_one_line(new_exporter: NewExporter, caplog: pytest.LogCaptureFixture) -> None:
    garbage: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(lambda _, __: b"\xff" * 100)
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": garbage}),))
    collector = FakeCollector()
    collector.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    assert new_exporter(collector).export(batch("a")) is FAILURE
    server.stop(None).wait()
    assert_told(
        caplog, r"spans cannot be delivered to \S+ \(INTERNAL: Exception deserializing response!\); they are lost"
    )


@pytest.mark.parametrize("asked", [2**40, -(2**40), 0])
def test_an_absurd_delay_is_bounded(asked: int, collector: FakeCollector, new_exporter: NewExporter) -> None:
    """Neither hammered nor waited for without end; at the stop nobody waits for it at all."""
    collector.answer(StatusCode.UNAVAILABLE, retry_delay=asked)
    exporter = new_exporter(collector)
    export = in_background(exporter, "a")
    eventually(lambda: exporter.problem)
    if asked > 0:
        exporter.hurry(5)
    assert export.result(5) is SUCCESS
    assert len(collector.requests) == 2
    if asked <= 0:
        assert collector.arrivals[1] - collector.arrivals[0] >= 0.1


@pytest.mark.parametrize("where", ["grpc-status-details-bin", "google.rpc.retryinfo-bin"])
def test_the_delay_is_found_where_servers_put_it(
    where: str, collector: FakeCollector, new_exporter: NewExporter
) -> None:
    collector.answer(StatusCode.UNAVAILABLE, retry_delay=0.3, delay_in=where)
    assert new_exporter(collector).export(batch("a")) is SUCCESS
    assert 0.3 <= collector.arrivals[1] - collector.arrivals[0] < 0.9


def test_a_delay_that_cannot_be_read_is_a_second(collector: FakeCollector, new_exporter: NewExporter) -> None:
    collector.answer(StatusCode.UNAVAILABLE, trailer=("grpc-status-details-bin", b"\xff\xff"))
    assert new_exporter(collector).export(batch("a")) is SUCCESS
    assert collector.arrivals[1] - collector.arrivals[0] > 0.9


HANDSHAKE = (
    "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Tls handshake failed"
    " (TSI_PROTOCOL_FAILURE): SSL_ERROR_SSL: error:10:SSL routines:OPENSSL_internal:"
)


class Error(RpcError):
    """What a call raises."""

    def __init__(self, code: StatusCode, details: str) -> None:
        self._code, self._details = code, details

    def code(self) -> StatusCode:
        return self._code

    def details(self) -> str:
        return self._details


@pytest.mark.parametrize(
    ("code", "details", "told"),
    [
        (StatusCode.UNAVAILABLE, "last error: ipv4:127.0.0.1:1: Connection refused", "Connection refused"),
        (StatusCode.UNAVAILABLE, HANDSHAKE + "CERTIFICATE_VERIFY_FAILED: expired: OK", "TLS: expired"),
        (
            StatusCode.UNAVAILABLE,
            HANDSHAKE + "WRONG_VERSION_NUMBER: Invalid certificate verification context: OK",
            "TLS: the collector does not speak TLS",
        ),
        (StatusCode.UNAUTHENTICATED, "scheme or token does not match: Bearer a: b", "scheme or token does not match"),
        (StatusCode.UNAUTHENTICATED, "as told", "as told"),
    ],
)
def test_the_reason_is_short_and_names_no_token(code: StatusCode, details: str, told: str) -> None:
    assert reason(Error(code, details)) == f"{code.name}: {told}"
