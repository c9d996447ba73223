"""set_up and shutdown in a process of their own, against a collector in this one."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest
import trustme
from grpc import ServerCredentials, StatusCode, ssl_server_credentials
from opentelemetry.semconv.schemas import Schemas

from tests.children import Child, eventually, free_port, python
from tests.collector import FakeCollector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opentelemetry.proto.resource.v1.resource_pb2 import Resource

# What a child has at hand: `spans` ends some, `wait` says where it is and waits for `go_on`, `stop` times the shutdown.
PRELUDE = """
import logging, signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
logging.basicConfig(format="%(levelname)s: %(message)s")
from telemetry.environment import SettingsError, prepare
try:
    prepare()
except SettingsError as problem:
    sys.exit(f"settings: {problem}")
from opentelemetry import propagate, trace
from telemetry.provider import set_up

def spans(number):
    for index in range(number):
        trace.get_tracer("test").start_span(f"span {index}").end()

def wait(where):
    print(where, flush=True)
    signal.sigwait({signal.SIGUSR1})

def stop():
    started = time.monotonic()
    tracing.shutdown()
    print(f"shutdown took {time.monotonic() - started:.1f} s; lost: {tracing.account.lost}")

started = time.monotonic()
tracing = set_up("the-default")
"""
ONE_SPAN = "spans(1); stop()"
DELIVERED = r"shutdown took (\d\.\d) s; lost: 0"


def child(collector: FakeCollector | None, code: str, **settings: str) -> Child:
    endpoint = collector.endpoint if collector else f"http://127.0.0.1:{free_port()}"
    return python("-W", "error", "-c", PRELUDE + code, env={"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, **settings})


def output(collector: FakeCollector | None, code: str, **settings: str) -> str:
    """What a child prints that runs to its end."""
    with child(collector, code, **settings) as running:
        assert running.end() == 0, running.report()
    return running.output


def go_on(running: Child) -> None:
    running.send(signal.SIGUSR1)


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with FakeCollector() as collector:
        yield collector


def resource_of(collector: FakeCollector) -> dict[str, str]:
    (request,) = collector.taken
    (spans,) = request.resource_spans
    return attributes(spans.resource)


def attributes(resource: Resource) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in resource.attributes}


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, {"service.name": "the-default"}),
        ({"OTEL_SERVICE_NAME": "named"}, {"service.name": "named"}),
        ({"OTEL_SERVICE_NAME": ""}, {"service.name": "the-default"}),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "service.name=from-attributes,deployment.environment.name=test"},
            {"service.name": "from-attributes", "deployment.environment.name": "test"},
        ),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "service.name=from-attributes", "OTEL_SERVICE_NAME": "named"},
            {"service.name": "named"},
        ),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.version=1"}, {"service.name": "the-default", "service.version": "1"}),
    ],
)
def test_resource(collector: FakeCollector, settings: dict[str, str], wanted: dict[str, str]) -> None:
    assert re.fullmatch(DELIVERED + "\n", output(collector, ONE_SPAN, **settings))
    assert resource_of(collector).items() >= {**wanted, "telemetry.sdk.language": "python"}.items()
    assert collector.taken[0].resource_spans[0].schema_url == Schemas.V1_44_0.value


def test_headers_arrive(collector: FakeCollector) -> None:
    output(collector, ONE_SPAN, OTEL_EXPORTER_OTLP_HEADERS="tenant=a%20b,Region=eu")
    assert collector.metadata[0].items() >= {"tenant": "a b", "region": "eu"}.items()


def test_gzip_is_used_where_it_is_wanted() -> None:
    gzip = {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
    with FakeCollector() as collector, FakeCollector(takes_gzip=False) as plain:
        assert "lost: 0" in output(collector, ONE_SPAN, **gzip)
        refused = output(plain, ONE_SPAN, **gzip)
        assert "lost: 0" in output(plain, ONE_SPAN, **gzip, OTEL_EXPORTER_OTLP_TRACES_COMPRESSION="none")
        assert "lost: 0" in output(plain, ONE_SPAN)
    assert "(UNIMPLEMENTED: Compression algorithm 'gzip' is disabled.); they are lost" in refused
    assert collector.span_names == ["span 0"]
    assert plain.span_names == 2 * ["span 0"]


def credentials_from(ca: trustme.CA) -> ServerCredentials:
    certificate = ca.issue_cert("127.0.0.1")
    chain = b"".join(part.bytes() for part in certificate.cert_chain_pems)
    return ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)])


def test_tls_accepts_the_named_ca_and_refuses_others(tmp_path: Path) -> None:
    ours, foreign = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(str(tmp_path / "ours.pem"))
    foreign.cert_pem.write_to_path(str(tmp_path / "foreign.pem"))
    with FakeCollector(credentials=credentials_from(ours)) as collector:
        refused = output(collector, ONE_SPAN, OTEL_EXPORTER_OTLP_CERTIFICATE=str(tmp_path / "foreign.pem"))
        reason = r"UNAVAILABLE: TLS: unable to get local issuer certificate"
        assert re.search(rf"cannot be delivered to https://\S+ \({reason}\); they are kept", refused)
        assert "1 of 1 spans were lost" in refused
        assert collector.requests == []
        assert "lost: 0" in output(collector, ONE_SPAN, OTEL_EXPORTER_OTLP_CERTIFICATE=str(tmp_path / "ours.pem"))
    assert collector.span_names == ["span 0"]


def test_the_bearer_token_decides() -> None:
    with FakeCollector(token="right") as collector:  # noqa: S106
        for header in ("authorization=Bearer%20wrong", ""):
            refused = output(collector, ONE_SPAN, OTEL_EXPORTER_OTLP_HEADERS=header)
            assert "(UNAUTHENTICATED: as told); they are lost" in refused
            assert "1 of 1 spans were lost" in refused
        assert collector.taken == []
        output(collector, ONE_SPAN, OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20right")
    assert collector.span_names == ["span 0"]


def test_what_overflows_the_queue_is_counted_as_lost(collector: FakeCollector) -> None:
    collector.hang()
    with child(
        collector,
        "spans(5); wait('one batch'); spans(20); wait('overflow'); stop()",
        OTEL_BSP_MAX_QUEUE_SIZE="5",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE="5",
    ) as running:
        running.wait_for("one batch")
        assert collector.hanging.acquire(timeout=10)  # the batch has left the queue
        go_on(running)
        running.wait_for("overflow")
        collector.release()
        eventually(lambda: len(collector.spans) == 10)
        go_on(running)
        assert running.end() == 0
    assert "WARNING: 15 of 25 spans were lost: no collector took them\n" in running.output
    assert "lost: 15" in running.output
    assert len(collector.spans) == 10


@pytest.mark.parametrize("processor", ["batch", "simple"])
def test_shutdown_without_a_collector_is_quick_and_tells_the_loss(processor: str) -> None:
    printed = output(None, "spans(3); stop(); tracing.shutdown()", SPAN_PROCESSOR=processor)
    assert printed.count("cannot be delivered") == 1
    assert printed.count("WARNING: 3 of 3 spans were lost: no collector took them\n") == 1
    assert shutdown_seconds(printed) < 5


def test_shutdown_with_a_collector_that_hangs_is_quick_and_tells_the_loss(collector: FakeCollector) -> None:
    collector.hang()
    with child(collector, "spans(3); wait('sent'); stop()") as running:
        assert collector.hanging.acquire(timeout=10)
        running.wait_for("sent")
        go_on(running)
        assert running.end(10) == 0
    assert "WARNING: 3 of 3 spans were lost: no collector took them\n" in running.output
    assert shutdown_seconds(running.output) < 5


def test_shutdown_does_not_wait_for_the_exporters_next_try() -> None:
    with (
        FakeCollector([StatusCode.UNAVAILABLE] * 2) as collector,
        child(collector, "spans(1); wait('sent'); stop()") as running,
    ):
        eventually(lambda: len(collector.requests) == 2)  # the third try comes after 2 s, that is too late
        go_on(running)
        assert running.end() == 0
    assert "lost: 0" in running.output
    assert collector.span_names == ["span 0"]


def test_shutdown_flushes_and_does_nothing_the_second_time(collector: FakeCollector) -> None:
    printed = output(collector, "spans(2000); tracing.shutdown(); stop()", OTEL_BSP_SCHEDULE_DELAY="60000")
    assert re.fullmatch(DELIVERED + "\n", printed)
    assert shutdown_seconds(printed) < 0.5
    assert len(collector.spans) == 2000


def shutdown_seconds(printed: str) -> float:
    match = re.search(r"shutdown took (\d+\.\d) s", printed)
    assert match, printed
    return float(match[1])


def test_simple_exports_before_the_span_has_ended(collector: FakeCollector) -> None:
    with child(collector, "spans(1); wait('ended')", SPAN_PROCESSOR="simple") as running:
        running.wait_for("ended")
        assert collector.span_names == ["span 0"]


def test_batch_exports_soon_after(collector: FakeCollector) -> None:
    with child(collector, "spans(1); wait('ended')") as running:
        running.wait_for("ended")
        eventually(lambda: collector.spans, 2)
        assert collector.span_names == ["span 0"]


def test_the_schedule_delay_is_respected(collector: FakeCollector) -> None:
    code = "print(f'at {started}'); spans(1); wait('ended')"
    with child(collector, code, OTEL_BSP_SCHEDULE_DELAY="1000") as running:
        started = float(running.wait_for(r"at (\S+)\n")[1])
        eventually(lambda: collector.arrivals)
        assert 1 <= collector.arrivals[0] - started < 4


@pytest.mark.parametrize(
    "settings", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_TRACES_SAMPLER": "always_off"}]
)
def test_what_is_switched_off_is_not_exported_and_not_lost(collector: FakeCollector, settings: dict[str, str]) -> None:
    assert re.fullmatch(DELIVERED + "\n", output(collector, ONE_SPAN, **settings))
    assert collector.requests == []


TRACEPARENT = """
with trace.get_tracer("test").start_as_current_span("outer"):
    carrier = {}
    propagate.inject(carrier)
    print(sorted(carrier))
print(sorted(propagate.get_global_textmap().fields))
"""
REQUEST = """
from server.app import create_app
answer = create_app().test_client().get("/", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
print(answer.status, answer.text)
"""


@pytest.mark.parametrize(
    ("settings", "injected", "fields"),
    [
        ({}, ["traceparent"], ["baggage", "traceparent", "tracestate"]),
        ({"OTEL_PROPAGATORS": ""}, ["traceparent"], ["baggage", "traceparent", "tracestate"]),
        ({"OTEL_PROPAGATORS": "baggage"}, [], ["baggage"]),
        ({"OTEL_PROPAGATORS": "none"}, [], []),
        ({"OTEL_PROPAGATORS": "tracecontext,none"}, [], []),
    ],
)
def test_propagator(settings: dict[str, str], injected: list[str], fields: list[str]) -> None:
    printed = output(None, TRACEPARENT + REQUEST, OTEL_TRACES_EXPORTER="none", **settings)
    assert printed == f"{injected}\n{fields}\n200 OK Hello, World!\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "abc"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1"),
        ("OTEL_TRACES_SAMPLER", "bogus"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "bogus"),
    ],
)
def test_a_bad_value_is_a_settings_error(name: str, value: str) -> None:
    with child(None, ONE_SPAN, **{name: value}) as running:
        assert running.end() == 1
    assert re.fullmatch(rf"settings: .*{name}.*{value}.*\n", running.output)


@pytest.mark.parametrize("program", ["client", "server", "verify", "verify.orphan"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "bogus"),
        ("OTEL_PROPAGATORS", "bogus"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "abc"),
    ],
)
def test_each_program_answers_a_bad_value_with_one_line(program: str, name: str, value: str) -> None:
    with python("-m", program, env={name: value}) as running:
        assert running.end() == 1
    assert re.fullmatch(rf"python -m {program}: .*{name}.*{value}.*\n", running.output), running.report()
