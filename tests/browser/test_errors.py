"""What failed in a trace, and which service: the head of the trace page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.contract.otlp import MILLISECOND, Attributes, error, event, service

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def open_trace(site: Site, page: Page, make: Maker, more: str = "") -> None:
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{more}")
    page.get_by_role("treeitem").first.wait_for()


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="What failed")


def told(page: Page) -> list[str]:
    """The card's rows."""
    return [" ".join(text.split()) for text in card(page).get_by_role("listitem").all_inner_texts()]


def put_order(site: Site, make: Maker) -> None:
    """front: order ─┬─ bank: pay ── bank: charge, all of which fail; and beside them mail: send."""
    order = make.span("order", lasts=90 * MILLISECOND, status=error("payment declined"))
    pay = make.span("pay", "order", at=10 * MILLISECOND, status=error("the bank said no"))
    about: Attributes = {"http.request.method": "POST", "url.full": "https://bank.example/charges"}
    charge = make.span("charge", "pay", at=12 * MILLISECOND, status=error("402"), attributes=about)
    send = make.span("send", "order", at=40 * MILLISECOND)
    site.put(service("front", order), service("bank", pay, charge), service("mail", send))


def test_the_head_tells_where_an_error_began_and_how_far_it_went(site: Site, page: Page, make: Maker) -> None:
    put_order(site, make)
    open_trace(site, page, make)
    assert told(page) == [
        "Began in bank charge 402 POST https://bank.example/charges",
        "Passed on to bank pay the bank said no",
        "Passed on to front order payment declined",
    ]
    card(page).get_by_role("button", name="bank pay").click()
    expect(page.get_by_role("heading", name="pay")).to_be_visible()
    page.get_by_role("button", name="✗ 3 to the first one").click()
    expect(page.get_by_role("heading", name="charge")).to_be_visible()


def test_what_an_error_says_is_found_where_it_says_so(site: Site, page: Page, make: Maker) -> None:
    exception = event("exception", make.base, {"exception.type": "Refused", "exception.message": "no route"})
    status: Attributes = {"http.response.status_code": 503, "error.type": "503"}
    spans = [
        make.span("span 0", at=0, attributes=status, events=[exception], status=error("broken")),
        make.span("span 1", at=1, attributes=status, events=[exception], status=error()),
        make.span("span 2", at=2, attributes=status, status=error()),
        make.span("span 3", at=3, attributes={"error.type": "timeout"}, status=error()),
    ]
    site.put(service("shop", *spans))
    open_trace(site, page, make)
    assert told(page) == [
        "Began in shop span 0 broken",
        "Also in shop span 1 Refused: no route",
        "Also in shop span 2 HTTP status 503",
        "Also in shop span 3 timeout",
    ]
    site.put(service("shop", *[make.span(f"later {at}", at=100 + at, status=error()) for at in range(1500)]))
    card(page).get_by_role("button", name="and 1,500 more errors").click()
    expect(page.get_by_role("checkbox", name="Errors only")).to_be_checked()
    expect(page.get_by_role("tab", name="Spans")).to_be_focused()


def test_without_errors_nothing_tells_of_any(site: Site, page: Page, make: Maker) -> None:
    site.put(service("shop", make.span("order")))
    open_trace(site, page, make)
    expect(card(page)).to_be_hidden()
    expect(page.get_by_role("button", name="error")).to_have_count(0)


def test_a_service_stands_out_in_each_view(site: Site, page: Page, make: Maker) -> None:
    put_order(site, make)
    open_trace(site, page, make)
    bank = page.get_by_role("list", name="Services").get_by_role("button", name="bank")
    expect(bank).to_have_text("bank 2 spans ✗ 2")
    bank.click()
    expect(bank).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".row.passed-over .names")).to_have_text(["front order", "mail send"])
    page.get_by_role("tab", name="Spans").click()
    expect(page.get_by_role("status").filter(has_text="spans")).to_have_text("2 of 4 spans")
    page.get_by_role("tab", name="Statistics").click()
    expect(page.locator(".statistics tbody tr")).to_have_count(2)
    page.reload()
    expect(page.locator(".statistics tbody tr")).to_have_count(2)
    bank.click()
    expect(page.locator(".statistics tbody tr")).to_have_count(4)
