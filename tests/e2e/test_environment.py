"""What a person may have set for other programs: docs/settings.md's rows, with the pair and with each tool."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from backend.web.listening import addresses_of
from tests.children import NO_STANDARD_PORTS, ROOT, Child, free_port, python, server_port
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# These change what spans look like, or nothing; each trace is whole.
HARMLESS = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc",
    "OTEL_EXPORTER_OTLP_INSECURE": "false",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "10000",
    "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=secret",
    "OTEL_EXPORTER_OTLP_CERTIFICATE": "/nowhere.pem",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/nowhere.key",
    "OTEL_SERVICE_NAME": "mine",
    "OTEL_RESOURCE_ATTRIBUTES": "team=a,service.version=1",
    "OTEL_SDK_DISABLED": "",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "1",
    "OTEL_PROPAGATORS": "baggage,tracecontext",
    "OTEL_PYTHON_ID_GENERATOR": "random",
    "OTEL_BSP_MAX_QUEUE_SIZE": "100",
    "OTEL_BSP_EXPORT_TIMEOUT": "1",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "1",
    "OTEL_SPAN_EVENT_COUNT_LIMIT": "0",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "database",
    "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST": ".*",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "process,os",
    "OTEL_PYTHON_CONTEXT": "contextvars_context",
    "OTEL_PYTHON_METER_PROVIDER": "sdk_meter_provider",
    "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true",
    "OTEL_LOG_LEVEL": "debug",
    "OTEL_METRICS_EXPORTER": "prometheus",
    "OTEL_LOGS_EXPORTER": "console",
    "OTEL_BLRP_SCHEDULE_DELAY": "bogus",
    "OTEL_METRICS_EXEMPLAR_FILTER": "always_on",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "bogus",
    "OTEL_EXPORTER_ZIPKIN_ENDPOINT": "bogus",
    "OTEL_CONFIG_FILE": "/nowhere.yaml",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "flask,requests",
}
NOBODY = "http://127.0.0.1:9"  # what goes there fails
PROXIES = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "grpc_proxy"), NOBODY)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStack]:
    with EmbeddedStack(tmp_path_factory.mktemp("environment")) as stack:
        stack.start_collector()
        yield stack


@contextmanager
def serving(stack: EmbeddedStack, environment: dict[str, str]) -> Iterator[str]:
    with python("-m", "server", "--port", "0", "--workers", "1", env=stack.environment | environment) as server:
        yield f"http://localhost:{server_port(server)}/"
        assert server.stop() == 0
        assert "Traceback" not in server.output


def run(program: str, stack: EmbeddedStack, *flags: str, **environment: str) -> tuple[int, str]:
    with python("-m", program, *flags, env=stack.environment | environment) as child:
        status = child.end(20)
        assert "Traceback" not in child.output
        return status, child.output


@pytest.mark.parametrize("environment", [HARMLESS, PROXIES], ids=["OTEL", "proxies"])
def test_what_is_set_for_other_programs_leaves_the_trace_whole(
    stack: EmbeddedStack, environment: dict[str, str]
) -> None:
    with serving(stack, environment) as url:
        ui = ("--query-url", stack.query_url)
        status, output = run("client", stack, "--url", url, "--count", "1", "--verbose", **environment)
        assert (status, output.partition("\n")[0]) == (0, "200 OK"), output
        trace_id = output.split("-")[1]
        status, output = run("verify", stack, "--url", url, *ui, **environment)
        assert (status, output.count("✓")) == (0, 6), output
        status, output = run("verify.orphan", stack, "--heal", "--url", url, *ui, **environment)
        assert status == 0, output
    trace = stack.trace(trace_id)
    assert trace
    assert len(trace["spans"]) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "127.1.2.3"])
def test_no_proxy_is_asked_for_any_loopback_address(stack: EmbeddedStack, host: str) -> None:
    """As in Go. Where nothing listens, the answer is a refusal by this machine and not by the proxy's address."""
    url = f"http://{host}:{free_port()}/"
    environment = PROXIES | {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://{host}:{stack.otlp_port}"}
    _, output = run("client", stack, "--url", url, "--count", "1", **environment)
    assert output.startswith("request failed: Connection refused\n")
    assert ("lost" not in output) == (host.strip("[]") in addresses_of("localhost")), output  # the collector is there
    assert "proxy" not in output.lower()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("OTEL_TRACES_SAMPLER", "always_off", "not sampled, so no trace: see OTEL_TRACES_SAMPLER"),
        ("OTEL_PROPAGATORS", "none", "no traceparent was sent"),
        ("OTEL_PROPAGATORS", "baggage", "no traceparent was sent"),
        ("OTEL_SDK_DISABLED", "true", "no traceparent was sent"),
        ("OTEL_PYTHON_REQUESTS_EXCLUDED_URLS", "localhost", "no traceparent was sent"),
    ],
)
def test_verbose_gives_no_link_that_cannot_work(stack: EmbeddedStack, name: str, value: str, line: str) -> None:
    with serving(stack, {}) as url:
        status, output = run("client", stack, "--url", url, "--count", "1", "--verbose", **{name: value})
    assert status == 0
    assert line in output
    assert "/trace/" not in output


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("OTEL_TRACES_EXPORTER", "none", "unset OTEL_SDK_DISABLED and OTEL_TRACES_EXPORTER"),
        ("OTEL_PROPAGATORS", "baggage", "unset OTEL_PROPAGATORS"),
        ("OTEL_PYTHON_EXCLUDED_URLS", ".*", "OTEL_PYTHON_EXCLUDED_URLS"),
        ("OTEL_PYTHON_REQUESTS_EXCLUDED_URLS", "localhost", "OTEL_PYTHON_REQUESTS_EXCLUDED_URLS"),
    ],
)
def test_verify_names_what_stands_in_the_way(stack: EmbeddedStack, name: str, value: str, advice: str) -> None:
    with serving(stack, {}) as url:
        status, output = run("verify", stack, "--url", url, "--query-url", stack.query_url, **{name: value})
    assert status == 1
    assert re.search(rf"✗ .*{advice}", output), output


@pytest.mark.parametrize("name", ["OTEL_TRACES_SAMPLER", "OTEL_PROPAGATORS", "OTEL_SDK_DISABLED"])
def test_orphan_says_at_once_that_there_is_no_trace(stack: EmbeddedStack, name: str) -> None:
    value = {"OTEL_TRACES_SAMPLER": "always_off", "OTEL_PROPAGATORS": "none", "OTEL_SDK_DISABLED": "true"}[name]
    status, output = run("verify.orphan", stack, "--url", NOBODY, "--query-url", stack.query_url, **{name: value})
    assert (status, output.count("\n")) == (1, 1)
    assert name in output


@contextmanager
def demo(tmp_path: Path, **environment: str) -> Iterator[Child]:
    ports = (
        "--otlp-port",
        str(free_port()),
        *NO_STANDARD_PORTS,
        "--port",
        str(free_port()),
        "--server-port",
        str(free_port()),
    )
    with python("-m", "demo", *ports, "--db", str(tmp_path / "demo.db"), env=environment) as running:
        yield running
        assert "Traceback" not in running.output


def test_the_demo_is_by_itself(tmp_path: Path) -> None:
    """It sends to its own back end, whatever is set for others."""
    elsewhere = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "bogus", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}
    with demo(tmp_path, **HARMLESS | elsewhere | PROXIES) as running:
        running.wait_for(r"\nmine  GET .*\n└─ mine  GET", 30)
        assert running.stop(seconds=15) == 0


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("OTEL_TRACES_SAMPLER", "always_off", "not sampled"), ("OTEL_SDK_DISABLED", "true", "no traceparent was sent")],
)
def test_the_demo_says_why_there_is_no_trace(tmp_path: Path, name: str, value: str, why: str) -> None:
    with demo(tmp_path, **{name: value}) as running:
        running.wait_for(rf"\(no trace to show: {why}", 30)
        assert running.stop(seconds=15) == 0


def test_the_demo_answers_a_bad_value_with_one_line(tmp_path: Path) -> None:
    with demo(tmp_path, OTEL_TRACES_EXPORTER="console") as running:
        assert running.end() == 1
        assert running.output == "python -m demo: OTEL_TRACES_EXPORTER=console: must be otlp or none\n"


@pytest.mark.parametrize("lines", [1, 3, 8])
def test_nobody_reads_the_demo_any_more(tmp_path: Path, lines: int) -> None:
    """`make demo | head` ends by itself, with nothing on stderr."""
    ports = f"--otlp-port {free_port()} --port {free_port()} --server-port {free_port()} --db {tmp_path}/demo.db"
    command = f"{{ python -m demo {ports}; echo status $? >&2; }} | head -n {lines}"
    with shell(command) as child:
        assert child.end(40) == 0
        assert child.output.count("\n") == lines + 1
        assert child.output.endswith("status 0\n")


def test_nobody_reads_the_tools_any_more(stack: EmbeddedStack) -> None:
    with serving(stack, {}) as url:
        for program in ("verify", "verify.orphan"):
            flags = f"--url {url} --query-url {stack.query_url}"
            with shell(f"python -m {program} {flags} | head -n 1", env=stack.environment) as child:
                assert child.end(20) == 0
                assert child.output.count("\n") == 1, child.output


def shell(command: str, env: dict[str, str] | None = None) -> Child:
    return Child("sh", "-c", command.replace("python -m", f"'{sys.executable}' -m"), env=env)


def test_every_variable_of_the_sdk_is_in_the_table() -> None:
    """Those that its environment_variables modules name; a new one of an upgrade has to be looked at."""
    modules = [
        "opentelemetry.environment_variables",
        "opentelemetry.sdk.environment_variables",
        "opentelemetry.instrumentation.environment_variables",
    ]
    names = {name for module in modules for name in vars(import_module(module)) if name.startswith("OTEL_")}
    table = (ROOT / "docs/settings.md").read_text()
    quoted = set(re.findall(r"`([A-Z_…]+)`", table)) | {"OTEL_TRACES_EXPORTER"}
    prefixed = {prefix + name for name in quoted for prefix in ("OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_")}
    patterns = [name.replace("…", ".*") for name in quoted | prefixed]
    assert names
    unlisted = {name for name in names if not any(re.fullmatch(pattern, name) for pattern in patterns)}
    assert not unlisted
