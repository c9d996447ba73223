"""The storages of deploy/scale: Jaeger takes the files, and what docs/scale.md warns of is so."""

from __future__ import annotations

import json
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from tests.children import ROOT, Child, free_port
from tests.stack import wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.realstack.build import Binaries

pytestmark = pytest.mark.scale

DEPLOY = ROOT / "deploy/scale"
STORAGES = ("cassandra", "opensearch", "clickhouse")


def validate(jaeger: Path, *files: Path) -> str:
    """What Jaeger says against the files, merged; nothing where it takes them."""
    done = subprocess.run(
        [jaeger, "validate", *(f"--config={file}" for file in files)],
        env={"CLICKHOUSE_PASSWORD": "word"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("role", ["ingester", "query"])
@pytest.mark.parametrize("storage", STORAGES)
def test_jaeger_accepts_the_file(binaries: Binaries, tmp_path: Path, storage: str, role: str) -> None:
    files = DEPLOY / f"{role}.yaml", DEPLOY / f"storage-{storage}.yaml"
    assert validate(binaries.jaeger, *files) == ""
    name, wrong = f"        {storage}:\n", tmp_path / "wrong.yaml"
    wrong.write_text(files[1].read_text().replace(name, f"{name}          no_such: 1\n"))
    assert "no_such" in validate(binaries.jaeger, files[0], wrong)


def test_elasticsearch_is_the_same_under_its_own_name(binaries: Binaries, tmp_path: Path) -> None:
    file = tmp_path / "storage.yaml"
    opensearch = (DEPLOY / "storage-opensearch.yaml").read_text()
    file.write_text(opensearch.replace("        opensearch:\n", "        elasticsearch:\n"))
    assert validate(binaries.jaeger, DEPLOY / "ingester.yaml", file) == ""


class SlowSearch(BaseHTTPRequestHandler):
    """As much of OpenSearch as Jaeger asks for at its start. It takes documents, and does not answer."""

    asked, stop = threading.Event(), threading.Event()

    def do_GET(self) -> None:
        self._answer({"version": {"number": "2.19.0"}, "tagline": "The OpenSearch Project: https://opensearch.org/"})

    def do_HEAD(self) -> None:
        self._answer({})

    def do_PUT(self) -> None:
        self._answer({"acknowledged": True})

    def do_POST(self) -> None:
        if self.path.startswith("/_bulk"):
            self.asked.set()
        self.stop.wait(60)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def _answer(self, body: Any) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else content)


@contextmanager
def slow_search() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowSearch)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        SlowSearch.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_jaeger_says_stored_before_opensearch_does(binaries: Binaries, tmp_path: Path) -> None:
    """With the ingester's own exporter, which waits for the outcome, and OTLP in the place of Kafka.

    When this fails, a Jaeger has come that waits: then docs/scale.md may call OpenSearch lossless.
    """
    port = free_port()
    otlp = {
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{port}"}}}},
        "service": {"pipelines": {"traces": {"receivers": ["otlp"]}}},
    }
    file = tmp_path / "otlp.yaml"
    file.write_text(yaml.safe_dump(otlp))
    files = DEPLOY / "ingester.yaml", DEPLOY / "storage-opensearch.yaml", file
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(15) + b"1", span_id=bytes(7) + b"1")
    span.name = "unanswered"
    with slow_search() as url:
        environ = {"OPENSEARCH": url, "HEALTH_ENDPOINT": f"127.0.0.1:{free_port()}"}
        with Child(str(binaries.jaeger), *(f"--config={name}" for name in files), env=environ) as jaeger:
            wait_for_port(port, jaeger)
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                export = TraceServiceStub(channel).Export  # type: ignore[no-untyped-call]
                export(request, timeout=20)  # answered with OK
            assert SlowSearch.asked.wait(20), jaeger.report()
