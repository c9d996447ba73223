"""The pair beside the article's programs, built with its own packages and with today's: one linked trace each way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.children import Child, free_port, python, server_port
from tests.realstack.needs import needs_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.realstack.build import Article
    from tests.stack import Stack, Trace

pytestmark = pytest.mark.realstack  # needs Go, with either stack

# The SDK's own flags, `03`, in place of the playground's `01`.
RANDOM = {"OTEL_PYTHON_ID_GENERATOR": "random"}


@pytest.fixture(scope="module")
def article(pytestconfig: pytest.Config) -> Article:
    return needs_article(pytestconfig)


@pytest.fixture(params=["then", "today"])
def program(request: pytest.FixtureRequest, article: Article) -> Path:
    path: Path = getattr(article, request.param)
    return path


@pytest.fixture
def go_server(running_stack: Stack, program: Path) -> Iterator[str]:
    with Child(str(program), "server", str(free_port()), env=running_stack.environment) as server:
        yield f"http://127.0.0.1:{server_port(server)}/"


def assert_linked(trace: Trace, client: str, server: str) -> None:
    names = {id_: process["serviceName"] for id_, process in trace["processes"].items()}
    spans = {names[span["processID"]]: span for span in trace["spans"]}
    assert spans.keys() == {client, server}
    assert spans[client]["references"] == []
    (reference,) = spans[server]["references"]
    assert (reference["refType"], reference["spanID"]) == ("CHILD_OF", spans[client]["spanID"])


def ask(stack: Stack, url: str, **settings: str) -> None:
    with python("-m", "client", "--url", url, "--count", "1", env=stack.environment | settings) as client:
        assert client.end() == 0
        assert client.output == "200 OK\n"


def test_our_client_asks_the_articles_server(running_stack: Stack, go_server: str) -> None:
    ask(running_stack, go_server)
    (trace,) = running_stack.wait_for_traces("go-server", 1, spans=2)
    assert_linked(trace, "chapter2-client", "go-server")


def test_the_articles_client_asks_our_server(running_stack: Stack, program: Path) -> None:
    with python("-m", "server", "--port", "0", env=running_stack.environment) as server:
        url = f"http://127.0.0.1:{server_port(server)}/"
        with Child(str(program), "client", url, env=running_stack.environment) as client:
            assert client.end() == 0
            assert client.output == "200 OK\n"
        (trace,) = running_stack.wait_for_traces("go-client", 1, spans=2)
    assert_linked(trace, "go-client", "chapter2-server")


def test_the_sdks_own_flags_are_rejected_by_older_packages_and_verify_says_so(
    running_stack: Stack, article: Article, program: Path, go_server: str
) -> None:
    """Go's propagation before v1.42 takes the flags 00 to 02 and starts a trace of its own for 03."""
    where = ("--url", go_server, "--query-url", running_stack.query_url, "--timeout", "2")
    with python("-m", "verify", *where, env=running_stack.environment | RANDOM) as verify:
        if program == article.today:
            assert verify.end() == 0, verify.report()
            return
        assert verify.end() == 1
    own = re.search(r"✗ both spans stored.* the server started a trace of its own: \S+/trace/([0-9a-f]{32})",
                    verify.output)  # fmt: skip
    assert own, verify.report()
    trace = running_stack.trace(own[1])
    assert trace
    assert [span["operationName"] for span in trace["spans"]] == ["go-server"]
