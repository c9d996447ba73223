"""The pages in front of another Jaeger, and an official build of Jaeger UI in front of the back end."""

from __future__ import annotations

import re
import signal
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.children import NO_STANDARD_PORTS, STOP_LIMIT, Child, free_port, make, python
from tests.ui_build import make_build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack import Stack


@contextmanager
def viewer(query_url: str, *flags: str) -> Iterator[tuple[Child, str]]:
    """The pages in front of a Jaeger, and where they are."""
    with python("-m", "backend", "ui", "--query-url", query_url, "--port", "0", *flags) as child:
        yield child, child.wait_for(rf"UI on (http://localhost:\d+\S*), of the Jaeger at {re.escape(query_url)}\n")[1]


def test_the_pages_show_what_that_jaeger_has(running_stack: Stack) -> None:
    with make("client", "--count 1 --url http://localhost:1/", env=running_stack.environment) as client:
        client.end()
    (trace,) = running_stack.wait_for_traces("chapter2-client", 1, spans=1)
    path = f"/api/traces/{trace['traceID']}"
    with viewer(running_stack.query_url) as (child, url):
        for route in ("/api/services", "/api/services/chapter2-client/operations", path, "/api/traces?service=nobody"):
            answers = [requests.get(base + route, timeout=10) for base in (running_stack.query_url, url)]
            assert answers[0].status_code == answers[1].status_code == 200
            assert answers[0].json() == answers[1].json()
            assert answers[1].headers["Content-Type"] == "application/json"
        unknown = requests.get(f"{url}/api/traces/{'0' * 31}1", timeout=10)
        assert unknown.status_code == 404
        assert unknown.json()["errors"][0]["code"] == 404
        page = requests.get(f"{url}/trace/{trace['traceID']}", timeout=10)
        assert page.status_code == 200
        for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
            assert requests.get(url + asset, timeout=10).ok
        assert child.stop(seconds=STOP_LIMIT) == 0
        assert child.output.count("\n") == 1


def test_a_document_is_transformed_there(running_stack: Stack) -> None:
    span = {"traceId": "1" * 32, "spanId": "2" * 16, "name": "GET", "startTimeUnixNano": "1", "endTimeUnixNano": "2"}
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    with viewer(running_stack.query_url) as (_, url):
        answer = requests.post(f"{url}/api/transform", json=document, timeout=10)
        assert answer.status_code == 200
        assert answer.json()["data"][0]["spans"][0]["operationName"] == "GET"
        foreign = {"Origin": "http://elsewhere.example"}
        assert requests.post(f"{url}/api/transform", json=document, headers=foreign, timeout=10).status_code == 403


def test_the_pages_wait_for_a_jaeger_that_is_not_there() -> None:
    with viewer(f"http://localhost:{free_port()}") as (child, url):
        assert requests.get(f"{url}/search", timeout=10).ok
        answer = requests.get(f"{url}/api/services", timeout=10)
        assert answer.status_code == 502
        assert answer.json()["errors"][0]["msg"].endswith(": Connection refused")
        assert requests.get(url, headers={"Host": "evil.example"}, timeout=10).status_code == 403
        assert child.output.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_jaeger_that_is_silent_does_not_hold_up_a_stop(number: int) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        viewer(f"http://127.0.0.1:{silent.getsockname()[1]}") as (
            child,
            url,
        ),
    ):
        with socket.create_connection(("localhost", int(url.rpartition(":")[2]))) as browser:
            browser.sendall(b"GET /api/services HTTP/1.1\r\nHost: localhost\r\n\r\n")
            asked, _ = silent.accept()
            assert asked.recv(4).startswith(b"GET")
            started = time.monotonic()
            assert child.stop(number, STOP_LIMIT) == 0
            assert time.monotonic() - started < STOP_LIMIT
            asked.close()
        assert "Traceback" not in child.output


def test_an_address_that_leads_back_is_told() -> None:
    port = free_port()
    flags = ("--query-url", f"http://localhost:{port}", "--port", str(port))
    with python("-m", "backend", "ui", *flags) as child:
        child.wait_for("UI on")
        answer = requests.get(f"http://localhost:{port}/api/services", timeout=10)
        assert answer.status_code == 502
        assert "leads back to this program" in answer.json()["errors"][0]["msg"]


def test_a_busy_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with python("-m", "backend", "ui", "--query-url", "http://localhost:1", "--port", port) as child:
            assert child.end() == 1
    assert child.output == (
        f"python -m backend ui: cannot listen on 127.0.0.1 port {port}: Address already in use;"
        " choose another with --port\n"
    )


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ((), "the following arguments are required: --query-url"),
        (("--query-url", "localhost:16687"), "--query-url: localhost:16687 is not an http:// or https:// address"),
        (("--query-url", "http://"), "--query-url: http:// is not an http:// or https:// address"),
        (("--query-url", "http://a:b"), "--query-url: http://a:b is not an http:// or https:// address"),
        (
            ("--query-url", "http://me:secret@a"),
            "--query-url: an address without name, password, query and fragment is needed",
        ),
        (("--query-url", "http://a", "--port", "x"), "--port: x is not from 0 to 65535"),
        (
            ("--query-url", "http://a", "--base-path", "jaeger"),
            "--base-path: 'jaeger' is not a path such as /jaeger, of letters, digits and . _ ~ -",
        ),
    ],
)
def test_a_usage_mistake_is_one_line(flags: tuple[str, ...], problem: str) -> None:
    with python("-m", "backend", "ui", *flags) as child:
        assert child.end() == 2
    assert child.output.removeprefix("python -m backend ui: error: ").removeprefix("argument ") == f"{problem}\n"


def test_an_official_build_is_shown_instead_of_the_pages(tmp_path: Path) -> None:
    flags = ("--otlp-port", "0", *NO_STANDARD_PORTS, "--port", "0", "--db", str(tmp_path / "traces.db"))
    with python("-m", "backend", *flags, "--ui-assets", str(make_build(tmp_path / "build"))) as child:
        url = child.wait_for(r"UI on (http://\S+)\n")[1]
        for path in ("/", "/search", "/trace/abc"):
            page = requests.get(url + path, timeout=10)
            assert 'JAEGER_BACKEND_CAPABILITIES = {"archiveStorage": false' in page.text
            assert "'sha256-" in page.headers["Content-Security-Policy"]
        assert requests.get(f"{url}/static/index.js", timeout=10).text == (
            (tmp_path / "build/static/index.js").read_text()
        )
        assert requests.get(f"{url}/api/services", timeout=10).json()["data"] is None
        assert requests.get(f"{url}/api/nonsense", timeout=10).status_code == 404
        with socket.create_connection(("localhost", int(url.rpartition(":")[2]))) as raw:
            raw.sendall(b"GET /static/../../traces.db HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = raw.makefile("rb").read()
        assert b"SQLite" not in answer
        assert child.stop() == 0


@pytest.mark.parametrize("official", [False, True])
def test_all_lives_below_a_base_path(tmp_path: Path, official: bool) -> None:  # noqa: FBT001
    flags = ["--otlp-port", "0", "--port", "0", "--db", str(tmp_path / "traces.db"), "--base-path", "/jaeger/"]
    flags += ["--ui-assets", str(make_build(tmp_path / "build"))] if official else []
    with python("-m", "backend", *flags) as child:
        url = child.wait_for(r"UI on (http://localhost:\d+/jaeger)\n")[1]
        assert_below(url, "static/index.js" if official else "assets/common/page.js")
        with viewer(url, "--base-path", "/two/levels") as (_, viewed):
            assert viewed.endswith("/two/levels")
            assert_below(viewed, "assets/common/page.js")


def assert_below(url: str, asset: str) -> None:
    """The page, what it loads and the API are there, and nothing is above."""
    assert requests.get(url, timeout=10).url in {f"{url}/", f"{url}/search"}
    page = requests.get(f"{url}/search", timeout=10)
    assert f'"{urlsplit(url).path}/' in page.text
    for path in (asset, "api/services"):
        assert requests.get(f"{url}/{path}", timeout=10).ok
        assert requests.get(urljoin(url, f"/{path}"), timeout=10).status_code == 404


def test_a_folder_without_a_build_is_one_line(tmp_path: Path) -> None:
    db = tmp_path / "traces.db"
    with python("-m", "backend", "--port", "0", "--db", str(db), "--ui-assets", str(tmp_path)) as child:
        assert child.end() == 1
    assert child.output == (f"python -m backend: {tmp_path}: no index.html; name the folder of a built Jaeger UI\n")
    assert not db.exists()
