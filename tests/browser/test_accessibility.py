"""axe looks at every page in light and dark: what it finds serious is a fault (WCAG 2.1, A and AA)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.contract.otlp import SECOND
from tests.shop import Shop, orders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules that dark can break where light keeps them: nothing but colours is another."""
SERIOUS = {"serious", "critical"}
SIZES = {"wide": (1280, 900), "phone": (360, 700)}
looks = pytest.mark.parametrize("size", SIZES)


def fill(site: Site) -> tuple[str, str]:
    """Ids of two traces, one with an error, the other without its root."""
    begin = time.time_ns() - 60 * SECOND
    for resources in orders(12, begin, SECOND):
        site.put(*resources)
    shop = Shop(7)
    site.put(*shop.trace(begin, declined=True))
    failed = shop.trace_id
    front, *others = shop.trace(begin + SECOND)
    del front.scope_spans[0].spans[0]
    site.put(front, *others)
    return failed, shop.trace_id


def check(page: Page) -> None:
    """Look at the page in light; and at its colours in dark, into which it turns where it is."""
    light = text_colour(page)
    assert_nothing_serious(page, TAGS)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # nothing is still on its way to its colour
    assert text_colour(page) != light
    assert_nothing_serious(page, OF_COLOUR)
    page.emulate_media(color_scheme="light")


def text_colour(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).color")
    return colour


def assert_nothing_serious(page: Page, rules: object) -> None:
    results = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    found = [one for one in results.response["violations"] if one["impact"] in SERIOUS]
    report = [(one["id"], one["help"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]
    assert report == []


@pytest.fixture
def open_in(browser: Browser, size: str) -> Iterator[Page]:
    width, height = SIZES[size]
    # axe itself uses inline styles, which the pages' policy forbids.
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", bypass_csp=True, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@looks
def test_pages_without_traces(site: Site, open_in: Page) -> None:
    for path in ("/search", "/dependencies", "/nowhere", f"/trace/{'a' * 32}", f"/trace/{'a' * 32}...{'b' * 32}"):
        open_in.goto(site.url + path)
        expect(open_in.locator("#state")).not_to_have_text("Loading…")
        check(open_in)


@looks
def test_search_and_services(site: Site, open_in: Page) -> None:
    fill(site)
    open_in.goto(f"{site.url}/search")
    expect(open_in.locator("a[href^='/trace/']").first).to_be_visible()
    open_in.keyboard.press("/")
    open_in.keyboard.type("http")
    expect(open_in.get_by_role("listbox", name="Keys and values")).to_be_visible()
    open_in.keyboard.press("ArrowDown")
    check(open_in)
    open_in.goto(f"{site.url}/search?tags=http.rout%3D1")
    expect(open_in.get_by_role("button", name="http.route")).to_be_visible()
    check(open_in)
    open_in.goto(f"{site.url}/dependencies")
    expect(open_in.get_by_text("shop-front").first).to_be_visible()
    check(open_in)


@looks
@pytest.mark.parametrize("view", ["timeline", "flame", "statistics", "table"])
def test_a_trace(site: Site, open_in: Page, view: str) -> None:
    failed, _ = fill(site)
    open_in.goto(f"{site.url}/trace/{failed}?view={view}")
    expect(open_in.locator("#view")).to_contain_text("Click a span" if view == "flame" else "payment")
    check(open_in)


@looks
def test_a_span_and_a_missing_one(site: Site, open_in: Page) -> None:
    _, orphaned = fill(site)
    open_in.goto(f"{site.url}/trace/{orphaned}")
    expect(open_in.locator("#view")).to_contain_text("missing")
    check(open_in)
    for key in ("j", "j"):
        open_in.keyboard.press(key)
        open_in.keyboard.press("Enter")
        expect(open_in.locator("#panel")).to_be_visible()
        check(open_in)


@looks
def test_a_comparison_and_the_sheet(site: Site, open_in: Page) -> None:
    one, other = fill(site)
    open_in.goto(f"{site.url}/trace/{one}...{other}")
    expect(open_in.locator("#compare")).to_contain_text("payment")
    check(open_in)
    open_in.keyboard.press("?")
    expect(open_in.get_by_role("dialog")).to_be_visible()
    check(open_in)
