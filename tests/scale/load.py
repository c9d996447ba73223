"""Spans at a steady rate, each retried until acknowledged; all of them must be found afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.children import eventually

if TYPE_CHECKING:
    from types import TracebackType

SPANS_A_TRACE = 4
TRACES_A_TICK = 5
TICKS_A_SECOND = 5
RATE = SPANS_A_TRACE * TRACES_A_TICK * TICKS_A_SECOND
"""Spans a second."""
AT_ONCE = 100
CALL_SECONDS = 10.0
PAUSE_SECONDS = 0.1
SERVICE, ROOT = "load", "step 0"
# Reconnect quickly: the tiers are down only for seconds.
CHANNEL = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1_000)]

Parents = dict[str, str]
"""Span ids of a trace with the id of the span's parent, which is empty for the root."""


class Load:
    """Sends for the duration of the `with` block; leaving it waits until all spans are acknowledged."""

    def __init__(self, port: int) -> None:
        self.acknowledged: dict[str, Parents] = {}
        self.spans = 0
        """How many are acknowledged."""
        self.problems: Counter[str] = Counter()
        """Calls that were not acknowledged, by gRPC's status; they are made again, with the same spans."""
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL)
        self._stub = TraceServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._calls = ThreadPoolExecutor(AT_ONCE)
        self._waiting = 0
        self._lock = threading.Lock()
        self._stop, self._give_up = threading.Event(), threading.Event()
        self._ticks = threading.Thread(target=self._run, daemon=True)
        self._draw = random.Random(time.time_ns())

    def wait_for(self, number: int, seconds: float = 60) -> None:
        """Wait for that many more acknowledged spans."""
        wanted = self.spans + number
        eventually(lambda: self.spans >= wanted, seconds, f"no {number} spans acknowledged, but {dict(self.problems)}")

    def wait_for_problem(self, seconds: float = 30) -> None:
        """Wait until another call fails."""
        before = sum(self.problems.values())
        eventually(lambda: sum(self.problems.values()) > before, seconds, "all calls were acknowledged")

    def finish(self, seconds: float = 60) -> None:
        """Stop sending new spans, and wait until all sent ones are acknowledged."""
        self._stop.set()
        self._ticks.join()
        eventually(lambda: not self._waiting, seconds, f"{self._waiting} calls are not acknowledged")

    def send_trace(self) -> str:
        """Send one more trace now, within the `with` block; return its id once it is acknowledged."""
        spans = self._trace()
        self._send(spans)
        return spans[0].trace_id.hex()

    def __enter__(self) -> Load:
        self._ticks.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if not error:
                self.finish()
        finally:
            self._stop.set()
            self._give_up.set()
            self._channel.close()
            self._calls.shutdown()

    def _run(self) -> None:
        began, tick = time.monotonic(), 0
        while not self._stop.wait(max(0.0, began + tick / TICKS_A_SECOND - time.monotonic())):
            tick += 1
            traces = [self._trace() for _ in range(TRACES_A_TICK)]
            # Like two programs: the caller sends one half of each trace, the callee the other.
            for half in (slice(0, 2), slice(2, 4)):
                with self._lock:
                    self._waiting += 1
                self._calls.submit(self._send_counted, [span for trace in traces for span in trace[half]])

    def _send_counted(self, spans: list[Span]) -> None:
        self._send(spans)
        with self._lock:
            self._waiting -= 1

    def _send(self, spans: list[Span]) -> None:
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        group.resource.attributes.add(key="service.name").value.string_value = SERVICE
        group.scope_spans.add(spans=spans)
        while not self._give_up.is_set():
            try:
                answer = self._stub.Export(request, timeout=CALL_SECONDS)
            except grpc.RpcError as error:
                with self._lock:
                    self.problems[error.code().name] += 1
                self._give_up.wait(PAUSE_SECONDS)
                continue
            assert not answer.partial_success.rejected_spans
            self._note(spans)
            return
        raise AssertionError("not acknowledged before the end")

    def _note(self, spans: list[Span]) -> None:
        with self._lock:
            self.spans += len(spans)
            for span in spans:
                parents = self.acknowledged.setdefault(span.trace_id.hex(), {})
                parents[span.span_id.hex()] = span.parent_span_id.hex()

    def _trace(self) -> list[Span]:
        """A root, its child, and two grandchildren, with distinct start times, as Jaeger's index requires."""
        trace_id = self._draw.randbytes(16)
        ids = [self._draw.randbytes(8) for _ in range(SPANS_A_TRACE)]
        parents = [b"", ids[0], ids[1], ids[1]]
        spans = []
        for number, (span_id, parent_id) in enumerate(zip(ids, parents, strict=True)):
            start = time.time_ns() + number * 1_000
            span = Span(
                trace_id=trace_id,
                span_id=span_id,
                parent_span_id=parent_id,
                name=f"step {number}",
                kind=Span.SPAN_KIND_INTERNAL,
                start_time_unix_nano=start,
                end_time_unix_nano=start + 5_000_000,
            )
            span.attributes.add(key="http.response.status_code").value.int_value = 200
            spans.append(span)
        return spans
