"""The page of traces while there are none: where one's own program sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from backend.query.app import create_app
from backend.receiver.trace_files import make_upload
from backend.store.store import Store
from backend.ui.pages import Doors, make_pages
from tests.browser.test_search import width_beyond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

BOTH = Doors(grpc=14317, http=14318)
COPIED = "text => navigator.clipboard.readText().then(copied => copied === text)"
IN_FRONT_OF_JAEGER = pytest.mark.parametrize("doors", [None])


@pytest.fixture
def doors() -> Doors | None:
    return BOTH


@pytest.fixture
def app(tmp_path: Path, doors: Doors | None) -> Iterator[Flask]:
    """The pages of a back end with these ports, or else in front of a Jaeger."""
    store = Store(tmp_path / "spans.db")
    app = create_app(store)
    app.register_blueprint(make_pages(embedded=doors is not None, doors=doors))
    app.register_blueprint(make_upload(store))
    app.extensions["store"] = store
    yield app
    store.close()


def variables(host: str, port: int, protocol: str) -> str:
    return f"OTEL_EXPORTER_OTLP_ENDPOINT=http://{host}:{port}\nOTEL_EXPORTER_OTLP_PROTOCOL={protocol}"


def shown(page: Page) -> list[str]:
    expect(page.get_by_role("heading", name="No traces yet")).to_be_visible()
    return page.locator("#empty pre").all_inner_texts()


def test_the_variables_name_the_ports_of_this_back_end(site: Site, page: Page) -> None:
    page.goto(site.url)
    assert shown(page) == [variables("127.0.0.1", 14317, "grpc"), variables("127.0.0.1", 14318, "http/protobuf")]
    empty = page.locator("#empty")
    expect(empty).to_contain_text("run the demo pair: make server and make client")
    expect(empty).to_contain_text("host.docker.internal in place of 127.0.0.1")


@pytest.mark.parametrize("name", ["localhost", "jaeger.localhost"])
def test_their_host_is_the_one_of_the_page(site: Site, page: Page, name: str) -> None:
    page.goto(site.url.replace("127.0.0.1", name))
    assert shown(page)[0] == variables("localhost", 14317, "grpc")


def test_on_another_machine_there_is_no_talk_of_this_one(site: Site, page: Page) -> None:
    def answer(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("http://tracing.example", site.url)))

    page.route("http://tracing.example/**", answer)
    page.route("**/api/live", lambda route: route.fulfill(status=503))  # the answer has no end
    page.goto("http://tracing.example/search")
    assert shown(page)[1] == variables("tracing.example", 14318, "http/protobuf")
    expect(page.locator("#empty")).not_to_contain_text("docker")


@pytest.mark.parametrize("doors", [Doors(grpc=14317, http=None)])
def test_a_port_that_is_not_there_is_not_named(site: Site, page: Page) -> None:
    page.goto(site.url)
    assert shown(page) == [variables("127.0.0.1", 14317, "grpc")]


@pytest.mark.parametrize(("name", "number"), [("gRPC", 0), ("HTTP", 1)])
def test_they_can_be_copied(site: Site, page: Page, name: str, number: int) -> None:
    page.goto(site.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=f"Copy the variables for {name}").click()
    page.wait_for_function(COPIED, arg=shown(page)[number])


def test_a_sample_trace_can_be_loaded(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Load a sample trace").click()
    page.wait_for_url("**/trace/*")
    expect(page.get_by_role("treeitem").filter(has_text="POST /payments").first).to_be_visible()
    page.goto(f"{site.url}/search")
    row = page.get_by_role("list", name="Traces").get_by_role("listitem")
    expect(row).to_contain_text("shop POST /orders")
    expect(row).to_contain_text("payment: 402 Payment Required")


@IN_FRONT_OF_JAEGER
def test_in_front_of_a_jaeger_they_name_its_own_ports(site: Site, page: Page) -> None:
    page.goto(site.url)
    assert shown(page) == [variables("localhost", 4317, "grpc"), variables("localhost", 4318, "http/protobuf")]
    expect(page.locator("#empty")).to_contain_text("its host in place of localhost")


@IN_FRONT_OF_JAEGER
def test_a_search_that_still_finds_nothing_leaves_the_focus(site: Site, page: Page) -> None:
    page.goto(site.url)
    button = page.get_by_role("button", name="Copy the variables for HTTP")
    button.focus()
    for _ in range(2):  # it asks each second
        page.wait_for_event("requestfinished", lambda request: "trace-summaries" in request.url)
    expect(button).to_be_focused()


@pytest.mark.parametrize("width", [390, 1200])
def test_it_fits_a_phone(site: Site, open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width=width)
    page.goto(site.url)
    assert len(shown(page)) == 2
    assert width_beyond(page) == 0
    pre = page.locator("#empty pre").first
    assert pre.evaluate("pre => pre.scrollWidth <= pre.clientWidth"), "the port is in sight"
