"""The address of a trace says how it is looked at: whoever loads it sees the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_timeline import drag, put_family, row
from tests.contract.otlp import MILLISECOND, service

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def open_trace(site: Site, page: Page, make: Maker, more: str = "?panel=closed") -> None:
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{more}")
    expect(page.locator("#view")).not_to_be_empty()


def expect_said(page: Page, **wanted: str) -> None:
    """What the address says of all but the panel."""
    page.wait_for_function(
        """wanted => {
            const said = Object.fromEntries(new URLSearchParams(location.search));
            delete said.panel;
            return JSON.stringify(Object.entries(said).sort()) === JSON.stringify(Object.entries(wanted).sort());
        }""",
        arg=wanted,
    )


def test_the_timeline_comes_back_as_it_was_left(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    open_trace(site, page, make)
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Critical path").click()
    page.get_by_role("list", name="Services").get_by_role("button", name="shop").click()
    drag(page, page.locator(".axis"), 0.25, 0.75)
    row(page, "shop query").click()
    page.wait_for_url(re.compile(r"[?&]from=.*#[0-9a-f]{16}$"))
    said = parse_qs(urlsplit(page.url).query)
    assert said["path"] == ["critical"]
    assert said["service"] == ["shop"]
    assert round(float(said["from"][0]) / 1000) == 25
    assert round(float(said["to"][0]) / 1000) == 75
    assert page.evaluate("history.length") == before
    page.reload()
    expect(page.get_by_role("button", name="Critical path")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Reset")).to_be_enabled()
    expect(page.locator(".row.passed-over")).to_have_count(4)
    expect(row(page, "shop query")).to_have_attribute("aria-selected", "true")


def test_the_tables_come_back_as_they_were_left(site: Site, page: Page, make: Maker) -> None:
    site.put(service("a", make.span("one", attributes={"n": 1}), make.span("two", "one", lasts=MILLISECOND)))
    open_trace(site, page, make, "?view=statistics&panel=closed")
    page.get_by_role("radio", name="Kind").check()
    page.get_by_role("button", name="Count").click()
    expect_said(page, view="statistics", groupBy="kind", groupSort="-count")
    page.reload()
    expect(page.get_by_role("radio", name="Kind")).to_be_checked()
    expect(page.get_by_role("columnheader", name="Count")).to_have_attribute("aria-sort", "descending")
    page.locator("tbody tr").filter(has_text="internal").click()
    page.get_by_role("combobox", name="Add a column of an attribute").fill("n")
    page.keyboard.press("Enter")
    page.get_by_role("searchbox", name="Filter by what the columns show").fill("tw")
    page.get_by_role("button", name="Slowest first").click()
    table = {"onlyBy": "kind", "only": '["internal"]', "column": "n", "filter": "tw", "sort": "-duration"}
    expect_said(page, view="table", groupBy="kind", groupSort="-count", **table)
    page.reload()
    expect(page.get_by_role("button", name="Remove the column n")).to_be_visible()
    expect(page.get_by_text("Only Kind: internal")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Filter by what the columns show")).to_have_value("tw")
    expect(page.get_by_role("status").filter(has_text="span")).to_have_text("1 of 2 spans")


BROKEN = (
    "view=constructor&from=nine&to=3&service=nobody&groupBy=toString&groupSort=-&onlyBy=valueOf&only=x"
    "&sort=nothing&column=&colour=__proto__&clocks=adjusted&panel=x&path=y"
)


@pytest.mark.parametrize("view", ["", "flame", "statistics", "table"])
def test_what_an_address_says_wrongly_is_passed_over(site: Site, page: Page, make: Maker, view: str) -> None:
    put_family(site, make)
    open_trace(site, page, make, f"?{f'view={view}&' if view else ''}{BROKEN}")
    if view == "":
        expect(page.get_by_role("treeitem")).to_have_count(6)
        expect(page.locator(".row.passed-over")).to_have_count(0)
        expect(page.get_by_role("button", name="Reset")).to_be_disabled()
    elif view == "flame":
        expect(page.get_by_role("radio", name="Service")).to_be_checked()
    elif view == "statistics":
        expect(page.get_by_role("radio", name="Operation")).to_be_checked()
    else:
        expect(page.locator("tbody tr:not(.gap)")).to_have_count(6)


def test_the_root_of_a_small_trace_is_told_from_the_start(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    open_trace(site, page, make, "")
    title = page.get_by_role("complementary").get_by_role("heading", level=2)
    expect(title).to_have_text("order")
    assert urlsplit(page.url).fragment == "", "nobody chose it"
    page.get_by_role("button", name="Close the panel").click()
    page.wait_for_url("**?panel=closed")
    page.reload()
    expect(page.get_by_role("treeitem")).to_have_count(6)
    expect(title).to_have_count(0)
    row(page, "shop query").dblclick()
    expect(title).to_have_text("query")
    page.set_viewport_size({"width": 390, "height": 800})
    open_trace(site, page, make, "")
    expect(page.get_by_role("treeitem")).to_have_count(6)
    expect(title).to_have_count(0)
