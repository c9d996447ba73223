"""What every page has: the way to a trace by its id, light and dark, the sheet of shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_headers import PAGES
from tests.contract.otlp import MILLISECOND, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Site, Unit
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
DOTS = """dots => Object.fromEntries(dots.map(dot => [
    dot.parentElement.querySelector("bdi")?.textContent ?? dot.nextSibling.textContent.trim(),
    JSON.stringify(["backgroundColor", "backgroundImage"].map(name => getComputedStyle(dot)[name])),
]))"""
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


LOADED = """() => performance.getEntriesByType("resource")
    .map(({ name }) => new URL(name).pathname).filter(path => path.endsWith(".js") && !path.endsWith("/theme.js"))"""
NAMED = "links => links.map(link => new URL(link.href).pathname)"


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return colour


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_the_modules_that_it_loads(site: Site, page: Page, path: str) -> None:
    """All are then loaded at once; a trace's view, which the address chooses, comes besides."""
    page.goto(site.url + path)
    expect(page.get_by_role("status").first).not_to_have_text("Loading…")
    named = page.locator("link[rel=modulepreload]").evaluate_all(NAMED)
    loaded = page.evaluate(LOADED)
    assert len(named) == len(set(named)) > 10
    assert path == "/trace/abc" or set(loaded) - set(named) == set()


def test_a_service_has_one_colour_on_all_pages(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    """Each page is another visitor's: nothing that a browser remembers makes them agree."""
    names = [f"service-{number}" for number in range(16)]
    for number, name in enumerate(names):
        called = names[(number + 1) % len(names)]
        site.put(
            service(name, make.span("calls", trace=name)),
            service(called, make.span("is called", "calls", at=MILLISECOND, trace=name)),
        )

    def colours(path: str, wait_for: str) -> dict[str, str]:
        page = open_page()
        page.goto(site.url + path)
        expect(page.get_by_text(wait_for).first).to_be_visible()
        found: dict[str, str] = page.locator(".dot").evaluate_all(DOTS)
        return {name: colour for name, colour in found.items() if name in names}

    listed = colours("/search?lookback=all", "16 traces")
    assert sorted(listed) == sorted(names)
    assert len(set(listed.values())) == len(names)
    assert not any("gradient" in colour for colour in listed.values())
    assert colours("/dependencies", "16 services") == listed
    in_trace = colours(f"/trace/{make.trace_id('service-3').hex()}", "is called")
    assert in_trace == {name: listed[name] for name in ("service-3", "service-4")}


@pytest.mark.parametrize("written", [TRACE_ID, f" {TRACE_ID.upper()} ", f"http://here/trace/{TRACE_ID}"])
def test_a_trace_id_leads_to_its_trace(site: Site, page: Page, written: str) -> None:
    page.goto(f"{site.url}/dependencies")
    page.get_by_role("searchbox", name="Trace id").fill(written)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/trace/{TRACE_ID}")


@pytest.mark.parametrize(
    ("path", "field"),
    [("/search", "Min duration"), ("/dependencies", "Service and its neighbours"), ("/search", "Trace id")],
)
def test_a_traceparent_typed_into_any_field_leads_there(site: Site, page: Page, path: str, field: str) -> None:
    page.goto(site.url + path)
    page.get_by_label(field, exact=True).press_sequentially(f"00-{TRACE_ID}-b7ad6b7169203331-0")
    assert "trace" not in page.url
    page.keyboard.type("1")
    page.wait_for_url(f"{site.url}/trace/{TRACE_ID}")


@pytest.mark.parametrize("path", PAGES)
def test_escape_leaves_a_field(site: Site, page: Page, path: str) -> None:
    page.goto(site.url + path)
    page.locator("#state").wait_for()
    page.keyboard.press("i")
    expect(page.get_by_label("Trace id")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Trace id")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_an_id_of_a_span_is_no_trace_id(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    page.locator("#state").wait_for()
    page.evaluate(PASTE, "b7ad6b7169203331")
    page.get_by_label("Tags", exact=True).press_sequentially("b7ad6b7169203331")
    expect(page.get_by_label("Tags", exact=True)).to_be_focused()
    assert "trace" not in page.url


def test_an_unknown_address_has_a_page_with_a_way_on(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/traces/<b>")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(page.locator("main")).to_contain_text("/traces/<b>")
    expect(page.locator("#state")).to_have_text("Not found")
    page.get_by_role("link", name="All traces").click()
    page.wait_for_url(f"{site.url}/search**")


def test_a_trace_that_is_not_there_has_a_page_with_a_way_on(site: Site, page: Page, make: Maker) -> None:
    page.goto(f"{site.url}/trace/no-id")
    expect(page.get_by_role("heading", name="Not a trace id")).to_be_visible()
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    absent = page.get_by_role("heading", name="Trace not found")
    expect(absent).to_be_visible()
    expect(page.get_by_role("link", name="All traces")).to_have_attribute("href", "/search")
    site.put(service("here", make.span("root")))
    expect(page.get_by_role("tree", name="Spans")).to_be_visible()
    expect(absent).to_be_hidden()


@pytest.mark.parametrize("path", [f"/trace/{TRACE_ID}", "/dependencies"])
def test_a_back_end_that_is_lost_is_asked_again(site: Site, page: Page, path: str) -> None:
    page.route("**/api/**", lambda route: route.fulfill(status=503))
    page.goto(site.url + path)
    lost = page.get_by_role("heading", name="There is no answer")
    expect(lost).to_be_visible()
    with page.expect_request("**/api/**"):
        page.get_by_role("button", name="Try now").click()
    page.unroute("**/api/**")
    expect(lost).to_be_hidden()  # it tries again by itself, too


def test_a_short_trace_id_needs_no_zeros(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    page.keyboard.press("i")
    page.keyboard.type("4f2a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/trace/4f2a")


def test_what_is_no_trace_id_is_told(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    page.get_by_role("searchbox", name="Trace id").fill("chapter2-client")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("A trace id is up to 32 hex digits")


@pytest.mark.parametrize(
    "pasted",
    [
        TRACE_ID,
        f"00-{TRACE_ID}-b7ad6b7169203331-01",
        f"http://localhost:16686/trace/{TRACE_ID}",
        f"https://jaeger.example/jaeger/trace/{TRACE_ID}/",
    ],
)
def test_a_trace_id_pasted_anywhere_goes_straight_there(site: Site, page: Page, pasted: str) -> None:
    page.goto(f"{site.url}/search")
    page.locator("#state").wait_for()
    page.evaluate(PASTE, pasted)
    page.wait_for_url(f"{site.url}/trace/{TRACE_ID}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_by_the_system_and_by_hand(site: Site, open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(scheme=scheme)
    page.goto(site.url)
    by_system = background(page)
    theme = page.get_by_role("button", name="Theme")
    expect(theme).to_have_accessible_name("Theme: as the system")
    theme.click()
    expect(theme).to_have_accessible_name("Theme: light")
    light = background(page)
    theme.click()
    expect(theme).to_have_accessible_name("Theme: dark")
    dark = background(page)
    assert light != dark
    assert by_system == {"light": light, "dark": dark}[scheme]
    page.goto(f"{site.url}/dependencies")
    assert background(page) == dark, "what was chosen stays"


@pytest.mark.parametrize("path", PAGES)
def test_the_sheet_lists_the_keys(site: Site, page: Page, path: str) -> None:
    page.goto(site.url + path)
    page.locator("#state").wait_for()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet.get_by_text("type a trace id")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_no_key_means_two_things(site: Site, page: Page, path: str) -> None:
    page.goto(site.url + path)
    page.locator("#state").wait_for()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog").locator("kbd").all_inner_texts()
    assert sorted(keys) == sorted(set(keys))


def test_two_letters_lead_to_the_other_pages(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    page.locator("#state").wait_for()
    page.keyboard.type("gs")
    page.wait_for_url(f"{site.url}/dependencies")
    page.locator("#state").wait_for()
    page.keyboard.type("gt")
    page.wait_for_url(f"{site.url}/search**")


DURATIONS = {
    0: "0 µs",
    0.25: "250 ns",
    1: "1 µs",
    1.234: "1.23 µs",
    15.4: "15 µs",
    999.4: "999 µs",
    999.9: "1.00 ms",
    1_500: "1.50 ms",
    99_960: "100 ms",
    999_600: "1.00 s",
    61_000_000: "1 min 1 s",
    1_200_000_000: "20 min",
    7_200_000_000: "2 h",
    3_661_000_000: "1 h 1 min",
}


def test_durations_are_three_digits_and_a_unit(unit: Unit) -> None:
    assert unit("format.durations", list(DURATIONS)) == list(DURATIONS.values())


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1.2s", 1_200_000),
        ("100ms", 100_000),
        ("300us", 300),
        ("300µs", 300),
        ("1m30s", 90_000_000),
        ("5", None),
        ("-1s", None),
    ],
)
def test_durations_are_read_as_jaeger_reads_them(unit: Unit, text: str, microseconds: float | None) -> None:
    assert unit("format.read", text) == microseconds
