"""docs/ui.md against the pages: the controls it names, and the keys."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.children import ROOT
from tests.contract.otlp import SECOND
from tests.shop import Shop, orders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

TEXT = (ROOT / "docs/ui.md").read_text()
VIEWS = "timeline", "flame", "statistics", "table"


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.fixture
def trace_ids(site: Site) -> tuple[str, str]:
    """A whole trace with errors and a clock that is late, and one without its root, of more than fit a page."""
    for resources in orders(20, time.time_ns() - 60 * SECOND, SECOND):
        site.put(*resources)
    shop = Shop()
    failed = shop.trace(time.time_ns() - 20 * SECOND, declined=True)
    for span in failed[-1].scope_spans[0].spans:
        span.start_time_unix_nano -= SECOND
        span.end_time_unix_nano -= SECOND
    site.put(*failed)
    whole = shop.trace_id
    front, *others = shop.trace(time.time_ns() - 10 * SECOND)
    del front.scope_spans[0].spans[0]
    site.put(front, *others)
    return whole, shop.trace_id


@pytest.mark.parametrize("title", ["Search", "Trace", "A missing parent", "Comparison", "Services"])
def test_the_controls_are_there(site: Site, page: Page, trace_ids: tuple[str, str], title: str) -> None:
    whole, orphaned = trace_ids
    path = {
        "Search": "/search",
        "Trace": f"/trace/{whole}",
        "A missing parent": f"/trace/{orphaned}",
        "Comparison": f"/trace/{whole}...{orphaned}",
        "Services": "/dependencies",
    }[title]
    page.goto(site.url + path)
    expect(page.locator("main")).to_contain_text("shop-front")
    if title == "Trace":
        expect(page.get_by_role("complementary", name="Span")).to_be_visible()
    names = re.findall(r"\*\*(.+?)\*\*", section(title))
    assert names
    for name in names:
        control = page.locator("button, a, input, select, summary, [role=tab]").and_(
            page.get_by_label(name).or_(page.get_by_text(name)).or_(page.get_by_title(name))
        )
        expect(control.first, name).to_be_visible()


def test_the_keys_are_those_of_the_sheets(site: Site, page: Page, trace_ids: tuple[str, str]) -> None:
    whole, _ = trace_ids
    paths = [
        "/search",
        *(f"/trace/{whole}?view={view}" for view in VIEWS),
        f"/trace/{whole}...{whole}",
        "/dependencies",
    ]
    found: dict[str, list[tuple[str, str]]] = {}
    for path in paths:
        page.goto(site.url + path)
        expect(page.locator("main")).to_contain_text("shop-front")
        if "view" in path:  # it comes last, and brings keys of its own
            page.locator("#view > *").first.wait_for()
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        for group, keys in sheet(page):
            rows = found.setdefault(group, [])
            rows += [row for row in keys if row not in rows]
        page.keyboard.press("Escape")
    pattern = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
    listed: list[tuple[str, ...]] = pattern.findall(section("Keyboard"))[1:]
    assert listed == [(group, keys, does) for group, those in found.items() for keys, does in those]


def sheet(page: Page) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Its groups: keys as the document writes them, and what they do."""
    for group in page.get_by_role("dialog").locator("section").all():
        keys = [
            " ".join(f"`{key}`" for key in term.locator("kbd").all_inner_texts()) for term in group.locator("dt").all()
        ]
        yield group.locator("h3").inner_text(), list(zip(keys, group.locator("dd").all_inner_texts(), strict=True))
