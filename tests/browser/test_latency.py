"""Latency by operation, on the services page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests.browser.test_accessibility import check
from tests.browser.test_dependencies import width_beyond
from tests.browser.test_transfer import jaeger  # noqa: F401 - a fixture
from tests.contract.otlp import MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site, Unit
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

SERVER, INTERNAL = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_INTERNAL


def put(site: Site, make: Maker) -> None:
    """Of a shop two operations that are called, over ten minutes, and one that is not; of a cellar one that is not."""
    spans = [
        make.span(
            f"{name} {number}",
            trace=f"{name} {number}",
            at=-60 * number * SECOND,
            lasts=lasts * MILLISECOND,
            name=name,
            kind=kind,
            status=error() if name == "GET /slow" and number == 5 else None,
        )
        for name, lasts, kind in (("GET /slow", 200, SERVER), ("GET /fast", 2, SERVER), ("work", 1, INTERNAL))
        for number in range(10)
    ]
    site.put(service("shop", *spans), service("cellar", make.span("dig", trace="dig")))


def part(page: Page) -> Locator:
    return page.get_by_role("region", name="Latency by operation")


def names(page: Page) -> Locator:
    return part(page).locator("tbody tr:not(.gap) td:first-child")


def test_the_numbers_of_services_lead_to_those_of_operations(site: Site, page: Page, make: Maker) -> None:
    put(site, make)
    page.goto(f"{site.url}/dependencies")
    expect(names(page)).to_have_text(["shop"])
    part(page).get_by_label("All kinds of spans").check()
    expect(names(page)).to_have_text(["shop", "cellar"])
    page.wait_for_url("**/dependencies?kinds=all")
    names(page).first.click()
    expect(names(page)).to_have_text(["GET /slow", "GET /fast", "work"])
    part(page).get_by_label("All kinds of spans").uncheck()
    expect(names(page)).to_have_text(["GET /slow", "GET /fast"])
    row = part(page).get_by_role("row").filter(has_text="GET /slow")
    expect(row).to_have_text(re.compile(r"GET /slowserver1(\.\d+)?/min✗ 10 %200 ms200 ms200 ms"))
    page.go_back()
    page.go_back()
    expect(names(page)).to_have_text(["shop", "cellar"])


def test_an_operation_and_a_point_in_time_lead_to_their_traces(site: Site, page: Page, make: Maker) -> None:
    put(site, make)
    page.goto(f"{site.url}/dependencies?latencyOf=shop")
    row = part(page).get_by_role("row").filter(has_text="GET /slow")
    row.get_by_role("cell", name="server").or_(row.get_by_role("gridcell", name="server")).first.click()
    expect(part(page).locator(".latency-told")).to_contain_text("The charts show GET /slow")
    page.wait_for_url("**/dependencies?latencyOf=shop&operation=GET+%2Fslow")
    href = row.get_by_role("link").get_attribute("href") or ""
    assert parse_qs(urlsplit(href).query) == {"service": ["shop"], "operation": ["GET /slow"], "lookback": ["all"]}

    failed = part(page).get_by_role("link", name=re.compile("^Errors"))
    failed.focus()
    for _ in range(5):
        failed.press("ArrowLeft")
    expect(part(page).locator(".chart-told").last).to_contain_text("100 %, 1 error")
    failed.press("Enter")
    page.wait_for_url("**/search?*errors=true*")
    expect(page.locator("a[href^='/trace/']")).to_have_count(1)

    page.go_back()
    slow = part(page).get_by_role("link", name=re.compile("^Latency"))
    expect(slow).to_have_attribute("href", re.compile("minDuration=198000us"))
    slow.hover(position={"x": 1, "y": 20})
    expect(part(page).locator(".chart-told").first).to_contain_text("200 ms · 200 ms · 200 ms")
    slow.click(position={"x": 1, "y": 20})
    page.wait_for_url("**/search?*minDuration=*")
    expect(page.locator("a[href^='/trace/']")).to_have_count(1)


def test_a_service_that_is_chosen_in_the_graph_is_measured(site: Site, page: Page, make: Maker) -> None:
    put(site, make)
    page.goto(f"{site.url}/dependencies")
    page.locator(".node").filter(has_text="cellar").click()
    expect(part(page).get_by_label("Service", exact=True)).to_have_value("cellar")
    expect(part(page).locator(".latency-told")).to_contain_text("No requests and messages received at any time")
    part(page).get_by_role("button", name="Show all kinds of spans").click()
    expect(names(page)).to_have_text(["dig"])
    site.put(service("cellar", make.span("find", trace="find")))
    expect(names(page)).to_have_count(2)


def test_in_front_of_a_jaeger_it_says_why_there_is_none(jaeger: Site, page: Page, make: Maker) -> None:  # noqa: F811
    put(jaeger, make)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{jaeger.url}/dependencies")
    expect(part(page)).to_contain_text("Only the embedded back end measures")
    expect(part(page).get_by_label("Service", exact=True)).to_be_disabled()
    assert not [url for url in asked if "/api/metrics" in url]
    expect(page.locator(".node")).to_have_count(2)


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_it_fits_and_is_accessible(site: Site, open_page: Callable[..., Page], make: Maker, width: int) -> None:
    page = open_page(width, 900)
    put(site, make)
    page.goto(f"{site.url}/dependencies?latencyOf=shop&kinds=all")
    expect(names(page)).to_have_count(3)
    cut = "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"
    assert page.locator("td.number, th").evaluate_all(cut) == []
    assert width_beyond(page) <= 0
    check(page)


def test_rates_are_told_in_a_unit_that_fits(unit: Unit) -> None:
    given = [[0, 1000], [1, 1000], [1234, 1000], [1, 60_000], [1, 7_200_000], [45, 60_000]]
    assert unit("latency.rates", given) == ["0", "1/s", "1,234/s", "1/min", "0.5/h", "0.75/s"]


def test_ticks_are_round_and_reach_the_greatest(unit: Unit) -> None:
    assert unit("latency.ticks", [0, 0.3, 7, 30, 31, 100]) == [
        [0, 1],
        [0, 0.1, 0.2, 0.3],
        [0, 5, 10],
        [0, 10, 20, 30],
        [0, 20, 40],
        [0, 50, 100],
    ]


def test_a_line_has_gaps_and_dots(unit: Unit) -> None:
    assert unit("latency.paths", [0, 1, None, 0.5, None])["line"] == "M10 100L30 0M70 50h0.01"
    assert unit("latency.paths", [0, 1])["bars"] == "M55 100V0H95V100Z"
