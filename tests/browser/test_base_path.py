"""The pages below a base path, as behind a proxy: nothing is asked for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from backend.receiver.trace_files import make_upload
from tests.contract.otlp import MILLISECOND, service

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


@pytest.fixture
def base_path() -> str:
    return "/jaeger"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The addresses that the page asks for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def put_pair(site: Site, make: Maker) -> str:
    site.put(
        service("there", make.span("served", "asked", at=MILLISECOND)),
        service("here", make.span("asked", lasts=5 * MILLISECOND)),
    )
    return make.trace_id().hex()


def test_the_pages_lead_to_one_another(site: Site, page: Page, make: Maker, asked: list[str]) -> None:
    trace_id = put_pair(site, make)
    page.goto(f"{site.url}/")
    page.wait_for_url(f"{site.url}/search")
    expect(page.locator("#state")).to_have_text("Live")
    page.locator("#traces a").click()
    page.wait_for_url(f"{site.url}/trace/{trace_id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("asked")
    page.get_by_role("tab", name="Flame graph").click()
    page.wait_for_url(f"{site.url}/trace/{trace_id}?view=flame")
    page.get_by_role("link", name="Services").click()
    page.wait_for_url(f"{site.url}/dependencies")
    expect(page.locator("#calls tbody tr")).to_have_count(1)
    page.keyboard.type("gt")
    page.wait_for_url(f"{site.url}/search")
    page.goto(f"{site.url}/trace/{trace_id}...{trace_id}/")
    expect(page.get_by_text("there").first).to_be_visible()
    page.goto(f"{site.url}/search?traceID={trace_id}")
    page.wait_for_url(f"{site.url}/trace/{trace_id}")
    assert len(asked) > 50
    assert [address for address in asked if not address.startswith(f"{site.url}/")] == []


def test_files_go_out_and_in(app: Flask, site: Site, page: Page, make: Maker, asked: list[str]) -> None:
    app.register_blueprint(make_upload(site.store))
    put_pair(site, make)
    page.goto(f"{site.url}/search")
    page.get_by_role("button", name="Export…").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="All traces as OTLP JSON").click()
    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("button", name="Delete all traces").click()
    expect(page.locator("#traces > li")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(download.value.path())
    expect(page.locator("#traces > li")).to_have_count(1)
    assert [address for address in asked if not address.startswith(f"{site.url}/")] == []
