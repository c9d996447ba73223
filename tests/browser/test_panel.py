"""The panel of a span: what it says, what it copies, where it leads; and the head and the tools of the page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests import hostile
from tests.contract.otlp import MILLISECOND, SECOND, error, event, link, resource, scope, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Value

pytestmark = pytest.mark.browser

STACK = 'Traceback (most recent call last):\n  File "shop.py", line 7, in pay\nValueError: no money\n'


def put_orders(site: Site, make: Maker, **rest: object) -> None:
    """A server span with all that a span can have, and two below it."""
    events = [
        event(
            "exception", make.base + 7 * MILLISECOND, {"exception.type": "ValueError", "exception.message": "no money"}
        ),
        event("cache.miss", make.base + 3 * MILLISECOND, {"key": "order/4711"}),
    ]
    events[0].attributes.add(key="exception.stacktrace").value.string_value = STACK
    attributes: dict[str, Value] = {
        "url.full": "https://shop.example/orders?id=4711",
        "http.response.status_code": 500,
        "http.route": "/a b",
    }
    order = make.span("order", lasts=40 * MILLISECOND, attributes=attributes, kind=Span.SPAN_KIND_SERVER)
    order.MergeFrom(Span(**({"status": error("no money"), "events": events, "flags": 0x303} | rest)))  # type: ignore[arg-type]
    query = make.span("query", "order", at=5 * MILLISECOND, kind=Span.SPAN_KIND_CLIENT, flags=0x101)
    site.put(
        resource(
            {"service.name": "shop", "host.name": "node-1"},
            scope([order, query], schema_url="https://example.org/scope"),
            schema_url="https://example.org/resource",
            dropped=2,
        ),
        service("mail", make.span("send", "order", at=20 * MILLISECOND)),
    )


def open_trace(site: Site, page: Page, make: Maker, span: str = "") -> None:
    more = f"#{make.span_id(span).hex()}" if span else "?panel=closed"
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{more}")
    expect(page.get_by_role("tree", name="Spans")).to_be_visible()


def open_span(site: Site, page: Page, make: Maker, key: str = "order") -> Locator:
    open_trace(site, page, make, key)
    return shown(page, key)


def shown(page: Page, name: str) -> Locator:
    panel = page.get_by_role("complementary", name="Span")
    expect(panel.get_by_role("heading", level=2)).to_have_text(name)
    return panel


def fact(panel: Locator, term: str) -> Locator:
    return panel.locator(".facts-of-span > div").filter(has=panel.page.get_by_text(term, exact=True)).locator("dd")


def attribute(panel: Locator, key: str) -> Locator:
    return panel.locator(".attribute").filter(has=panel.page.locator("dt bdi").get_by_text(key, exact=True)).first


def part(panel: Locator, name: str) -> Locator:
    return panel.locator("section.part").filter(has=panel.page.get_by_role("heading", name=name, exact=True))


def expect_copied(page: Page, pressed: Locator, wanted: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pressed.click()
    page.wait_for_function("text => navigator.clipboard.readText().then((copied) => copied === text)", arg=wanted)


def test_a_trace_that_has_not_arrived_is_waited_for(site: Site, page: Page, make: Maker) -> None:
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    expect(page.get_by_role("status")).to_have_text("Waiting for this trace")
    expect(page.get_by_role("button", name="Compare…")).to_be_hidden()
    put_orders(site, make)
    expect(page.get_by_role("heading", level=1)).to_have_text("shop order")
    expect(page.get_by_role("button", name="Compare…")).to_be_enabled()
    expect(page.get_by_role("tree", name="Spans")).to_be_visible()


def test_what_is_no_trace_id_is_told(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/trace/xyz")
    expect(page.get_by_role("status")).to_contain_text("'xyz' is not a trace id")


def test_the_head_says_what_trace_it_is(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    open_trace(site, page, make)
    expect(page.get_by_role("heading", level=1)).to_have_text("shop order")
    expect(page).to_have_title("shop order – trace")
    facts = page.locator("#facts")
    for text in ("Takes40.0 ms", "Spans3", "Services2", "Depth2", "Errors✗ 1", make.trace_id().hex()):
        expect(facts).to_contain_text(text)
    seconds, digits = divmod(make.base, SECOND)
    start = facts.locator("[title*='T'][title$='Z']")
    expect(start).to_have_attribute(
        "title", page.evaluate("s => new Date(s * 1000).toISOString().slice(0, 19)", seconds) + f".{digits:09}Z"
    )
    expect(page.get_by_role("list", name="Services").get_by_role("listitem")).to_have_text(
        ["shop 2 spans ✗ 1", "mail 1 span"]
    )
    expect_copied(page, page.get_by_role("button", name="Copy the trace id"), make.trace_id().hex())


def test_a_span_is_told_in_full(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make, trace_state="vendor=1", dropped_attributes_count=3, dropped_links_count=1)
    panel = open_span(site, page, make)
    expect(panel.locator(".what")).to_have_text("shopservererror")
    expect(fact(panel, "Status")).to_have_text("error no money")
    expect(fact(panel, "Starts")).to_contain_text("with the trace, at ")
    expect(fact(panel, "Takes")).to_have_text("40.0 ms, 100 % of the trace")
    expect(fact(panel, "Self time")).to_have_text("20.0 ms")
    expect(fact(panel, "Span id")).to_have_text(make.span_id("order").hex())
    expect(fact(panel, "Parent")).to_have_text("none, it is a root")
    expect(fact(panel, "Children")).to_have_text("2")
    expect(fact(panel, "tracestate")).to_have_text("vendor=1")
    expect(fact(panel, "Flags")).to_have_text(
        "0x303: sampled, the trace id is random, its parent is in another process"
    )
    expect(fact(panel, "Dropped")).to_have_text("3 attributes, 1 link")
    keys = part(panel, "Attributes").locator("dt")
    expect(keys).to_have_text(["http.response.status_codeint", "http.route", "url.full"])
    expect(part(panel, "Resource")).to_contain_text("node-1")
    expect(part(panel, "Resource")).to_contain_text("https://example.org/resource")
    expect(part(panel, "Resource")).to_contain_text("2 attributes of it were dropped.")
    part(panel, "Scope").locator("summary").click()
    expect(part(panel, "Scope")).to_contain_text("1.2.3")
    expect(part(panel, "Scope")).to_contain_text("https://example.org/scope")


def test_events_come_in_their_order_with_the_stack_trace_as_it_was(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    events = part(open_span(site, page, make), "Events")
    expect(events.locator("h4")).to_have_text(["cache.miss at 3.00 ms", "ValueError: no money at 7.00 ms"])
    assert events.locator("pre").text_content() == STACK
    expect(events.locator("pre")).to_have_css("white-space", "pre")
    expect(attribute(events, "key")).to_contain_text("order/4711")


def test_what_lies_outside_of_the_span_is_told(site: Site, page: Page, make: Maker) -> None:
    late = [event("late", make.base + 42 * MILLISECOND), event("early", make.base - MILLISECOND)]
    put_orders(site, make, events=late)
    events = part(open_span(site, page, make), "Events")
    expect(events.locator("h4")).to_have_text(["early 1.00 ms before its start", "late 2.00 ms after its end"])


def test_one_goes_from_span_to_span(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    panel = open_span(site, page, make, "query")
    expect(fact(panel, "Flags")).to_have_count(0)  # they are as they always are
    fact(panel, "Parent").get_by_role("button", name="shop order").click()
    shown(page, "order")
    page.wait_for_url(f"**#{make.span_id('order').hex()}")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()


def test_it_closes_and_gives_the_focus_back(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    open_trace(site, page, make)
    row = page.locator(f"#view [data-id='{make.span_id('query').hex()}']")
    row.click()
    panel = shown(page, "query")
    expect(row).to_be_focused()
    page.keyboard.press("p")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("p")
    expect(row).to_be_focused()
    page.keyboard.press("p")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close the panel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()
    expect(row).to_be_focused()
    page.wait_for_url(lambda url: "#" not in url)
    row.click()
    shown(page, "query")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(row).to_be_focused()


def test_what_one_reads_stays_while_spans_arrive(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    panel = open_span(site, page, make)
    part(panel, "Resource").locator("summary").focus()
    scrolled = panel.evaluate("panel => (panel.scrollTop = 40, panel.scrollTop)")
    site.put(service("late", make.span("later", "order", at=30 * MILLISECOND)))
    expect(fact(panel, "Children")).to_have_text("3")
    expect(part(panel, "Resource").locator("summary")).to_be_focused()
    assert panel.evaluate("panel => panel.scrollTop") == scrolled > 0


def test_a_folded_section_stays_folded(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    panel = open_span(site, page, make)
    expect(attribute(panel, "http.route")).to_be_visible()
    part(panel, "Attributes").locator("summary").click()
    expect(attribute(panel, "http.route")).to_be_hidden()
    page.reload()
    shown(page, "order")
    expect(attribute(panel, "http.route")).to_be_hidden()
    expect(attribute(panel, "host.name")).to_be_visible()


def test_everything_can_be_copied(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    panel = open_span(site, page, make)
    attribute(panel, "http.route").hover()
    buttons = {
        "Copy the value of http.route": "/a b",
        "Copy the span id": make.span_id("order").hex(),
        "Copy a link to this span": page.url,
        "Copy the stack trace": STACK,
    }
    for name, wanted in buttons.items():
        expect_copied(page, panel.get_by_title(name), wanted)


def test_a_section_is_copied_as_json(site: Site, page: Page, make: Maker) -> None:
    values: dict[str, Value] = {
        "n": 7,
        "big": 2**60,
        "half": 0.5,
        "yes": True,
        "list": [1, "a", 2**60 + 1],
        "none": None,
        "text": "7",
    }
    site.put(service("shop", make.span("order", attributes=values)))
    text = json.dumps(dict(sorted(values.items())), indent=2)
    expect_copied(page, open_span(site, page, make).get_by_title("Copy the attributes as JSON"), text)


def test_the_span_as_otlp_json(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make, links=[link(make.trace_id("other"), make.span_id("x"))])
    panel = open_span(site, page, make)
    panel.get_by_role("button", name="Raw JSON").click()
    dialog = page.get_by_role("dialog", name="OTLP JSON of order")
    document = json.loads(dialog.locator("pre").text_content() or "")
    (group,) = document["resourceSpans"]
    (one,) = group["scopeSpans"]
    assert group["schemaUrl"] == "https://example.org/resource"
    assert one["scope"] == {"name": "contract", "version": "1.2.3"}
    assert [span["spanId"] for span in one["spans"]] == [make.span_id("order").hex()]
    assert one["spans"][0]["startTimeUnixNano"] == str(make.base)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    shown(page, "order")
    expect(panel.get_by_role("button", name="Raw JSON")).to_be_focused()
    sent = page.evaluate(
        "document => fetch('/api/transform', { method: 'POST', body: JSON.stringify(document) }).then((a) => a.json())",
        document,
    )
    assert sent["data"][0]["spans"][0]["operationName"] == "order", "it can be imported"


def test_an_address_is_a_link_only_if_it_is_of_the_web(site: Site, page: Page, make: Maker) -> None:
    values: dict[str, Value] = {
        "a": "https://shop.example/x?y=z#1",
        "b": "javascript:alert(1)",
        "c": "data:text/html,<script>alert(1)</script>",
        "d": "see https://shop.example",
        "e": "http://",
    }
    site.put(service("shop", make.span("order", attributes=values)))
    panel = open_span(site, page, make)
    links = part(panel, "Attributes").locator("dd a[rel]")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://shop.example/x?y=z#1")
    expect(links).to_have_attribute("rel", "noreferrer noopener")


def test_values_are_found_in_other_traces(site: Site, page: Page, make: Maker) -> None:
    values: dict[str, Value] = {"route": 'a "b" *\\c', "bytes": b"\x00", "list": [2**60 + 1, "a"]}
    site.put(resource({"service.name": "shop", "host.name": "node-1"}, scope([make.span("order", attributes=values)])))
    panel = open_span(site, page, make)
    found = panel.get_by_role("link", name="Find traces with this", include_hidden=True)
    addresses = found.evaluate_all("links => links.map((link) => new URL(link.href).searchParams.get('tags'))")
    assert addresses == [
        f'list="[{2**60 + 1},\\"a\\"]"',
        'route="a \\"b\\" \\*\\\\c"',
        "resource.host.name=node-1",
        "service.name=shop",
    ]
    found.first.evaluate("link => link.click()")
    expect(page.locator("#count")).to_have_text("1 trace")


def test_long_values_are_shown_on_demand_and_json_is_laid_out(site: Site, page: Page, make: Maker) -> None:
    json_ = '{"id":12345678901234567890,"a":[1,{}],"id":2}'
    values: dict[str, Value] = {"long": "x" * 100_000, "json": json_, "many": [2**60 + 1, "1"] * 20, "few": [1, "1"]}
    site.put(service("shop", make.span("order", attributes=values)))
    panel = open_span(site, page, make)
    long = attribute(panel, "long")
    assert len(long.locator(".value").inner_text()) == 301
    long.get_by_role("button", name="Show all 100,000 characters").click()
    assert len(long.locator(".value").inner_text()) == 100_000
    assert panel.evaluate("panel => panel.clientHeight") < 800
    long.get_by_role("button", name="Show less").click()
    assert len(long.locator(".value").inner_text()) == 301
    laid_out = attribute(panel, "json")
    wanted = '{\n  "id": 12345678901234567890,\n  "a": [\n    1,\n    {}\n  ],\n  "id": 2\n}'
    assert laid_out.locator(".value").text_content() == wanted
    laid_out.get_by_role("button", name="As it came").click()
    assert laid_out.locator(".value").text_content() == json_
    many = attribute(panel, "many")
    assert many.locator(".value").inner_text().startswith('[\n  1152921504606846977,\n  "1",\n')
    expect(many.get_by_role("button", name="Show all 42 lines")).to_be_visible()
    assert attribute(panel, "few").locator(".value").inner_text() == '[1,"1"]'


def test_names_and_values_stay_texts(site: Site, page: Page, make: Maker) -> None:
    reversed_ = "\u202egnp.exe"
    values: dict[str, Value] = {
        hostile.MARKUP: hostile.MARKUP,
        "rtl": f"שלום {reversed_}",
        "emoji": "🦄" * 400,
        "": "",
        "nul": "a\0b",
        "none": None,
    }
    events = [
        event(hostile.MARKUP, make.base, {hostile.MARKUP: hostile.MARKUP, "exception.stacktrace": hostile.MARKUP})
    ]
    links = [
        link(make.trace_id("other"), make.span_id("x"), {hostile.MARKUP: hostile.MARKUP}, trace_state=hostile.MARKUP)
    ]
    span = make.span(
        hostile.MARKUP,
        attributes=values,
        status=error(hostile.MARKUP),
        events=events,
        links=links,
        trace_state=hostile.MARKUP,
    )
    site.put(resource({"service.name": hostile.MARKUP, hostile.MARKUP: hostile.MARKUP}, scope([span])))
    panel = open_span(site, page, make, hostile.MARKUP)
    assert panel.inner_text().count("onerror") >= 10
    assert page.locator("main img, main script").count() == 0
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{hostile.MARKUP} {hostile.MARKUP}")
    rtl = attribute(panel, "rtl").locator("bdi.value")
    expect(rtl).to_have_css("unicode-bidi", "isolate")
    assert attribute(panel, "emoji").locator(".value").inner_text() == "🦄" * 150 + "…"
    panel.get_by_role("button", name="Raw JSON").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text("onerror")


def test_many_attributes_are_shown_in_two_goes(site: Site, page: Page, make: Maker) -> None:
    site.put(service("shop", make.span("order", attributes={f"key{number:03}": number for number in range(250)})))
    panel = open_span(site, page, make)
    rows = part(panel, "Attributes").locator(".attribute")
    expect(rows).to_have_count(100)
    panel.get_by_role("button", name="Show all 250 attributes").click()
    expect(rows).to_have_count(250)


def test_links_lead_both_ways(site: Site, page: Page, make: Maker) -> None:
    elsewhere = [link(make.trace_id(trace), make.span_id("cause"), {"why": trace}) for trace in ("before", "lost")]
    put_orders(site, make, links=elsewhere)
    site.put(service("poll", make.span("cause", trace="before")))
    back = make.span("reader", "order", at=MILLISECOND, links=[link(make.trace_id(), make.span_id("order"))])
    site.put(service("queue", back))
    later = make.span("later", trace="after", at=SECOND, links=[link(make.trace_id(), make.span_id("order"))])
    site.put(service("batch", later))
    panel = open_span(site, page, make)
    ahead = part(panel, "Links")
    for name, trace in (("poll cause", "before"), (make.span_id("cause").hex(), "lost")):
        expect(ahead.get_by_role("link", name=name)).to_have_attribute(
            "href", f"/trace/{make.trace_id(trace).hex()}#{make.span_id('cause').hex()}"
        )
    expect(attribute(ahead, "why").first).to_contain_text("before")
    backwards = part(panel, "Linked from")
    expect(backwards.get_by_role("listitem")).to_have_count(2)
    expect(backwards.get_by_role("link", name="batch later")).to_have_attribute(
        "href", f"/trace/{make.trace_id('after').hex()}#{make.span_id('later').hex()}"
    )
    for name, says in (("shop order", "links to 2 spans, linked from 1 span"), ("queue reader", "links to 1 span")):
        expect(page.get_by_role("treeitem", name=name)).to_have_accessible_name(re.compile(f", {says}$"))
    backwards.get_by_role("button", name="queue reader").click()
    shown(page, "reader")
    part(panel, "Links").get_by_role("button", name="shop order").click()
    shown(page, "order")
    backwards.get_by_role("link", name="batch later").click()
    shown(page, "later")


def test_warnings_are_in_plain_words(site: Site, page: Page, make: Maker) -> None:
    site.put(service("shop", make.span("order", lasts=-MILLISECOND)))
    panel = open_span(site, page, make)
    words = "This span came with an end before its start"
    expect(panel.locator(".notice.warning")).to_contain_text(words)
    panel.get_by_role("button", name="Close the panel").click()
    expect(page.locator("#notices")).to_contain_text(f"1 span has a warning. {words}")
    page.locator("#notices").get_by_role("button", name="Show it").click()
    shown(page, "order")


def test_spans_with_one_id_are_told_apart(site: Site, page: Page, make: Maker) -> None:
    twins = [make.span("order"), make.span("order", at=MILLISECOND, name="other")]
    site.put(service("shop", *twins))
    open_trace(site, page, make)
    expect(page.locator("#notices")).to_contain_text("1 span came with the id of another span of this trace.")
    page.get_by_role("treeitem", name="shop other").click()
    panel = shown(page, "other")
    expect(fact(panel, "Span id")).to_have_text(make.span_id("order").hex())
    expect(panel.locator(".notice.warning")).to_contain_text("Another span of this trace has the same id.")
    page.reload()
    shown(page, "other")


@pytest.mark.parametrize(("delay", "words"), [(-5, "starts before its parent: the clocks"), (5, None)])
def test_clocks_that_differ_are_told_and_adjusted(
    site: Site, page: Page, make: Maker, delay: int, words: str | None
) -> None:
    asked = make.span("ask", lasts=20 * MILLISECOND, kind=Span.SPAN_KIND_CLIENT)
    served = make.span("serve", "ask", at=delay * MILLISECOND, kind=Span.SPAN_KIND_SERVER)
    site.put(service("client", asked), service("server", served))
    panel = open_span(site, page, make, "serve")
    notices = page.locator("#notices")
    if words is None:
        expect(notices).to_be_empty()
        return
    expect(notices).to_contain_text(words)
    expect(panel.locator(".notice.warning")).to_contain_text("the clocks of server and client differ")
    expect(fact(panel, "Starts")).to_contain_text("with the trace")
    notices.get_by_role("button", name="Adjust").click()
    expect(notices).to_contain_text("if all clocks agreed")
    expect(fact(panel, "Starts")).to_contain_text("5.00 ms into the trace")
    expect(fact(panel, "Moved")).to_contain_text("+10.0 ms")
    notices.get_by_role("button", name="Show as recorded").click()
    expect(fact(panel, "Starts")).to_contain_text("with the trace")


def test_on_a_phone_it_is_a_sheet_at_the_bottom(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    name = "x" * 200
    values: dict[str, Value] = {"k" * 90: "v" * 400, "url": f"https://shop.example/{'y' * 200}"}
    site.put(service("s" * 100, make.span(name, attributes=values, status=error("z" * 200))))
    panel = open_span(site, page, make, name)
    box = panel.bounding_box()
    assert box
    assert box["y"] + box["height"] == 700
    assert 200 < box["height"] < 450
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0
    panel.get_by_role("button", name="Close the panel").click()
    expect(panel).to_be_hidden()


def test_a_trace_is_saved_as_a_file(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    open_trace(site, page, make)
    menu = page.locator(".menu")
    for name, ending, key in (("Jaeger JSON", ".json", "data"), ("OTLP JSON", ".otlp.json", "resourceSpans")):
        menu.locator("summary").click()
        with page.expect_download() as download:
            menu.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"trace-{make.trace_id().hex()}{ending}"
        assert key in json.loads(download.value.path().read_text())
        expect(menu.get_by_role("button", name=name)).to_be_hidden()


def test_a_jaeger_without_its_older_api_says_so(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    page.route("**/api/traces/**", lambda route: route.fulfill(status=404, body="404 page not found"))
    open_trace(site, page, make)
    menu = page.locator(".menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Jaeger JSON").click()
    expect(page.get_by_role("status")).to_contain_text("This Jaeger no longer has the older API")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Jaeger JSON")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="OTLP JSON")).to_be_hidden()


def test_another_trace_to_compare_is_chosen_or_typed(site: Site, page: Page, make: Maker) -> None:
    put_orders(site, make)
    site.put(service("shop", make.span("order", trace="later", at=SECOND)))
    site.put(service("shop", make.span("another", trace="else", at=SECOND)))
    one, other = make.trace_id().hex(), make.trace_id("later").hex()
    page.goto(f"{site.url}/trace/{one}")
    page.get_by_role("button", name="Compare…").click()
    dialog = page.get_by_role("dialog", name="Compare with another trace")
    expect(dialog.locator(".choice")).to_have_count(1)
    dialog.locator(".choice").click()
    page.wait_for_url(f"**/trace/{one}...{other}")
    page.goto(f"{site.url}/trace/{one}")
    page.get_by_role("button", name="Compare…").click()
    dialog.get_by_label("Id of the other trace").fill("shop")
    dialog.get_by_label("Id of the other trace").press("Enter")
    expect(dialog).to_contain_text("A trace id is up to 32 hex digits")
    dialog.get_by_label("Id of the other trace").fill(other)
    dialog.get_by_label("Id of the other trace").press("Enter")
    page.wait_for_url(f"**/trace/{one}...{other}")
