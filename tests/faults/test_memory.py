"""The back end's memory: bounded whatever is sent and asked for. The marks are those of docs/architecture.md."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.children import python
from tests.realstack.needs import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1 << 20
TRACE_ID = b"a" * 16
SPANS, SPANS_A_REQUEST = 100_000, 1_000
SENDERS = 16
ANSWER_MARK = 200 * MEGABYTE
SENDERS_MARK = 500 * MEGABYTE
EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


class Running:
    def __init__(self, pid: int, grpc_port: int, http_port: int, ui_port: int) -> None:
        self.grpc = f"127.0.0.1:{grpc_port}"
        self.http = f"http://127.0.0.1:{http_port}/v1/traces"
        self.ui = f"http://127.0.0.1:{ui_port}"
        self._process = Path(f"/proc/{pid}")

    def reset_peak(self) -> int:
        """Forget the peak so far; bytes in use now."""
        (self._process / "clear_refs").write_text("5")
        return self._bytes("VmRSS")

    def peak(self) -> int:
        return self._bytes("VmHWM")

    def _bytes(self, name: str) -> int:
        lines = (self._process / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@contextmanager
def backend(folder: Path) -> Iterator[Running]:
    needs(None if Path("/proc/self/clear_refs").exists() else "only Linux tells how much memory was in use at most")
    ports = ("--otlp-port", "0", "--grpc-port", "off", "--http-port", "0", "--port", "0")
    with python("-m", "backend", *ports, "--db", str(folder / "traces.db")) as child:
        found = child.wait_for(r"OTLP on localhost:(\d+), OTLP/HTTP on http://localhost:(\d+), UI on \S+:(\d+)")
        yield Running(child.pid, *map(int, found.groups()))


def many_spans(first: int) -> bytes:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope = group.scope_spans.add()
    for number in range(first, first + SPANS_A_REQUEST):
        span = scope.spans.add(
            trace_id=TRACE_ID,
            span_id=(number + 1).to_bytes(8, "big"),
            parent_span_id=(1).to_bytes(8, "big") if number else b"",
            name=f"GET /{number % 7}",
            start_time_unix_nano=1_700_000_000_000_000_000 + number,
            end_time_unix_nano=1_700_000_001_000_000_000,
        )
        span.attributes.add(key="http.route").value.string_value = "/x" * 20
    return request.SerializeToString()


def test_an_answer_takes_no_more_than_its_mark(tmp_path: Path) -> None:
    """A trace of 100,000 spans, by both versions and as an export, at once; and nobody else waits meanwhile."""
    with backend(tmp_path) as running:
        with grpc.insecure_channel(running.grpc) as channel:
            export: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
            for first in range(0, SPANS, SPANS_A_REQUEST):
                export(many_spans(first), timeout=20)
        idle = running.reset_peak()
        paths = f"/api/v3/traces/{TRACE_ID.hex()}", f"/api/traces/{TRACE_ID.hex()}", "/api/export"
        with ThreadPoolExecutor(len(paths)) as pool:
            answers = pool.map(lambda path: requests.get(running.ui + path, timeout=100), paths)
            sizes = [len(answer.content) for answer in answers if answer.ok]
        assert len(sizes) == len(paths)
        assert min(sizes) > 20 * MEGABYTE
        assert running.peak() - idle < ANSWER_MARK


def length_prefixed(tag: int, content: bytes) -> bytes:
    size, length = len(content), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([tag]) + length + bytes([size]) + content


EMPTY_SPANS = length_prefixed(0x0A, length_prefixed(0x12, b"\x12\x00" * (2 * MEGABYTE - 100)))
EMPTY_ATTRIBUTES = length_prefixed(
    0x0A, length_prefixed(0x12, length_prefixed(0x12, b"\x0a\x10" + TRACE_ID + b"\x4a\x00" * (2 * MEGABYTE - 100)))
)
EMPTY_OBJECTS = b'{"resourceSpans":[' + b"{}," * (MEGABYTE * 4 // 3) + b"{}]}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [(EMPTY_SPANS, "x-protobuf"), (EMPTY_ATTRIBUTES, "x-protobuf"), (EMPTY_OBJECTS, "json")],
    ids=["spans", "attributes", "objects"],
)
def test_bombs_take_no_more_than_their_mark(tmp_path: Path, body: bytes, kind: str) -> None:
    """16 senders of 4 kB each, which unpacked are two million messages, over HTTP; and an honest one is served."""
    packed = gzip.compress(body)
    assert len(packed) < 20_000
    headers = {"Content-Type": f"application/{kind}", "Content-Encoding": "gzip"}
    with backend(tmp_path) as running:
        running.reset_peak()
        answers: list[int] = []

        def send() -> None:
            answers.append(requests.post(running.http, packed, headers=headers, timeout=100).status_code)

        senders = [threading.Thread(target=send) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        honest = requests.post(
            running.http, many_spans(0), headers={"Content-Type": "application/x-protobuf"}, timeout=100
        )
        for sender in senders:
            sender.join()
        assert honest.ok
        assert answers == [400] * SENDERS
        assert running.peak() < SENDERS_MARK
