"""The pair as a person runs it, `make server` and `make client`, on the embedded back end and on the real stack."""

from __future__ import annotations

import random
import re
import signal
import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.children import Child, eventually, free_port, make, python, server_port

if TYPE_CHECKING:
    from tests.stack import Stack, Trace

OK = "200 OK\n"


def server(stack: Stack, *flags: str, **settings: str) -> Child:
    return make("server", " ".join(["--port 0", *flags]), env=stack.environment | settings)


def client(stack: Stack, url: str, *flags: str, **settings: str) -> Child:
    flags = (f"--url {url}", *(flags or ("--count 5", "--interval 0.05")))
    return make("client", " ".join(flags), env=stack.environment | settings)


def url_of(child: Child) -> str:
    return f"http://localhost:{server_port(child)}/"


def tags(span: dict[str, Any]) -> dict[str, Any]:
    return {tag["key"]: tag["value"] for tag in span["tags"]}


def client_and_server(trace: Trace) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two spans of a trace that must have just these, linked and without a warning."""
    assert len(trace["spans"]) == 2, trace
    by_kind = {tags(span)["span.kind"]: span for span in trace["spans"]}
    parent, child = by_kind["client"], by_kind["server"]
    assert parent["references"] == []
    assert child["references"] == [
        {"refType": "CHILD_OF", "traceID": trace["traceID"], "spanID": parent["spanID"]},
    ]
    assert [trace["warnings"], parent["warnings"], child["warnings"]] == [None, None, None]
    services = [trace["processes"][span["processID"]]["serviceName"] for span in (parent, child)]
    assert services == ["chapter2-client", "chapter2-server"]
    return parent, child


def assert_whole(stack: Stack, number: int) -> None:
    """Exactly that many traces, each whole."""
    stack.wait_for_traces("chapter2-client", number, spans=2)
    found = stack.traces("chapter2-client")
    assert len(found) == number
    for trace in found:
        client_and_server(trace)


def test_requests_become_linked_spans(running_stack: Stack) -> None:
    with server(running_stack) as serving:
        url = url_of(serving)
        with client(running_stack, url) as asking:
            assert asking.end() == 0
            assert asking.output == 5 * OK
        assert_whole(running_stack, 5)
        assert serving.stop() in {0, -signal.SIGINT, 2}  # make's own, of a program that it saw interrupted
    traces = running_stack.traces("chapter2-client")
    parent, child = client_and_server(traces[0])

    assert (parent["operationName"], child["operationName"]) == ("GET", "GET /")
    assert (
        tags(parent).items()
        >= {
            "http.request.method": "GET",
            "url.full": url,
            "server.address": "localhost",
            "server.port": urlsplit(url).port,
            "http.response.status_code": 200,
            "otel.scope.name": "opentelemetry.instrumentation.requests",
        }.items()
    )
    assert (
        tags(child).items()
        >= {
            "http.request.method": "GET",
            "http.route": "/",
            "url.path": "/",
            "url.scheme": "http",
            "http.response.status_code": 200,
            "otel.scope.name": "opentelemetry.instrumentation.flask",
        }.items()
    )
    assert not [key for span in (parent, child) for key in tags(span) if key in {"http.method", "http.status_code"}]
    # The Go original's client spans lasted as long as its program; here a span ends with its response.
    assert all(span["duration"] < 500_000 for trace in traces for span in trace["spans"])
    assert parent["startTime"] <= child["startTime"]


@pytest.mark.parametrize("settings", [{"SPAN_PROCESSOR": "simple"}, {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}])
def test_other_ways_to_export_give_the_same_traces(running_stack: Stack, settings: dict[str, str]) -> None:
    with server(running_stack, **settings) as serving:
        with client(running_stack, url_of(serving), **settings) as asking:
            assert asking.end() == 0
        assert_whole(running_stack, 5)


def test_two_workers_share_the_requests_and_lose_none(running_stack: Stack) -> None:
    with server(running_stack, "--workers 2") as serving:
        url = url_of(serving)

        asked = 0

        def both_have_answered() -> bool:
            nonlocal asked
            requests.get(url, timeout=5)  # a new connection each time; the kernel chooses the worker
            asked += 1
            return len(instances(running_stack)) == 2

        eventually(both_have_answered, 20)
        assert serving.output.count("Server is running") == 1
        serving.stop()
    traces = running_stack.wait_for_traces("chapter2-server", asked, spans=1)
    assert len(traces) == asked


def instances(stack: Stack) -> set[str]:
    return {
        tag["value"]
        for trace in stack.traces("chapter2-server")
        for process in trace["processes"].values()
        for tag in process["tags"]
        if tag["key"] == "service.instance.id"
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_span_is_lost_by_signals_at_random_moments(stack: Stack) -> None:
    """Ten times: stop both in some order at some moment, and count; a request that failed has no server span."""
    stack.start_collector()
    answered = failed = 0
    for seed in range(10):
        chance = random.Random(seed)
        with (
            python("-m", "server", "--port", "0", env=stack.environment) as serving,
            python("-m", "client", "--interval", "0.003", "--url", url_of(serving),
                   env=stack.environment) as asking,
        ):  # fmt: skip
            asking.wait_for(OK)
            time.sleep(chance.uniform(0, 0.5))  # the random moment itself, not a wait for something
            both = [serving, asking]
            chance.shuffle(both)
            number = chance.choice([signal.SIGINT, signal.SIGTERM])
            both[0].send(number)
            time.sleep(chance.uniform(0, 0.02))
            both[1].send(number)
            assert [child.end(10) for child in both] == [0, 0]
        answered += asking.output.count(OK)
        failed += asking.output.count("request failed")
        assert asking.output.count("\n") == asking.output.count(OK) + asking.output.count("request failed")
        assert "lost" not in serving.output

    eventually(
        lambda: len(stack.traces("chapter2-client")) >= answered + failed, what=f"{answered} answered, {failed} failed"
    )
    traces = stack.traces("chapter2-client")
    whole = [trace for trace in traces if len(trace["spans"]) == 2]
    assert (len(whole), len(traces) - len(whole)) == (answered, failed)
    for trace in whole:
        client_and_server(trace)
    assert len(stack.traces("chapter2-server")) == answered


FOREIGN = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def url(running_stack: Stack) -> Any:
    with server(running_stack) as serving:
        yield url_of(serving)


def test_a_foreign_parent_is_continued(running_stack: Stack, url: str) -> None:
    requests.get(url, headers={"traceparent": f"00-{FOREIGN}-b7ad6b7169203331-01", "baggage": "user=ada"}, timeout=5)
    trace = eventually(lambda: running_stack.trace(FOREIGN))
    (span,) = trace["spans"]
    assert span["references"] == [{"refType": "CHILD_OF", "traceID": FOREIGN, "spanID": "b7ad6b7169203331"}]
    assert "invalid parent span IDs=b7ad6b7169203331" in span["warnings"][0]


def test_an_invalid_parent_starts_a_new_trace(running_stack: Stack, url: str) -> None:
    requests.get(url, headers={"traceparent": f"00-{FOREIGN.upper()}-b7ad6b7169203331-01"}, timeout=5)
    (trace,) = running_stack.wait_for_traces("chapter2-server", 1, spans=1)
    (span,) = trace["spans"]
    assert trace["traceID"] != FOREIGN
    assert (span["references"], span["warnings"]) == ([], None)


def test_an_unsampled_parent_is_obeyed(running_stack: Stack, url: str) -> None:
    requests.get(url, headers={"traceparent": f"00-{FOREIGN}-b7ad6b7169203331-00"}, timeout=5)
    requests.get(url, timeout=5)
    (trace,) = running_stack.wait_for_traces("chapter2-server", 1, spans=1)  # the later one is there
    assert trace["traceID"] != FOREIGN
    assert running_stack.trace(FOREIGN) is None


def test_an_unknown_path_is_no_error(running_stack: Stack, url: str) -> None:
    assert requests.get(url + "unknown", timeout=5).status_code == 404
    (trace,) = running_stack.wait_for_traces("chapter2-server", 1, spans=1)
    span = tags(trace["spans"][0])
    assert span["http.response.status_code"] == 404
    assert "error" not in span
    assert "otel.status_code" not in span


def test_verbose_names_the_trace(running_stack: Stack, url: str) -> None:
    with client(running_stack, url, "--count 1 --verbose", f"--ui {running_stack.query_url}") as asking:
        asking.end()
    trace_id = re.search(r"traceparent: 00-([0-9a-f]{32})-[0-9a-f]{16}-01\n", asking.output).group(1)  # type: ignore[union-attr]
    assert f"{running_stack.query_url}/trace/{trace_id}\n" in asking.output
    client_and_server(eventually(lambda: whole(running_stack.trace(trace_id))))


def whole(trace: Trace | None) -> Trace | None:
    return trace if trace and len(trace["spans"]) == 2 else None


def test_standard_variables_keep_their_meaning(running_stack: Stack, url: str) -> None:
    settings = {"OTEL_SERVICE_NAME": "renamed", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test"}
    with client(running_stack, url, "--count 1", **settings) as asking:
        asking.end()
    (trace,) = running_stack.wait_for_traces("renamed", 1, spans=2)
    (process,) = [process for process in trace["processes"].values() if process["serviceName"] == "renamed"]
    assert {"key": "deployment.environment.name", "type": "string", "value": "test"} in process["tags"]

    for settings in ({"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_SAMPLER": "always_off"}):
        with client(running_stack, url, "--count 1", OTEL_SERVICE_NAME="silent", **settings) as asking:
            assert asking.end() == 0
    with client(running_stack, url, "--count 1") as asking:
        asking.end()
    running_stack.wait_for_traces("chapter2-client", 1, spans=2)
    assert running_stack.traces("silent") == []


def test_the_pair_leaves_no_listener_behind(running_stack: Stack) -> None:
    with server(running_stack) as serving:
        port = urlsplit(url_of(serving)).port
        serving.stop(signal.SIGTERM)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_status_that_is_not_200_is_an_error_for_the_client_only(running_stack: Stack, url: str) -> None:
    with client(running_stack, url + "nowhere", "--count 1") as asking:
        assert asking.end() != 0
        assert "got status: 404 NOT FOUND\n" in asking.output
    (trace,) = running_stack.wait_for_traces("chapter2-client", 1, spans=2)
    parent, child = client_and_server(trace)
    assert tags(parent)["error"] is True
    assert "error" not in tags(child)


def test_without_a_propagator_there_are_two_traces(running_stack: Stack, url: str) -> None:
    with client(running_stack, url, "--count 1", OTEL_PROPAGATORS="none") as asking:
        assert asking.end() == 0
    (asked,) = running_stack.wait_for_traces("chapter2-client", 1, spans=1)
    (served,) = running_stack.wait_for_traces("chapter2-server", 1, spans=1)
    assert asked["traceID"] != served["traceID"]


def test_the_client_alone_leaves_an_error_without_child(running_stack: Stack) -> None:
    with client(running_stack, f"http://localhost:{free_port()}/", "--count 1") as asking:
        assert asking.end() != 0
        assert "request failed: Connection refused\n" in asking.output
    (trace,) = running_stack.wait_for_traces("chapter2-client", 1, spans=1)
    (span,) = trace["spans"]
    assert tags(span).items() >= {"error": True, "error.type": "ConnectionError"}.items()
