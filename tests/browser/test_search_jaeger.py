"""The search page on a Jaeger, which has less than the embedded back end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_search import names, numbers, put_pair, put_runs, rows, type_in
from tests.contract.otlp import SECOND, service

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def as_jaeger(page: Page, *, older: bool = False) -> list[str]:
    """Let the pages take the back end for a Jaeger of version 2, or 1.76, which has no summaries, no camelCase, and
    answers what it does not know with its start page. Returns the addresses that are asked, as they come.
    """
    asked: list[str] = []

    def page_itself(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-embedded="true"', 'data-embedded="false"'))

    def api(route: Route, request: Request) -> None:
        asked.append(request.url)
        if older and "trace-summaries" in request.url:
            route.fulfill(status=200, content_type="text/html", body="<!DOCTYPE html><title>Jaeger UI</title>")
        else:
            route.continue_(url=re.sub("query[.][a-z]+[A-Z][^=]*=[^&]*&?", "", request.url) if older else request.url)

    page.route(re.compile(r"/search(\?|$)"), page_itself)
    page.route("**/api/**", api)
    return asked


def test_a_jaeger_has_no_pages_and_no_filters(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(25))
    asked = as_jaeger(page)
    page.goto(f"{site.url}/search")
    expect(names(page)).to_have_text(numbers(*range(24, 4, -1)))
    expect(page.get_by_label("Time", exact=True)).to_have_value("2d")
    older = page.get_by_role("button", name="Older")
    expect(older).to_be_disabled()
    expect(older).to_have_attribute("title", re.compile("This Jaeger has no pages"))
    page.get_by_label("Sort").select_option("Shortest first")
    expect(page.get_by_text("Only the newest 20 are sorted")).to_be_visible()
    expect(names(page)).to_have_text(numbers(*range(5, 25)))
    page.get_by_label("Sort").select_option("Newest first")
    type_in(page, "Tags", "half!=odd")
    expect(page.get_by_label("Tags", exact=True)).to_have_accessible_description(
        re.compile("It cannot look for half!=odd")
    )
    page.get_by_label("Tags", exact=True).press("ArrowDown")
    type_in(page, "Tags", "half=odd")
    page.get_by_label("Errors only").check()
    expect(names(page)).to_have_text(numbers(15, 5))
    assert not [
        url
        for url in asked
        if "query.offset" in url or "query.filter" in url or "/api/keys" in url or "query.sort" in url
    ]
    page.get_by_text("How to write tags").click()
    expect(page.get_by_text("this Jaeger does not know them")).to_be_visible()


def test_a_jaeger_is_asked_again_and_again(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    as_jaeger(page)
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(1)
    put_runs(site, make, range(1, 2))
    expect(rows(page)).to_have_count(2)


def test_a_jaeger_without_summaries_is_asked_for_traces(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    put_runs(site, make, range(4, 7))
    make.base -= SECOND
    put_pair(site, make, "orphan", parent=False)
    asked = as_jaeger(page, older=True)
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(5)
    expect(names(page)).to_have_text([*numbers(6, 5, 4), "GET"])
    pair = rows(page).nth(3)
    for text in ("chapter2-client 1", "chapter2-server 1", "2 spans", "5.00 ms"):
        expect(pair).to_contain_text(text)
    expect(rows(page).last).to_contain_text("Root span missing")
    expect(rows(page).last).to_contain_text("1 span without its parent")
    page.get_by_label("Errors only").check()
    expect(names(page)).to_have_text(numbers(5))
    expect(page.get_by_text("these are the traces with errors among the newest 20")).to_be_visible()
    page.get_by_label("Errors only").uncheck()
    page.get_by_label("Service", exact=True).select_option("runner")
    expect(rows(page)).to_have_count(3)
    type_in(page, "Min duration", "6ms")
    expect(names(page)).to_have_text(numbers(6, 5))
    page.get_by_label("Operation").select_option("run 4")
    expect(page.get_by_text("No trace fits")).to_be_visible()
    assert len([url for url in asked if "trace-summaries" in url]) == 1


def test_tags_are_asked_of_v1_where_v3_does_not_know_them(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(6))
    inner = make.span("inner", "run 5", trace="runner 5", at=5 * SECOND)
    site.put(service("helper", inner, make.span("lost", "nobody", trace="runner 5", at=5 * SECOND)))
    asked = as_jaeger(page, older=True)
    page.goto(f"{site.url}/search?tags=half%3Dodd")
    expect(page.get_by_role("alert").filter(has_text="within one service: choose one")).to_be_visible()
    page.get_by_label("Service", exact=True).select_option("runner")
    expect(names(page)).to_have_text(numbers(5, 3, 1))
    for text in ("helper 2", "runner 1", "3 spans", "1 error", "1 span without its parent"):
        expect(rows(page).first).to_contain_text(text)
    assert [url for url in asked if "/api/traces?" in url]


def test_a_jaeger_that_demands_a_service_gets_one(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    put_runs(site, make, range(2))
    as_jaeger(page)

    def demand(route: Route, request: Request) -> None:
        if "query.serviceName=" in request.url:
            route.fallback()
        else:
            fault = {"error": {"httpCode": 500, "message": "service name must be set"}}
            route.fulfill(status=500, json=fault)

    page.route("**/api/v3/trace-summaries*", demand)
    page.goto(f"{site.url}/search")
    expect(names(page)).to_have_text(["GET"])
    select = page.get_by_label("Service", exact=True)
    expect(select).to_have_value("chapter2-client")
    expect(select.locator("option").first).to_be_disabled()
    select.select_option("runner")
    expect(rows(page)).to_have_count(2)
