"""The embedded back end's own end and its disk's. The real Jaeger of the playground keeps its traces in memory."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
import requests
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from tests.children import eventually
from tests.disk import small_disk
from tests.faults.load import Load, assert_answered
from tests.faults.pair import client, server, wait_until_stored
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1 << 20


class Sender(threading.Thread):
    """Exports traces of three spans without end, each with one try; those acknowledged are in `acknowledged`."""

    def __init__(self, stack: EmbeddedStack, name: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: set[str] = set()
        self.failed = 0
        self.stop = threading.Event()
        self._exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{stack.otlp_port}", timeout=0.5)
        provider = TracerProvider(resource=Resource({"service.name": name}), shutdown_on_exit=False)
        self._tracer = provider.get_tracer(__name__)

    def run(self) -> None:
        while not self.stop.is_set():
            with self._tracer.start_as_current_span("first") as first:
                spans = [first, *(self._tracer.start_span("more") for _ in range(2))]
                for span in spans[1:]:
                    span.end()
            batch = [span for span in spans if isinstance(span, ReadableSpan)]
            if self._exporter.export(batch) is SpanExportResult.SUCCESS:
                self.acknowledged.add(f"{first.get_span_context().trace_id:032x}")
            else:
                self.failed += 1
        self._exporter.shutdown()


def test_killed_during_ingest(tmp_path: Path) -> None:
    """Three times killed and started again: each trace that was acknowledged is there, whole, and exporters go on."""
    with EmbeddedStack(tmp_path) as stack:
        stack.start_collector()
        senders = [Sender(stack, f"sender-{number}") for number in range(4)]
        for sender in senders:
            sender.start()
        for _ in range(3):
            counts = [len(sender.acknowledged) for sender in senders]
            eventually(lambda c=counts: all(len(s.acknowledged) > n + 50 for s, n in zip(senders, c, strict=True)))  # type: ignore[misc]
            stack.kill_collector()
            stack.start_collector()
        for sender in senders:
            sender.stop.set()
        for number, sender in enumerate(senders):
            sender.join(20)
            assert sender.failed
            whole = {trace["traceID"] for trace in stack.traces(f"sender-{number}") if len(trace["spans"]) == 3}
            assert sender.acknowledged <= whole


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 4 * MEGABYTE) as disk:
        yield disk


def test_a_full_disk(disk: Path) -> None:
    """No request fails or waits, the pair tells why, what is stored can be read; with room again, no span is lost."""
    ballast = disk / "ballast"
    with EmbeddedStack(disk) as stack:
        stack.start_collector()
        with (
            server(stack.otlp_port) as serving,
            client(stack.otlp_port, serving.url, "--interval", "0.1") as asking,
        ):
            with Load(serving.port) as load:
                load.wait_for(50)
                wait_until_stored(stack, load.answers[:50])
                fill(ballast)
                for child in (serving.child, asking):
                    child.wait_for(r"\(UNAVAILABLE: the disk is full\); they are kept and tried again\n", 30)
                assert requests.get(f"{stack.query_url}/api/services", timeout=10).json()["data"]
                wait_until_stored(stack, load.answers[:50])
                load.wait_for(50)
                ballast.unlink()
                for child in (serving.child, asking):
                    child.wait_for("spans reach")
            assert_answered(load.answers)
            wait_until_stored(stack, load.answers)
            assert asking.stop() == 0
            assert "failed" not in asking.output
            assert "lost" not in asking.output + serving.child.output
            stack.wait_for_traces("chapter2-client", asking.output.count("200 OK"), spans=2)


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        room = os.statvfs(ballast).f_bavail * os.statvfs(ballast).f_bsize
        file.write(bytes(room))
