"""The storages of deploy/scale that cannot be run here: Jaeger takes the files; what docs/scale.md warns of is so."""

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
STORAGES = ("opensearch", "clickhouse")


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def with_storage(role: str, section: Any) -> Any:
    """The role's configuration with that section in the place of its own, as docs/scale.md says."""
    config = read(f"{role}.yaml")
    (own,) = config["extensions"]["jaeger_storage"]["backends"]
    (name,) = section["backends"]
    config["extensions"]["jaeger_storage"] = section
    if role == "ingester":
        assert config["exporters"]["jaeger_storage_exporter"]["trace_storage"] == own
        config["exporters"]["jaeger_storage_exporter"]["trace_storage"] = name
    else:
        assert config["extensions"]["jaeger_query"]["storage"]["traces"] == own
        config["extensions"]["jaeger_query"]["storage"]["traces"] = name
    return config


def validate(jaeger: Path, config: Any, folder: Path) -> str:
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(config))
    environ = {"CLICKHOUSE_PASSWORD": "word"}
    done = subprocess.run(
        [jaeger, "validate", f"--config={file}"], env=environ, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("role", ["ingester", "query"])
@pytest.mark.parametrize("storage", STORAGES)
def test_jaeger_accepts_the_section(binaries: Binaries, tmp_path: Path, storage: str, role: str) -> None:
    section = read(f"storage-{storage}.yaml")["extensions"]["jaeger_storage"]
    assert validate(binaries.jaeger, with_storage(role, section), tmp_path) == ""
    section["backends"]["spans"][storage]["no_such_setting"] = 1
    assert "no_such_setting" in validate(binaries.jaeger, with_storage(role, section), tmp_path)


def test_elasticsearch_is_the_same_under_its_own_name(binaries: Binaries, tmp_path: Path) -> None:
    section = read("storage-opensearch.yaml")["extensions"]["jaeger_storage"]
    section["backends"]["spans"]["elasticsearch"] = section["backends"]["spans"].pop("opensearch")
    assert validate(binaries.jaeger, with_storage("ingester", section), tmp_path) == ""


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
    config = with_storage("ingester", read("storage-opensearch.yaml")["extensions"]["jaeger_storage"])
    config["receivers"] = {"otlp": {"protocols": {"grpc": {"endpoint": f"127.0.0.1:{port}"}}}}
    config["service"]["pipelines"]["traces"]["receivers"] = ["otlp"]
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(config))
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(15) + b"1", span_id=bytes(7) + b"1")
    span.name = "unanswered"
    with slow_search() as url:
        environ = {"OPENSEARCH": url, "HEALTH_ENDPOINT": f"127.0.0.1:{free_port()}"}
        with Child(str(binaries.jaeger), f"--config={file}", env=environ) as jaeger:
            wait_for_port(port, jaeger)
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                export = TraceServiceStub(channel).Export  # type: ignore[no-untyped-call]
                export(request, timeout=20)  # answered with OK
            assert SlowSearch.asked.wait(20), jaeger.report()
