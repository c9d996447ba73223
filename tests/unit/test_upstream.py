"""The SDK's private names that `telemetry/upstream.py` uses: after an upgrade, this says which are gone."""

from __future__ import annotations

import inspect
import re

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from telemetry import upstream
from telemetry.upstream import OpenBatchSpanProcessor, OpenSpanExporter
from tests.children import ROOT
from tests.collector import FakeCollector


def test_a_call_and_a_new_connection() -> None:
    with FakeCollector() as collector:
        exporter = OpenSpanExporter(collector.endpoint, headers={"tenant": "a"})
        before = exporter.connection
        assert exporter.call(ExportTraceServiceRequest(), 5)
        assert collector.metadata[0]["tenant"] == "a"
        exporter.connect()
        assert exporter.connection is not before
        assert before
        before.close()
        assert exporter.call(ExportTraceServiceRequest(), 5)
        exporter.shutdown()
        with pytest.raises(ValueError, match="closed"):
            exporter.call(ExportTraceServiceRequest(), 5)


def test_what_may_be_tried_again() -> None:
    exporter = OpenSpanExporter("http://127.0.0.1:1")
    assert exporter.retryable(grpc.StatusCode.UNAVAILABLE)
    assert not exporter.retryable(grpc.StatusCode.INVALID_ARGUMENT)
    exporter.shutdown()


def test_the_length_of_the_queue() -> None:
    processor = OpenBatchSpanProcessor(InMemorySpanExporter(), schedule_delay_millis=60_000)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    assert processor.queued == 0
    provider.get_tracer(__name__).start_span("a").end()
    assert processor.queued == 1
    provider.shutdown()
    assert processor.queued == 0


def test_no_private_name_is_used_elsewhere() -> None:
    """Of the two classes that are derived from; each name that the room uses is one that they have."""
    source = inspect.getsource(upstream)
    used = set(re.findall(r"self\.(_\w+)", source))
    exporter, processor = OTLPSpanExporter("http://127.0.0.1:1"), BatchSpanProcessor(InMemorySpanExporter())
    theirs = set(dir(exporter)) | set(dir(processor))
    exporter.shutdown()
    processor.shutdown()  # type: ignore[no-untyped-call]
    assert used
    assert used <= theirs
    for path in sorted((ROOT / "telemetry").glob("[a-z]*.py")):
        if path.name != "upstream.py":
            own = set(re.findall(r"self\.(_\w+)[^=\n]*=|def (_\w+)", path.read_text()))
            private = set(re.findall(r"self\.(_\w+)", path.read_text())) - {name for pair in own for name in pair}
            assert not private & theirs, path
