"""Finding spans within a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import call_unit
from tests.contract.otlp import MILLISECOND, error, event, link, resource, scope, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def put_shop(site: Site, make: Maker) -> None:
    """`order` above `SELECT items` and `charge card`, which is above `notify`; and an orphan."""
    spans = [
        make.span("order", lasts=40 * MILLISECOND, kind=Span.SPAN_KIND_SERVER, attributes={"http.route": "/orders"}),
        make.span(
            "SELECT items", "order", at=MILLISECOND, attributes={"db.statement": "SELECT *\nFROM items", "rows": 200}
        ),
        make.span("charge card", "order", at=12 * MILLISECOND, status=error("card refused")),
        make.span(
            "notify", "charge card", at=13 * MILLISECOND, kind=Span.SPAN_KIND_PRODUCER, attributes={"ids": ["b", 2]}
        ),
        make.span("orphan", "nobody", at=14 * MILLISECOND),
    ]
    spans[2].events.append(event("exception", make.base, {"exception.type": "CardError"}))
    spans[3].links.append(link(make.trace_id("other"), make.span_id("cause"), {"why": "retry"}))
    site.put(resource({"service.name": "shop", "host.name": "node-1"}, scope(spans)))


def open_trace(site: Site, page: Page, make: Maker, query: str = "") -> Locator:
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{query or '?panel=closed'}")
    expect(page.get_by_role("tree", name="Spans")).to_be_visible()
    return page.get_by_role("searchbox", name="Find in this trace")


def told(page: Page) -> Locator:
    return page.get_by_role("search", name="In this trace").locator("[aria-live]")


def selected(page: Page) -> Locator:
    return page.get_by_role("complementary").get_by_role("heading", level=2)


FOUND = {
    "order": ["order"],
    "shop": ["order", "SELECT items", "charge card", "notify", "orphan"],
    "SHOP Select": ["SELECT items"],
    "shop nothing": [],
    "http.route=/orders": ["order"],
    "http.route~/ORD": ["order"],
    "http.route=/ord": [],
    "http.route=/ord*": ["order"],
    "http.route!=/": ["order"],
    "http.route!=/o*": [],
    "route": ["order"],
    "rows=200": ["SELECT items"],
    "rows=20": [],
    "rows>=200.0 rows<201": ["SELECT items"],
    "rows>200": [],
    "http.route>0": [],
    "ids=b": ["notify"],
    "ids>1": ["notify"],
    "ids!=b": [],
    "resource.host.name=node-*": ["order", "SELECT items", "charge card", "notify", "orphan"],
    "service=shop operation!=*r": ["SELECT items", "charge card", "notify", "orphan"],
    "duration>=40ms": ["order"],
    "duration<40000us error=true": ["charge card"],
    "span.kind=SERVER": ["order"],
    "http=200": [],
    "why=retry": ["notify"],
    "cardERROR": ["charge card"],
    "exception": ["charge card"],
    "refused": ["charge card"],
    "status=error": ["charge card"],
    "kind=producer": ["notify"],
    "host.name~NODE": ["order", "SELECT items", "charge card", "notify", "orphan"],
    '"charge card"': ["charge card"],
    '"card charge"': [],
    "card charge": ["charge card"],
    "shop order": ["order"],
    "from items": ["SELECT items"],
    "db.statement~items": ["SELECT items"],
    'exception.type="CardError"': ["charge card"],
    'exception.type="carderror"': [],
}


def test_what_is_looked_for_is_found(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    page.goto(f"{site.url}/assets/icon.svg")  # which loads nothing else
    ids = {make.span_id("notify").hex(): ["notify"], make.span_id("cause").hex(): ["notify"]}
    ids |= {
        make.trace_id("other").hex(): ["notify"],
        make.span_id("order").hex(): ["order", "SELECT items", "charge card"],
        f"link.span_id={make.span_id('cause').hex()}": ["notify"],
    }
    wanted = FOUND | ids
    trace = page.evaluate(f"fetch('/api/v3/traces/{make.trace_id().hex()}').then((answer) => answer.json())")
    asked = {"resourceSpans": trace["result"]["resourceSpans"], "texts": list(wanted)}
    assert dict(zip(wanted, call_unit(page, "find.matches", asked), strict=True)) == wanted


def test_one_goes_through_the_matches_by_keyboard(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    page.keyboard.press("f")
    expect(field).to_be_focused()
    page.keyboard.type("card")
    expect(told(page)).to_have_text("1 found")
    page.keyboard.press("Control+a")
    page.keyboard.type("e")
    expect(told(page)).to_have_text("5 found")
    page.wait_for_url("**uiFind=e*")
    page.keyboard.press("Enter")
    expect(told(page)).to_have_text("1 of 5")
    expect(selected(page)).to_have_text("order")
    page.keyboard.press("Shift+Enter")
    expect(told(page)).to_have_text("5 of 5")
    expect(selected(page)).to_have_text("orphan")
    page.keyboard.press("Enter")
    expect(told(page)).to_have_text("1 of 5")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(told(page)).to_have_text("")
    expect(field).not_to_be_focused()
    page.wait_for_url(lambda url: "uiFind" not in url)
    page.keyboard.press("/")
    expect(field).to_be_focused()


def test_n_goes_on_from_the_row_that_is_selected(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    open_trace(site, page, make).fill("card")
    expect(told(page)).to_have_text("1 found")
    page.locator(f"#view [data-id='{make.span_id('notify').hex()}']").click()
    page.keyboard.press("n")
    expect(selected(page)).to_have_text("charge card")
    expect(told(page)).to_have_text("1 of 1")
    page.get_by_role("searchbox", name="Find in this trace").fill("items")
    page.locator(f"#view [data-id='{make.span_id('notify').hex()}']").click()
    expect(told(page)).to_have_text("1 found")
    page.keyboard.press("N")
    expect(selected(page)).to_have_text("SELECT items")


def test_the_buttons_do_the_same(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    following = page.get_by_role("button", name="Next match")
    expect(following).to_have_count(0)
    field.fill("nothing like this")
    expect(told(page)).to_have_text("no match")
    expect(following).to_be_disabled()
    field.fill("or")
    expect(told(page)).to_have_text("3 found")
    following.click()
    expect(selected(page)).to_have_text("order")
    following.click()
    expect(selected(page)).to_have_text("charge card")
    page.get_by_role("button", name="Previous match").click()
    expect(told(page)).to_have_text("1 of 3")


def test_an_address_with_find_leads_to_the_first_match(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make, "?uiFind=status%3Derror")
    expect(field).to_have_value("status=error")
    expect(selected(page)).to_have_text("charge card")
    expect(told(page)).to_have_text("1 of 1")
    open_trace(site, page, make, f"?uiFind=shop#{make.span_id('notify').hex()}")
    expect(selected(page)).to_have_text("notify")
    expect(told(page)).to_have_text("4 of 5")


def test_a_match_within_a_folded_subtree_is_unfolded(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    notify = page.locator(f"#view [data-id='{make.span_id('notify').hex()}']")
    page.locator(f"#view [data-id='{make.span_id('order').hex()}']").click()
    page.keyboard.press("ArrowLeft")
    expect(notify).to_have_count(0)
    field.fill("notify")
    field.press("Enter")
    expect(notify).to_be_visible()
    expect(selected(page)).to_have_text("notify")


def test_spans_that_arrive_are_found_too(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    field.fill("nobody")
    expect(told(page)).to_have_text("no match")
    site.put(service("late", make.span("nobody")))
    expect(told(page)).to_have_text("1 found")
    expect(page.get_by_role("complementary")).to_be_hidden()
    expect(field).to_be_focused()


def test_a_missing_span_is_found_by_its_id(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    field.fill(make.span_id("nobody").hex())
    expect(told(page)).to_have_text("2 found")
    field.press("Enter")
    expect(selected(page)).to_have_text("Missing span")


def test_thousands_of_spans_are_looked_through(site: Site, page: Page, make: Maker) -> None:
    spans = [make.span(f"{number}", "0" if number else "", at=number) for number in range(3000)]
    site.put(service("large", *spans))
    field = open_trace(site, page, make)
    field.press_sequentially('"large 99"')
    expect(told(page)).to_have_text("11 found")
    field.press("Enter")
    expect(selected(page)).to_have_text("99")


def test_anything_can_be_looked_for(site: Site, page: Page, make: Maker) -> None:
    texts = [hostile.IMAGE, "\u202e", "🦄", "[", "\\", "%"]
    site.put(service("shop", *(make.span(f"order {text}") for text in texts)))
    field = open_trace(site, page, make)
    for text in texts:
        field.fill("order")
        expect(told(page)).to_have_text("6 found")
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        field.fill(f'"{escaped}"')
        expect(told(page)).to_have_text("1 found")
        field.fill('"')
        expect(told(page)).to_have_text("")
        expect(field).to_have_accessible_description(
            'Not understood: ". Write key=value, a word, or "a text with blanks"'
        )
    field.fill("".join(texts))
    page.wait_for_url("**?uiFind=%3Cimg*")
    page.reload()
    expect(field).to_have_value("".join(texts))


def test_what_is_not_understood_is_said(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    field = open_trace(site, page, make)
    field.fill("rows>")
    expect(page.get_by_role("alert")).to_have_text("Write a number after rows>")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press_sequentially("100")
    expect(told(page)).to_have_text("1 found")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_it_fits_a_phone(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    put_shop(site, make)
    open_trace(site, page, make).fill("shop")
    expect(told(page)).to_have_text("5 found")
    expect(page.get_by_role("button", name="Next match")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
