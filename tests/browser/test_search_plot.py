"""The scatter plot of the search page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_search import names, numbers, parameters, put_runs, rows, without_trace_page
from tests.contract.otlp import MILLISECOND, SECOND, service

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def marks(page: Page) -> Locator:
    return page.locator("#plot .mark")


def test_the_plot_tells_and_opens(site: Site, page: Page, make: Maker) -> None:
    without_trace_page(page)
    put_runs(site, make, range(4))
    page.goto(f"{site.url}/search")
    expect(marks(page)).to_have_count(4)
    expect(page.locator("#plot rect.mark.failed")).to_have_count(1)
    plot = page.get_by_role("img", name=re.compile("Scatter plot of 4 traces .* 1 with errors"))
    expect(plot).to_be_visible()
    expect(plot.locator("text").first).to_have_text("0 µs")
    places = [box["x"] for mark in page.locator("#plot circle.mark").all() if (box := mark.bounding_box())]
    assert len(set(places)) == 3
    last = (
        page.locator("#plot circle.mark").last if places[-1] == max(places) else page.locator("#plot circle.mark").first
    )
    last.hover()
    for text in ("runner: run 3", "4.00 ms", "1 span"):
        expect(page.locator("#plot .tip")).to_contain_text(text)
    last.click()
    page.wait_for_url(f"{site.url}/trace/{make.trace_id('runner 3').hex()}")


def test_dragging_in_the_plot_chooses_a_range_of_time(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(10), every=SECOND)
    page.goto(f"{site.url}/search")
    expect(marks(page)).to_have_count(10)
    expect(rows(page)).to_have_count(10)
    places = sorted(
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for mark in marks(page).all()
        if (box := mark.bounding_box())
    )
    step, y = places[1][0] - places[0][0], places[0][1]
    page.mouse.move(places[2][0] - step / 2, y)
    page.mouse.down()
    page.mouse.move(places[5][0] + step / 2, y, steps=3)
    expect(page.locator("#plot .selection")).to_be_visible()
    page.mouse.up()
    expect(names(page)).to_have_text(numbers(5, 4, 3, 2))
    given = parameters(page)
    assert given["lookback"] == "custom"
    assert int(given["end"]) - int(given["start"]) == pytest.approx(4_000_000, rel=0.05)
    expect(page.get_by_label("From")).to_be_visible()
    page.go_back()
    expect(rows(page)).to_have_count(10)


def test_a_drag_is_given_up_with_escape(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(3))
    page.goto(f"{site.url}/search")
    expect(marks(page)).to_have_count(3)
    before = page.url
    box = page.get_by_role("img", name="Scatter plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 20, steps=3)
    expect(page.locator("#plot .selection")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("#plot .selection")).to_be_hidden()
    assert page.url == before


def test_a_logarithmic_scale_tells_short_ones_apart(site: Site, page: Page, make: Maker) -> None:
    for number, lasts in enumerate((MILLISECOND, 10 * MILLISECOND, 900 * SECOND)):
        site.put(service("runner", make.span(f"run {number}", trace=str(number), at=number * SECOND, lasts=lasts)))
    page.goto(f"{site.url}/search")
    expect(marks(page)).to_have_count(3)

    def heights() -> list[float]:
        return sorted(box["y"] for mark in marks(page).all() if (box := mark.bounding_box()))

    assert heights()[2] - heights()[1] < 1
    page.get_by_label("Logarithmic").check()
    assert heights()[2] - heights()[1] > 20
    axis = page.locator("#plot .axes text").all_text_contents()
    assert [label for label in axis if ":" not in label] == [
        "1 ms",
        "10 ms",
        "100 ms",
        "1 s",
        "10 s",
        "100 s",
        "1000 s",
    ]


def test_many_traces_are_all_there(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1510), every=MILLISECOND)
    page.goto(f"{site.url}/search?limit=1500")
    expect(rows(page)).to_have_count(1500, timeout=20_000)
    expect(marks(page)).to_have_count(1500)
    expect(names(page).last).to_have_text("run 10")
