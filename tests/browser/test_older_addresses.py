"""Addresses of Jaeger's own pages, as they stand in wikis and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.test_search import names, numbers, put_runs, rows
from tests.contract.otlp import service

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

UNKNOWN = "1" * 32
JSON = quote('{"number":"2"}')


def test_one_trace_id_leads_to_its_trace(site: Site, page: Page, make: Maker) -> None:
    site.put(service("here", make.span("root")))
    trace_id = make.trace_id().hex()
    page.goto(f"{site.url}/dependencies")
    page.goto(f"{site.url}/search?traceID={trace_id.upper()}&traceID={trace_id}&uiFind=root")
    page.wait_for_url(f"{site.url}/trace/{trace_id}?uiFind=root")
    page.go_back()
    page.wait_for_url(f"{site.url}/dependencies")


def test_several_trace_ids_are_these_traces(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(4))
    ids = [make.trace_id(f"runner {number}").hex() for number in (0, 2)]
    page.goto(f"{site.url}/search?traceID={ids[0]}&traceID={ids[1]}&traceID={UNKNOWN}&traceID=nonsense&limit=1")
    expect(names(page)).to_have_text(numbers(2, 0))
    expect(page.locator("#count")).to_have_text("2 traces")
    expect(page.locator("#note")).to_have_text(f"Not found: {UNKNOWN}")
    expect(rows(page).last).to_contain_text("1 error")
    page.get_by_label("Sort").select_option("shortest")
    expect(names(page)).to_have_text(numbers(0, 2))
    page.reload()
    expect(names(page)).to_have_text(numbers(0, 2))
    page.get_by_role("button", name="Reset").click()
    expect(rows(page)).to_have_count(4)


def test_trace_ids_that_are_nowhere_are_told(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    page.goto(f"{site.url}/search?traceID={UNKNOWN}&traceID={'2' * 32}")
    expect(page.get_by_role("heading", name="No trace fits")).to_be_visible()
    page.get_by_role("button", name="Reset the search").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("asked", ["tag=number:2&tag=half:even", f"tags={JSON}", f"tags={JSON}&tag=half:even"])
def test_tags_are_those_of_the_form(site: Site, page: Page, make: Maker, asked: str) -> None:
    put_runs(site, make, range(4))
    page.goto(f"{site.url}/search?service=runner&lookback=1h&{asked}")
    expect(names(page)).to_have_text(numbers(2))
    expect(page.get_by_label("Tags", exact=True)).to_have_value("number=2 half=even" if "half" in asked else "number=2")


def test_a_slash_at_the_end_changes_nothing(site: Site, page: Page, make: Maker) -> None:
    site.put(service("here", make.span("root"), make.span("other", "root")))
    trace_id = make.trace_id().hex()
    page.goto(f"{site.url}/search/")
    expect(rows(page)).to_have_count(1)
    page.goto(f"{site.url}/dependencies/?uiFind=here")
    expect(page.get_by_label("Service and its neighbours")).to_have_value("here")
    page.goto(f"{site.url}/trace/{trace_id}...{trace_id}/")
    expect(page.get_by_text("here").first).to_be_visible()
    page.goto(f"{site.url}/trace/{trace_id}/?uiFind=other")
    expect(page.get_by_label("Find in this trace")).to_have_value("other")
    page.get_by_role("tab", name="Flame graph").click()
    page.wait_for_url(f"{site.url}/trace/{trace_id}?view=flame&uiFind=other#*")
