"""The pages in a browser: what a person sees and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.otlp import MILLISECOND, SECOND, error, event, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


def put_pair(site: Site, make: Maker, trace: str = "", *, parent: bool = True) -> str:
    """What client and server send, the server first; its trace id."""
    inner = make.span("server", "client", trace=trace, at=MILLISECOND, lasts=2 * MILLISECOND, name="GET /")
    site.put(service("chapter2-server", inner))
    if parent:
        site.put(service("chapter2-client", make.span("client", trace=trace, lasts=5 * MILLISECOND, name="GET")))
    return make.trace_id(trace).hex()


def wait_for(page: Page, text: str) -> Locator:
    found = page.get_by_text(text).first
    found.wait_for()
    return found


def width_beyond(page: Page) -> int:
    """Pixels by which a page has to be scrolled sideways."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


def test_without_traces_the_page_says_what_to_run(site: Site, page: Page) -> None:
    page.goto(site.url)
    wait_for(page, "No traces yet")
    assert page.locator("code").all_inner_texts() == ["make server", "make client"]


def test_traces_appear_while_one_looks(site: Site, page: Page, make: Maker) -> None:
    page.goto(site.url)
    wait_for(page, "No traces yet")
    put_pair(site, make)
    row = page.locator("#traces li")
    row.wait_for()
    assert not page.get_by_text("No traces yet").is_visible()
    shown = row.inner_text()
    assert all(text in shown for text in ["GET", "chapter2-client", "chapter2-server", "2 spans", "5.00 ms"])
    make.base += SECOND
    put_pair(site, make, "next", parent=False)
    wait_for(page, "1 parent missing")
    assert "1 parent missing" in page.locator("#traces li").first.inner_text()


def test_a_trace_opens_by_keyboard_and_tells_of_its_spans(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(site.url)
    page.locator("#traces a").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/trace/{make.trace_id().hex()}")
    rows = page.locator("#spans button.row")
    rows.first.wait_for()
    assert [text.split("\n")[0] for text in rows.all_inner_texts()] == ["chapter2-client GET", "chapter2-server GET /"]
    indents = [
        row.locator(".name").evaluate("name => parseFloat(getComputedStyle(name).paddingLeft)") for row in rows.all()
    ]
    assert indents[0] < indents[1]
    bars = [row.locator(".bar").bounding_box() for row in rows.all()]
    assert bars[0]
    assert bars[1]
    assert bars[0]["x"] < bars[1]["x"]
    assert 0.35 < bars[1]["width"] / bars[0]["width"] < 0.45
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    detail = page.locator(".detail")
    detail.wait_for()
    assert "span.kind\ninternal" in detail.inner_text()
    assert rows.nth(1).get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert detail.count() == 0


def test_a_missing_parent_is_explained_until_it_arrives(site: Site, page: Page, make: Maker) -> None:
    trace_id = put_pair(site, make, parent=False)
    page.goto(f"{site.url}/trace/{trace_id}")
    wait_for(page, "A parent span is missing")
    assert "is the child of a span that is not here" in page.locator("#notices").inner_text()
    wait_for(page, "Waiting for missing spans")
    page.locator("button.row").click()
    site.put(service("chapter2-client", make.span("client", lasts=5 * MILLISECOND, name="GET")))
    page.locator("#spans li").nth(1).wait_for()
    assert page.locator("#notices").inner_text() == ""
    assert page.locator(".detail").count() == 1, "what was open stays open"


def test_a_trace_that_has_not_arrived_is_waited_for(site: Site, page: Page, make: Maker) -> None:
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    wait_for(page, "This trace has not arrived")
    put_pair(site, make)
    wait_for(page, "chapter2-client")


def test_what_is_no_trace_id_is_told(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/trace/xyz")
    wait_for(page, 'parsing "xyz": invalid syntax')


def test_names_and_attributes_stay_texts(site: Site, page: Page, make: Maker) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    events = [event(evil, make.base, {evil: evil})]
    site.put(service(evil, make.span(evil, attributes={evil: evil}, status=error(evil), events=events)))
    page.on("dialog", lambda _: pytest.fail("a script ran"))
    for address in (site.url, f"{site.url}/trace/{make.trace_id().hex()}"):
        page.goto(address)
        wait_for(page, evil)
    page.locator("button.row").click()
    assert page.locator(".detail").inner_text().count(evil) >= 4
    assert page.locator("main img, main script").count() == 0


def test_a_hidden_page_asks_nothing(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(site.url)
    page.locator("#traces li").wait_for()
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, arg=True)
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []
    page.evaluate(hide, arg=False)
    page.wait_for_timeout(1000)
    assert asked != []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_dark(
    site: Site, open_page: Callable[..., Page], make: Maker, scheme: str
) -> None:
    page = open_page(360, 700, scheme)
    names = ["a very long name of an operation without any end " * 3, "x" * 200]
    site.put(service("s" * 100, *(make.span(name, attributes={"k" * 90: "v" * 300}) for name in names)))
    page.goto(site.url)
    page.locator("#traces li").wait_for()
    assert width_beyond(page) <= 0
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 251, 250)"
    assert light == (scheme == "light")
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    page.locator("button.row").first.click()
    assert width_beyond(page) <= 0


def test_a_trace_of_ten_thousand_spans_opens(site: Site, page: Page, make: Maker) -> None:
    spans = [make.span(f"{number}", "0" if number else "", at=number) for number in range(10_000)]
    for at in range(0, len(spans), 1000):
        site.put(service("large", *spans[at : at + 1000]))
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    page.locator("#spans li").first.wait_for()
    assert page.locator("#spans li").count() == 10_000


def test_a_backend_that_went_away_is_told(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(site.url)
    page.locator("#traces li").wait_for()
    page.route("**/api/**", lambda route: route.fulfill(status=503))
    wait_for(page, "The backend does not answer")
    page.unroute("**/api/**")
    wait_for(page, "Live")
