"""The search page: what is asked, what is found, and how it stays so."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.contract.otlp import MILLISECOND, SECOND, error, event, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Attributes

pytestmark = pytest.mark.browser

MINUTE = 60 * SECOND
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def put_pair(site: Site, make: Maker, trace: str = "", *, parent: bool = True) -> str:
    """What client and server send, the server first; its trace id."""
    inner = make.span("server", "client", trace=trace, at=MILLISECOND, lasts=2 * MILLISECOND, name="GET /")
    site.put(service("chapter2-server", inner))
    if parent:
        site.put(service("chapter2-client", make.span("client", trace=trace, lasts=5 * MILLISECOND, name="GET")))
    return make.trace_id(trace).hex()


def put_runs(site: Site, make: Maker, numbers: range, *, every: int = SECOND, of: str = "runner") -> None:
    """Traces of one span each; the higher its number the later and longer a run, and every fifth failed."""
    runs = [
        make.span(
            f"run {number}",
            trace=f"{of} {number}",
            at=number * every,
            lasts=(number + 1) * MILLISECOND,
            attributes={"number": number, "half": "even" if number % 2 == 0 else "odd"},
            status=None if number % 5 else error(),
        )
        for number in numbers
    ]
    site.put(service(of, *runs))


def rows(page: Page) -> Locator:
    return page.locator("#traces > li")


def names(page: Page) -> Locator:
    return page.locator("#traces .operation")


def numbers(*of: int) -> list[str]:
    return [f"run {number}" for number in of]


def state(page: Page) -> Locator:
    return page.locator("#state")


def parameters(page: Page) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(urlsplit(page.url).query).items()}


def without_trace_page(page: Page) -> None:
    """Let the pages of traces be empty: these tests only want to get there."""
    page.route("**/trace/*", lambda route: route.fulfill(content_type="text/html", body="<title>Trace</title>"))


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")


def width_beyond(page: Page) -> int:
    """Pixels by which a page has to be scrolled sideways."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


# What arrives


def test_traces_appear_while_one_looks(site: Site, page: Page, make: Maker) -> None:
    page.goto(site.url)
    expect(page.get_by_text("No traces yet")).to_be_visible()
    put_pair(site, make)
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("No traces yet")).to_be_hidden()
    for text in ("chapter2-client", "GET", "chapter2-server 1", "2 spans", "5.00 ms"):
        expect(rows(page)).to_contain_text(text)
    expect(state(page)).to_have_text("Live")
    make.base += SECOND
    put_pair(site, make, "next", parent=False)
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("Root span missing")
    expect(rows(page).first).to_contain_text("1 span without its parent")
    expect(page.get_by_label("Service", exact=True).locator("option")).to_have_text(
        ["All services", "chapter2-client", "chapter2-server"]
    )


def test_a_row_grows_with_its_trace_and_keeps_the_focus(site: Site, page: Page, make: Maker) -> None:
    trace_id = put_pair(site, make, parent=False)
    page.goto(f"{site.url}/search")
    link = page.locator(f"#traces a[href='/trace/{trace_id}']")
    link.focus()
    site.put(service("chapter2-client", make.span("client", lasts=5 * MILLISECOND, name="GET", status=error())))
    expect(link).to_contain_text("1 error")
    expect(link).not_to_contain_text("missing")
    make.base += SECOND
    put_pair(site, make, "next")
    expect(page.get_by_role("button", name="↑ 1 new")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(link).to_be_focused()
    page.get_by_label("Tags", exact=True).focus()
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#news")).to_be_hidden()


def test_the_list_holds_still_under_the_pointer(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(2))
    page.goto(f"{site.url}/search")
    expect(names(page)).to_have_text(numbers(1, 0))
    names(page).first.hover()
    put_runs(site, make, range(2, 14))
    news = page.get_by_role("button", name="↑ 12 new")
    expect(news).to_be_visible()
    expect(names(page)).to_have_text(numbers(1, 0))
    news.click()
    expect(rows(page)).to_have_count(14)
    names(page).first.hover()
    put_runs(site, make, range(14, 15))
    expect(page.get_by_role("button", name="↑ 1 new")).to_be_visible()
    page.locator("#count").hover()
    expect(rows(page)).to_have_count(15)


def test_a_list_that_is_scrolled_holds_still(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(20))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(20)
    page.evaluate("scrollTo(0, 300)")
    put_runs(site, make, range(20, 22))
    news = page.get_by_role("button", name="↑ 2 new")
    expect(news).to_be_in_viewport()
    expect(names(page).first).to_have_text("run 19")
    page.evaluate("scrollTo(0, 0)")
    expect(names(page).first).to_have_text("run 21")


def test_a_row_says_what_was_asked_and_what_failed(site: Site, page: Page, make: Maker) -> None:
    asked: Attributes = {"http.request.method": "GET", "url.path": "/articles/7", "http.response.status_code": 502}
    site.put(
        service("front", make.span("front", name="GET /articles/{id}", attributes=asked, status=error())),
        service("stock", make.span("stock", "front", at=MILLISECOND, name="count", status=error("no <b>link</b>"))),
    )
    page.goto(f"{site.url}/search")
    row = rows(page).first
    for text in ("GET /articles/{id}", "/articles/7", "502", "2 errors", "✗ stock: no <b>link</b>", "min ago"):
        expect(row).to_contain_text(text)
    expect(row.locator("time")).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\dT"))
    strokes = row.locator("svg path").evaluate_all("paths => paths.map(path => getComputedStyle(path).stroke)")
    dots = row.locator(".services .dot").evaluate_all("dots => dots.map(dot => getComputedStyle(dot).backgroundColor)")
    assert sorted(strokes) == sorted(dots)


def test_a_held_list_says_what_waits(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(2))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("p")
    expect(state(page)).to_have_text("Paused")
    put_runs(site, make, range(2, 5))
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_have_text("Resume · 3 new")
    site.put(service("late", make.span("late", "run 1", trace="runner 1", at=SECOND)))
    expect(resume).to_have_text("Resume · 3 new · 1 changed")
    expect(names(page)).to_have_text(numbers(1, 0))
    resume.click()
    expect(names(page)).to_have_text(numbers(4, 3, 2, 1, 0))
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "false")
    expect(state(page)).to_have_text("Live")


def test_a_hidden_page_asks_nothing(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(f"{site.url}/search?lookback=5m")
    expect(rows(page)).to_have_count(1)
    page.evaluate(HIDE, arg=True)
    page.wait_for_timeout(1000)  # for what is under way
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    put_pair(site, make, "next")
    page.wait_for_timeout(1500)
    assert asked == []
    page.evaluate(HIDE, arg=False)
    expect(rows(page)).to_have_count(2)


def test_all_pages_of_a_browser_share_one_stream(site: Site, page: Page, make: Maker) -> None:
    """A browser has six connections to a host: with a stream for each page, the seventh page would not load."""
    streams: list[str] = []
    page.context.on("request", lambda request: streams.append(request.url) if "/api/live" in request.url else None)
    put_pair(site, make)
    pages = [page, *(page.context.new_page() for _ in range(7))]
    for each in pages:
        each.goto(f"{site.url}/search")
        expect(rows(each)).to_have_count(1)
    assert len(streams) == 1
    put_pair(site, make, "second")
    for each in pages:
        expect(rows(each)).to_have_count(2)
    page.close()  # it had the stream
    put_pair(site, make, "third")
    for each in pages[1:]:
        expect(rows(each)).to_have_count(3)
    assert len(streams) == 2


def test_a_backend_that_went_away_is_told(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(1)
    page.route("**/api/**", lambda route: route.fulfill(status=503))
    put_pair(site, make, "another")
    expect(state(page)).to_have_text("The back end answers with status 503; trying again")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Limit").select_option("50")
    expect(page.get_by_role("heading", name="There is no answer")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    with page.expect_request("**/api/**"):
        page.get_by_role("button", name="Try now").click()
    page.unroute("**/api/**")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_role("heading", name="There is no answer")).to_be_hidden()
    expect(state(page)).to_have_text("Live")


def test_what_the_back_end_refuses_is_told_in_its_words(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(2))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(2)
    type_in(page, "Tags", " ".join(f"k{number}!=v" for number in range(40)))
    expect(page.get_by_role("alert").filter(has_text="more than 32 are given")).to_be_visible()
    expect(state(page)).to_have_text("The search was refused")
    expect(rows(page)).to_have_count(0)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("alert").filter(has_text="filters")).to_be_hidden()
    expect(state(page)).to_have_text("Live")


# What is asked


def test_service_and_operation_are_chosen_and_the_back_button_leads_back(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    put_runs(site, make, range(3))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("Operation")).to_be_disabled()
    page.get_by_label("Service", exact=True).select_option("runner")
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Operation").select_option("run 1")
    expect(names(page)).to_have_text(numbers(1))
    assert parameters(page) == {"service": "runner", "operation": "run 1", "lookback": "all", "limit": "20"}
    page.reload()
    expect(names(page)).to_have_text(numbers(1))
    expect(page.get_by_label("Operation")).to_have_value("run 1")
    page.go_back()
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_label("Operation")).to_have_value("")
    page.go_back()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("Service", exact=True)).to_have_value("")
    page.go_forward()
    expect(rows(page)).to_have_count(3)
    page.get_by_label("Service", exact=True).select_option("chapter2-client")
    expect(names(page)).to_have_text(["GET"])


def test_tags_durations_and_errors_narrow_the_search(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(10))
    spoken: Attributes = {"said": 'a "b" c', "route": "/users/7"}
    site.put(service("talker", make.span("talk", trace="talk", at=-SECOND, attributes=spoken)))
    page.goto(f"{site.url}/search")
    for tags, found in {
        "number=3": numbers(3),
        "half!=odd number!=0": numbers(8, 6, 4, 2),
        r'said="a \"b\" c"': ["talk"],
        "route=/users/*": ["talk"],
        "operation=run* half=odd": numbers(9, 7, 5, 3, 1),
        "service!=runner": ["talk"],
        "error=true": numbers(5, 0),
        "number>=8": numbers(9, 8),
        "duration<2.5ms half~EV": numbers(0),
        '"RUN 4"': numbers(4),
        "users": ["talk"],
    }.items():
        type_in(page, "Tags", tags)
        expect(names(page)).to_have_text(found)
    page.get_by_role("button", name="Reset").click()
    expect(rows(page)).to_have_count(11)
    type_in(page, "Min duration", "4ms")
    type_in(page, "Max duration", "0.006 s")
    expect(names(page)).to_have_text(numbers(5, 4, 3))
    page.get_by_label("Errors only").check()
    expect(names(page)).to_have_text(numbers(5))
    assert parameters(page) == {
        "minDuration": "4ms", "maxDuration": "0.006s", "errors": "true", "lookback": "all", "limit": "20"
    }  # fmt: skip
    page.reload()
    expect(names(page)).to_have_text(numbers(5))
    expect(page.get_by_label("Errors only")).to_be_checked()


NO_DURATION = "Write a number and a unit: 100ms, 1.2s, 2m"
NO_TAGS = 'Not understood: {}. Write key=value, a word, or "a text with blanks"'
FAULTS = [
    ("Min duration", "5", NO_DURATION),
    ("Max duration", "soon", NO_DURATION),
    ("Max duration", "1us", "This is less than the minimum"),
    ("Tags", 'name="open', NO_TAGS.format('name="open')),
    ("Tags", "=v", NO_TAGS.format("=v")),
    ("Tags", '{"k":', 'Not understood: expected JSON such as {"key":"value"}'),
]


def test_what_cannot_be_asked_is_said_at_the_field(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    start = f"{site.url}/search?minDuration=2us&lookback=all&limit=20"
    page.goto(start)
    expect(rows(page)).to_have_count(1)
    for label, text, fault in FAULTS:
        field = page.get_by_label(label, exact=True)
        before = field.input_value()
        type_in(page, label, text)
        expect(field).to_have_accessible_description(fault)
        expect(field).to_have_attribute("aria-invalid", "true")
        assert page.url == start
        type_in(page, label, before)
        expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(rows(page)).to_have_count(1)


def test_a_faulty_address_asks_nothing(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/search?tags=k%3D%22")
    expect(page.get_by_label("Tags", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(state(page)).to_have_text("Nothing asked")
    assert not [url for url in asked if "trace-summaries" in url]


def test_the_look_back_is_chosen_and_widened(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    make.base -= 60 * MINUTE
    put_runs(site, make, range(1), of="older")
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Time", exact=True).select_option("5m")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Service", exact=True).select_option("older")
    expect(page.get_by_text("There are traces, but none in the last 5 minutes fits")).to_be_visible()
    page.get_by_role("button", name="Search all time").click()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Time", exact=True)).to_have_value("all")
    type_in(page, "Tags", "no=such")
    page.get_by_role("button", name="Reset the search").click()
    expect(rows(page)).to_have_count(2)


def test_the_look_back_moves_with_time(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(1))
    page.clock.install(time=time.time())
    page.goto(f"{site.url}/search?lookback=5m")
    expect(rows(page)).to_have_count(1)
    page.clock.fast_forward("04:30")
    expect(page.get_by_text("No traces in the last 5 minutes")).to_be_visible()


def test_a_range_of_time_is_typed_and_is_not_live(site: Site, page: Page, make: Maker) -> None:
    make.base = int(time.time() - 600) * SECOND
    put_runs(site, make, range(5), every=10 * SECOND)
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(5)
    page.get_by_label("Time", exact=True).select_option("custom")
    begin, end = (
        page.evaluate(
            "at => new Date(at - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 19)",
            make.base // MILLISECOND + seconds * 1000,
        )
        for seconds in (10, 30)
    )
    page.get_by_label("From").fill(begin)
    type_in(page, "To", end)
    expect(names(page)).to_have_text(numbers(3, 2, 1))
    expect(state(page)).to_have_text("Not live: a range in the past")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    given = parameters(page)
    assert (int(given["start"]), int(given["end"])) == tuple(make.base // 1000 + at * 1_000_000 for at in (10, 30))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    put_runs(site, make, range(5, 8))
    page.wait_for_timeout(1200)
    assert asked == []
    page.get_by_label("From").fill(end)
    type_in(page, "To", begin)
    expect(page.get_by_label("To", exact=True)).to_have_accessible_description("This is before the begin")


def test_pages_lead_to_older_traces_and_stay_where_they_are(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(45))
    page.goto(f"{site.url}/search")
    expect(names(page)).to_have_text(numbers(*range(44, 24, -1)))
    expect(page.get_by_role("heading", name="Newest 20 of 45 traces")).to_be_visible()
    expect(page.get_by_role("button", name="Newer")).to_be_disabled()
    put_runs(site, make, range(45, 46))
    expect(names(page).first).to_have_text("run 45")
    page.keyboard.press("p")
    put_runs(site, make, range(46, 47))
    expect(page.get_by_role("button", name="Resume · 1 new")).to_be_visible()
    page.get_by_role("button", name="Older").click()
    expect(names(page)).to_have_text(numbers(*range(25, 5, -1)))
    expect(page.get_by_role("heading", name="Traces 21 to 40 of 46")).to_be_visible()
    expect(state(page)).to_have_text("Not live beyond the first page")
    page.keyboard.press("o")
    expect(names(page)).to_have_text(numbers(*range(5, -1, -1)))
    expect(page.get_by_role("button", name="Older")).to_be_disabled()
    page.reload()
    expect(names(page)).to_have_text(numbers(*range(5, -1, -1)))
    page.go_back()
    expect(names(page)).to_have_text(numbers(*range(25, 5, -1)))
    page.get_by_role("button", name="Newer").click()
    expect(names(page).first).to_have_text("run 46")
    expect(state(page)).to_have_text("Live")


def test_the_order_is_chosen(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(3))
    site.put(service("runner", make.span("child", "run 1", trace="runner 1", at=SECOND, lasts=1)))
    page.goto(f"{site.url}/search")
    sort = page.get_by_label("Sort")
    for order, found in {
        "Longest first": (2, 1, 0),
        "Shortest first": (0, 1, 2),
        "Most spans": (1, 2, 0),
        "Least spans": (2, 0, 1),
        "Newest first": (2, 1, 0),
    }.items():
        sort.select_option(order)
        expect(names(page)).to_have_text(numbers(*found))
    sort.select_option("Shortest first")
    page.reload()
    expect(names(page)).to_have_text(numbers(0, 1, 2))
    put_runs(site, make, range(3, 4))
    expect(names(page)).to_have_text(numbers(0, 1, 2, 3))
    widths = [row.locator(".bar span").evaluate("bar => bar.getBoundingClientRect().width") for row in rows(page).all()]
    assert [round(width / widths[-1], 1) for width in widths] == [0.2, 0.5, 0.8, 1.0]


def test_the_order_is_that_of_all_traces(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(25))
    page.goto(f"{site.url}/search")
    expect(page.get_by_role("heading", name="Newest 20 of 25 traces")).to_be_visible()
    page.get_by_label("Sort").select_option("Shortest first")
    expect(names(page)).to_have_text(numbers(*range(20)))
    expect(page.get_by_role("heading", name="Shortest 20 of 25 traces")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(names(page)).to_have_text(numbers(*range(20, 25)))
    expect(page.get_by_role("heading", name="Traces 21 to 25 of 25")).to_be_visible()
    page.get_by_role("button", name="Before").click()
    expect(names(page).first).to_have_text("run 0")
    type_in(page, "Tags", "half=odd")
    expect(names(page)).to_have_text(numbers(*range(1, 25, 2)))


def test_what_excludes_all_traces_is_told_and_dropped(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(4))
    page.goto(f"{site.url}/search?service=runner&tags=half%3Deven+nunber%3C2&minDuration=1us")
    expect(page.get_by_role("heading", name="No trace fits")).to_be_visible()
    conditions = page.get_by_role("list", name="Conditions").get_by_role("listitem")
    expect(conditions).to_have_count(4)
    expect(conditions.filter(has_text="Service runner")).to_contain_text("without it, none fits either")
    wrong = conditions.filter(has_text="nunber<2")
    expect(wrong).to_contain_text("without it, 2 traces fit")
    expect(wrong).to_contain_text("No span has this key. Did you mean:")
    wrong.get_by_role("button", name="number", exact=True).click()
    expect(names(page)).to_have_text(numbers(0))
    expect(page.get_by_label("Tags", exact=True)).to_have_value("half=even number<2")
    type_in(page, "Tags", "half=odd number<1")
    conditions.get_by_role("button", name="Drop number<1").click()
    expect(names(page)).to_have_text(numbers(3, 1))
    expect(page.get_by_label("Tags", exact=True)).to_have_value("half=odd")


# What one does with them


def test_the_list_is_walked_and_opened_by_keyboard(site: Site, page: Page, make: Maker) -> None:
    without_trace_page(page)
    put_runs(site, make, range(3))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(3)
    links = page.locator("#traces a")
    for key, place in (("j", 0), ("j", 1), ("ArrowDown", 2), ("j", 2), ("k", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Tags", exact=True)).to_be_focused()
    page.keyboard.type("number=1")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(numbers(1))
    links.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/trace/{make.trace_id('runner 1').hex()}")
    page.go_back()
    expect(names(page)).to_have_text(numbers(1))
    expect(links.first).to_be_focused()


def test_who_comes_back_finds_the_list_where_it_was(site: Site, page: Page, make: Maker) -> None:
    without_trace_page(page)
    put_runs(site, make, range(100))
    page.goto(f"{site.url}/search?limit=200")
    expect(rows(page)).to_have_count(100)
    link = page.locator("#traces a", has_text="run 20")
    link.click()
    page.wait_for_url("**/trace/*")
    page.go_back()
    expect(rows(page)).to_have_count(100)
    expect(link).to_be_in_viewport()


def test_two_traces_are_chosen_to_compare(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(3))
    page.goto(f"{site.url}/search")
    page.get_by_role("checkbox", name="Compare runner: run 0").check()
    compare = page.get_by_role("region", name="Compare")
    expect(compare).to_contain_text("choose another one")
    page.get_by_role("checkbox", name="Compare runner: run 1").check()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name="Compare runner: run 0")).not_to_be_checked()
    type_in(page, "Tags", "number=2")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Compare runner: run 2")).to_be_checked()
    one, other = (make.trace_id(f"runner {number}").hex() for number in (1, 2))
    link = compare.get_by_role("link", name="Compare")
    expect(link).to_have_attribute("href", f"/trace/{one}...{other}")
    compare.get_by_role("button", name="Clear").click()
    expect(compare).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Compare runner: run 2")).not_to_be_checked()


def test_a_trace_id_typed_into_any_field_leads_there(site: Site, page: Page, make: Maker) -> None:
    without_trace_page(page)
    trace_id = put_pair(site, make)
    page.goto(f"{site.url}/search")
    page.get_by_label("Tags", exact=True).press_sequentially(trace_id.upper())
    page.wait_for_url(f"{site.url}/trace/{trace_id}")


# What is offered while one types


def test_keys_and_values_are_offered(site: Site, page: Page, make: Maker) -> None:
    put_runs(site, make, range(3))
    odd: Attributes = {'odd "key"': "a b", "http.route": "/orders"}
    site.put(service("shop", make.span("order", trace="shop", at=-SECOND, attributes=odd)))
    page.goto(f"{site.url}/search")
    field = page.get_by_role("combobox", name="Tags")
    options = page.get_by_role("listbox", name="Keys and values").get_by_role("option")
    field.press_sequentially("NUM")
    expect(options).to_have_text(["number 3"])
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(field).to_have_value("number=")
    expect(options).to_have_text(["0 1", "1 1", "2 1"])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(field).to_have_value("number=2 ")
    expect(options).to_have_count(0)
    page.keyboard.type("route")
    options.filter(has_text="http.route").click()
    expect(field).to_have_value("number=2 http.route=")
    expect(field).to_be_focused()
    expect(options).to_have_text(["/orders 1"])
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    page.get_by_label("Service", exact=True).select_option("shop")
    field.fill("")
    page.keyboard.press("ArrowDown")
    expect(options.filter(has_text="http.route")).to_be_visible()
    expect(options.filter(has_text="number")).to_have_count(0)
    field.fill('"odd')
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value(r'"odd \"key\""=')
    expect(options).to_have_text(["a b 1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(r'"odd \"key\""="a b" ')
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["order"])


# What strangers send


def test_names_and_attributes_stay_texts(site: Site, page: Page, make: Maker) -> None:
    events = [event(hostile.MARKUP, make.base, {hostile.MARKUP: hostile.MARKUP})]
    site.put(
        service(
            hostile.MARKUP,
            make.span(
                hostile.MARKUP, attributes={hostile.MARKUP: hostile.MARKUP}, status=error(hostile.MARKUP), events=events
            ),
        )
    )
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_contain_text(hostile.MARKUP)
    page.get_by_label("Service", exact=True).select_option(hostile.MARKUP)
    page.get_by_label("Operation").select_option(hostile.MARKUP)
    expect(names(page)).to_have_text([hostile.MARKUP])
    page.locator("#plot .mark").hover()
    expect(page.locator("#plot .tip")).to_contain_text(hostile.MARKUP)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Compare")).to_contain_text(hostile.MARKUP)
    assert page.locator("main img, main script").count() == 0


def test_it_fits_a_phone(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    long = ["a very long name of an operation without any end " * 3, *hostile.TEXTS]
    for number, name in enumerate(long):
        site.put(service(name, make.span(name, trace=str(number), at=number, status=error())))
    page.goto(f"{site.url}/search")
    expect(rows(page)).to_have_count(len(long))
    assert width_beyond(page) <= 0
    expect(page.get_by_label("Tags", exact=True)).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Tags", exact=True)).to_be_focused()
    assert width_beyond(page) <= 0
    page.keyboard.type("a!=b")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No trace fits")).to_be_visible()
    expect(page.locator("#fold-words")).to_have_text("a!=b")
    expect(page.get_by_label("Tags", exact=True)).to_be_hidden()
    assert width_beyond(page) <= 0
