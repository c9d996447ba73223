"""The way from the pair to deploy/scale: TLS and bearer token at the OTLP port, compression, head sampling."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import grpc
import pytest
import trustme
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from tests.children import ROOT, Child, free_port, python
from tests.collector import FakeCollector
from tests.proxy import Proxy
from tests.realstack.needs import needs_gateway
from tests.stack import wait_for_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The first run builds the Collector.
pytestmark = [pytest.mark.scale, pytest.mark.timeout(1200)]

DEPLOY = ROOT / "deploy/scale"
TOKEN = "right.one-2=="  # noqa: S105
ASKED = 5


@pytest.fixture(scope="module")
def gateway(pytestconfig: pytest.Config) -> Path:
    return needs_gateway(pytestconfig)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, foreign.pem, and the server's cert.pem and key.pem."""
    folder = tmp_path_factory.mktemp("certificates")
    ours, foreign = trustme.CA(), trustme.CA()
    issued = ours.issue_cert("localhost")
    ours.cert_pem.write_to_path(str(folder / "ca.pem"))
    foreign.cert_pem.write_to_path(str(folder / "foreign.pem"))
    (folder / "cert.pem").write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    return folder


@pytest.fixture
def arrived() -> Iterator[FakeCollector]:
    """In the place of both gateways."""
    with FakeCollector() as collector:
        yield collector


class Door(Child):
    """The balancer with the configuration files of deploy/scale."""

    def __init__(self, binary: Path, behind: FakeCollector, *files: str, **settings: str) -> None:
        self.port = free_port()
        addresses = {"OTLP_ENDPOINT": self.port, "HEALTH_ENDPOINT": free_port(), "GATEWAY_1": behind.port}
        addresses["GATEWAY_2"] = behind.port
        super().__init__(
            *(str(binary), *(f"--config={DEPLOY / file}" for file in ("balancer.yaml", *files))),
            env={name: f"127.0.0.1:{port}" for name, port in addresses.items()} | settings,
        )

    def __enter__(self) -> Door:
        return self


@pytest.fixture
def secure(gateway: Path, certificates: Path, arrived: FakeCollector) -> Iterator[Door]:
    files = {"TLS_CERT": str(certificates / "cert.pem"), "TLS_KEY": str(certificates / "key.pem")}
    with Door(gateway, arrived, "gateway-secure.yaml", OTLP_TOKEN=TOKEN, **files) as door:
        wait_for_port(door.port, door)
        yield door


@pytest.fixture
def plain(gateway: Path, arrived: FakeCollector) -> Iterator[Door]:
    with Door(gateway, arrived) as door:
        wait_for_port(door.port, door)
        yield door


def pair(**settings: str) -> tuple[str, str]:
    """What server and client have written at their end, after some requests and a stop in 6 s."""
    with python("-m", "server", "--port", "0", env=settings) as server:
        port = server.wait_for(r"running on port (\d+)").group(1)
        asked = ("--url", f"http://localhost:{port}/", "--count", str(ASKED), "--interval", "0.05")
        with python("-m", "client", *asked, env=settings) as client:
            client.end()
        server.stop(seconds=6)
    return server.output, client.output


def environment(door: Door, certificates: Path, *, ca: str = "ca.pem", headers: str | None = None) -> dict[str, str]:
    return {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"https://localhost:{door.port}",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificates / ca),
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {TOKEN}" if headers is None else headers,
    }


def test_the_right_token_is_let_in(secure: Door, certificates: Path, arrived: FakeCollector) -> None:
    server, client = pair(**environment(secure, certificates))
    assert "lost" not in server + client
    assert sorted(arrived.span_names) == sorted(ASKED * ["GET", "GET /"])
    assert traces(arrived) == ASKED * [2]


def traces(arrived: FakeCollector) -> list[int]:
    """How many spans each trace has."""
    ids = [span.trace_id for span in arrived.spans]
    return sorted(map(ids.count, set(ids)))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("authorization=Bearer wrong", "scheme or token does not match"),
        (f"authorization=Basic {TOKEN}", "scheme or token does not match"),
        ("tenant=a", "missing or empty authorization header"),
    ],
)
def test_any_other_token_is_refused(
    secure: Door, certificates: Path, arrived: FakeCollector, headers: str, reason: str
) -> None:
    for output in pair(**environment(secure, certificates, headers=headers)):
        told = rf"cannot be delivered to https://localhost:{secure.port} \(UNAUTHENTICATED: {reason}\); they are lost\n"
        assert len(re.findall(told, output)) == 1, output
        assert f"{ASKED} of {ASKED} spans were lost" in output
        assert TOKEN not in output
        assert "wrong" not in output
    assert arrived.requests == []


def test_an_empty_token_is_refused(secure: Door, certificates: Path, arrived: FakeCollector) -> None:
    """Which no program here can send."""
    credentials = grpc.ssl_channel_credentials((certificates / "ca.pem").read_bytes())
    with grpc.secure_channel(f"localhost:{secure.port}", credentials) as channel:
        export = TraceServiceStub(channel).Export  # type: ignore[no-untyped-call]
        for token in ("Bearer ", "Bearer", ""):
            with pytest.raises(grpc.RpcError) as refused:
                export(ExportTraceServiceRequest(), metadata=[("authorization", token)], timeout=10)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
        export(ExportTraceServiceRequest(), metadata=[("authorization", f"Bearer {TOKEN}")], timeout=10)
    assert arrived.spans == []


def test_plain_text_gets_no_connection(secure: Door, arrived: FakeCollector) -> None:
    headers = {"OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {TOKEN}"}
    endpoint = f"http://localhost:{secure.port}"
    assert_no_connection(pair(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=endpoint, **headers), endpoint, r"[^\n]+")
    assert arrived.requests == []


def test_a_collector_of_another_ca_gets_nothing(secure: Door, certificates: Path, arrived: FakeCollector) -> None:
    settings = environment(secure, certificates, ca="foreign.pem")
    endpoint = settings["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
    assert_no_connection(pair(**settings), endpoint, "TLS: unable to get local issuer certificate")
    assert arrived.requests == []


def assert_no_connection(outputs: tuple[str, str], endpoint: str, reason: str) -> None:
    for output in outputs:
        told = rf"cannot be delivered to {endpoint} \(UNAVAILABLE: {reason}\); they are kept and tried again\n"
        assert len(re.findall(told, output)) == 1, output
        assert f"{ASKED} of {ASKED} spans were lost" in output


def test_without_a_token_the_door_does_not_open(gateway: Path, certificates: Path, arrived: FakeCollector) -> None:
    files = {"TLS_CERT": str(certificates / "cert.pem"), "TLS_KEY": str(certificates / "key.pem")}
    with Door(gateway, arrived, "gateway-secure.yaml", OTLP_TOKEN="", **files) as door:
        assert door.end() != 0
    assert "no bearer token provided" in door.output


def test_it_fits_over_a_gateway_too(gateway: Path, certificates: Path) -> None:
    files = [f"--config={DEPLOY / name}" for name in ("gateway.yaml", "gateway-secure.yaml")]
    environ = {"OTLP_TOKEN": TOKEN} | {
        f"TLS_{name}": str(certificates / f"{name.lower()}.pem") for name in ("CERT", "KEY")
    }
    done = subprocess.run([gateway, "validate", *files], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_gzip_is_taken_and_is_smaller(plain: Door, arrived: FakeCollector) -> None:
    sizes = {}
    for compression in ("none", "gzip"):
        before = len(arrived.spans)
        with Proxy(plain.port) as proxy:
            settings = {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": proxy.endpoint,
                "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
            }
            server, client = pair(**settings)
            sizes[compression] = proxy.sent
        assert "lost" not in server + client
        assert len(arrived.spans) - before == 2 * ASKED
    assert sizes["gzip"] < 0.8 * sizes["none"], sizes


@pytest.mark.parametrize("ratio_of_server", ["0", "0.25", "1"])
def test_the_client_samples_a_quarter_and_the_server_follows(
    plain: Door, arrived: FakeCollector, ratio_of_server: str
) -> None:
    requests = 400
    settings = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{plain.port}",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.25",
    }
    with python("-m", "server", "--port", "0", env=settings | {"OTEL_TRACES_SAMPLER_ARG": ratio_of_server}) as server:
        port = server.wait_for(r"running on port (\d+)").group(1)
        asked = ("--url", f"http://localhost:{port}/", "--count", str(requests), "--interval", "0")
        with python("-m", "client", *asked, env=settings) as client:
            assert client.end(60) == 0
        server.stop()
    sampled = traces(arrived)
    assert set(sampled) == {2}
    # Five standard deviations, 43 of 400: one run in two million is outside.
    assert abs(len(sampled) - requests / 4) <= 43
