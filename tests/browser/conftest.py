"""Fixtures: the pages with their own query API, and a browser to open them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backend.codec.otlp import decode
from backend.query.app import create_app
from backend.store.store import Store
from backend.ui.pages import make_pages
from backend.web.base_path import below
from backend.web.guard import guard
from backend.web.process import MAX_UPLOAD_BYTES, QUERY_THREADS
from backend.web.server import WebServer
from tests.browser.chromium import chromium, problem
from tests.contract.corpus import Maker
from tests.contract.otlp import SECOND, request
from tests.realstack.needs import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
    from playwright.sync_api import Browser, Page

    Unit = Callable[..., Any]

STOP_SECONDS = 5
UNITS = Path(__file__).parent / "units"
CALL = "([module, name, argument]) => import(module).then((unit) => unit[name](argument))"


@dataclass
class Site:
    url: str
    store: Store

    def put(self, *resources: ResourceSpans) -> None:
        """Store one request."""
        decoded = decode(request(*resources))
        self.store.append(decoded.body, decoded.spans)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    store = Store(tmp_path / "spans.db")
    app = create_app(store)
    app.register_blueprint(make_pages(embedded=True))
    app.extensions["store"] = store
    yield app
    store.close()


@pytest.fixture
def base_path() -> str:
    return ""


@pytest.fixture
def site(app: Flask, base_path: str) -> Iterator[Site]:
    store = app.extensions["store"]
    web = WebServer("127.0.0.1", 0)
    web.start(below(base_path, app), QUERY_THREADS, MAX_UPLOAD_BYTES, guard())
    yield Site(f"http://127.0.0.1:{web.port}{base_path}", store)
    store.end_waits()  # release live pages
    web.stop(STOP_SECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    needs(problem())
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open tabs; any error in one, including a violation of the pages' security policy, fails the test."""
    problems: list[str] = []
    contexts = []

    def open_page(width: int = 1200, height: int = 800, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"a script ran: {dialog.message}"))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The browser logs every error response, even an expected one, such as for a trace that has not arrived yet.
    assert [problem for problem in problems if "the server responded with a status of" not in problem] == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def call_unit(page: Page, function: str, argument: object = None) -> Any:
    """Call a function of the modules in units/, such as `tree.listed`, in the page, and return its result."""
    module, name = function.split(".")
    page.route("**/units/*.js", lambda route: route.fulfill(path=UNITS / route.request.url.rpartition("/")[2]))
    try:
        return page.evaluate(CALL, [f"/units/{module}.js", name, argument])
    finally:
        page.unroute("**/units/*.js")


@pytest.fixture
def unit(site: Site, page: Page) -> Unit:
    """Call such a function in a page that can import the site's modules but runs nothing else."""
    page.goto(f"{site.url}/assets/icon.svg")
    return lambda function, argument=None: call_unit(page, function, argument)


@pytest.fixture
def make() -> Maker:
    """Creates spans that began a minute ago."""
    return Maker("here", time.time_ns() - 60 * SECOND)
