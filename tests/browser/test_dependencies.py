"""The services page: who calls whom, as a graph and as a table."""

from __future__ import annotations

import random
import re
import time
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import call_unit
from tests.browser.test_accessibility import check
from tests.contract.otlp import MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


Calls = list[tuple[str, str]]


def put(  # noqa: PLR0913 - a call has that many sides
    site: Site,
    make: Maker,
    caller: str,
    called: str,
    times: int = 1,
    *,
    failed: int = 0,
    lasts: int = 10,
    ago: int = 0,
) -> None:
    """One trace in which one service calls another so often; the first calls fail; `lasts` in ms, `ago` in s."""
    key = f"{caller[:99]} {called[:99]} {time.monotonic_ns()}"
    spans = [
        make.span(
            f"{key} {number}",
            key,
            trace=key,
            at=-ago * SECOND,
            lasts=lasts * MILLISECOND,
            status=error("no") if number < failed else None,
            kind=Span.SPAN_KIND_SERVER,
        )
        for number in range(times)
    ]
    site.put(service(caller, make.span(key, trace=key, at=-ago * SECOND, lasts=SECOND)), service(called, *spans))


def put_shop(site: Site, make: Maker) -> None:
    """A shop in which one calls itself, and two each other."""
    put(site, make, "gateway", "shop", 8, failed=2, lasts=40)
    put(site, make, "shop", "cart", 6)
    put(site, make, "shop", "stock", 4)
    put(site, make, "cart", "stock", 2)
    put(site, make, "stock", "cart")
    put(site, make, "shop", "shop", 3, failed=1)


def look(page: Page, site: Site, query: str = "") -> None:
    page.goto(f"{site.url}/dependencies{query}")
    expect(page.locator(".node").first).to_be_visible()


def node(page: Page, name: str) -> Locator:
    return page.locator(".node").filter(has=page.get_by_text(name, exact=True))


def line(page: Page, caller: str, called: str) -> Locator:
    return page.locator(".call").filter(has_text=re.compile(f"^{caller} → {called}\n"))


def rows(page: Page) -> list[str]:
    found: list[str] = page.locator("#calls tbody tr:not(.gap)").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText).join(' | '))"
    )
    return found


def title(page: Page) -> Locator:
    """Of the panel."""
    return page.get_by_role("complementary").get_by_role("heading", level=2)


def width_beyond(page: Page) -> int:
    """Pixels by which a page has to be scrolled sideways."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


def random_calls(services: int, calls: int, seed: int = 1) -> tuple[list[str], list[dict[str, Any]]]:
    """Any service may call any, so there are circles."""
    chosen = random.Random(seed)
    names = [f"service-{number}" for number in range(services)]
    pairs = {(chosen.choice(names), chosen.choice(names)) for _ in range(calls)}
    return names, [{"from": one, "to": other, "weight": chosen.randrange(1, 900)} for one, other in sorted(pairs)]


def test_without_services_the_page_says_what_to_run(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    expect(page.get_by_role("heading", name="No services yet")).to_be_visible()
    assert page.locator("code").all_inner_texts() == ["make server", "make client"]
    expect(page.get_by_role("region", name="Graph of calls")).to_be_hidden()


def test_the_graph_tells_who_calls_whom_how_often_how_well_and_how_fast(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    expect(page.locator(".node")).to_have_count(4)
    call = line(page, "gateway", "shop")
    expect(call.locator(".count")).to_have_text("8 · ✗ 25 %")
    expect(call.locator(".times")).to_have_text("p50 40.0 ms · p99 40.0 ms")
    expect(node(page, "shop").locator(".node-numbers")).to_have_text("8 calls✗ 25 %↻ 3 ✗")
    expect(line(page, "shop", "cart").locator(".count")).to_have_text("6")
    left = {name: box(node(page, name))["x"] for name in ("gateway", "shop", "cart", "stock")}
    assert left["gateway"] < left["shop"] < left["cart"] < left["stock"], "callers stand left of those they call"
    arrows = page.locator(".call .tip").evaluate_all("tips => tips.map((tip) => tip.getBBox().x)")
    assert len(arrows) == 5, "a call within a service is no line"


def box(found: Locator) -> Any:
    place = found.bounding_box()
    assert place
    return place


def test_services_that_call_each_other_have_a_line_each_way(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    there, back = (
        line(page, *pair).locator(".line").get_attribute("d") for pair in (("cart", "stock"), ("stock", "cart"))
    )
    assert there
    assert back
    assert there != back
    begins = [float(re.findall(r"[\d.]+", path)[0]) for path in (there, back)]
    assert begins[0] < begins[1], "the rarer one leads back to the left"


def test_errors_are_marked_by_a_sign_and_by_colour(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    colours = [
        line(page, *pair).locator(".tip").evaluate("tip => getComputedStyle(tip).fill")
        for pair in (("gateway", "shop"), ("shop", "cart"))
    ]
    assert colours[0] != colours[1]
    assert [("✗" in text) for text in page.locator(".call .count").all_text_contents()].count(True) == 1


def test_thicker_lines_are_more_calls(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    width = "line => parseFloat(getComputedStyle(line).strokeWidth)"
    widths = [line(page, *pair).locator(".line").evaluate(width) for pair in (("gateway", "shop"), ("cart", "stock"))]
    assert widths[0] > 1.5 * widths[1]


@pytest.mark.parametrize(("services", "calls", "labels"), [(12, 18, True), (60, 110, False)])
def test_nothing_lies_on_anything_else(site: Site, page: Page, services: int, calls: int, labels: bool) -> None:  # noqa: FBT001
    names, some = random_calls(services, calls)
    page.goto(site.url)
    placed = call_unit(page, "graph.laidOut", [names, some, labels])
    assert sorted(one["name"] for one in placed["nodes"]) == sorted(names)
    width, height = placed["node"]["width"], placed["node"]["height"]
    for one, other in combinations(placed["nodes"], 2):
        assert abs(one["x"] - other["x"]) >= width or abs(one["y"] - other["y"]) >= height, (one, other)
    for one in placed["nodes"]:
        assert 0 <= one["x"] <= placed["width"] - width
        assert -0.01 <= one["y"] <= placed["height"] - height + 0.01
    assert call_unit(page, "graph.pierced", placed) == []
    expected = {(call["from"], call["to"]) for call in some if call["from"] != call["to"]}
    assert {(edge["from"], edge["to"]) for edge in placed["edges"]} == expected


def test_labels_with_room_do_not_overlap(site: Site, page: Page, make: Maker) -> None:
    for number in range(6):
        put(site, make, "hub", f"left-{number}")
        put(site, make, f"left-{number}", "sink")
    put(site, make, "sink", "hub")
    look(page, site)
    boxes = [one.bounding_box() for one in page.locator(".call .label").all()]
    assert len(boxes) == 13
    for one, other in combinations(boxes, 2):
        assert one
        assert other
        apart_x = max(one["x"], other["x"]) - min(one["x"] + one["width"], other["x"] + other["width"])
        apart_y = max(one["y"], other["y"]) - min(one["y"] + one["height"], other["y"] + other["height"])
        assert max(apart_x, apart_y) >= -1


def test_the_rarest_call_of_a_circle_leads_back(site: Site, page: Page) -> None:
    weights = {("a", "b"): 4, ("b", "c"): 1, ("c", "d"): 9, ("d", "a"): 9}
    calls = [{"from": one, "to": other, "weight": weight} for (one, other), weight in weights.items()]
    page.goto(site.url)
    placed = call_unit(page, "graph.laidOut", ["abcd", calls, False])
    assert [(edge["from"], edge["to"]) for edge in placed["edges"] if edge["arrow"]["back"]] == [("b", "c")]


def test_services_without_calls_are_shown_too(site: Site, page: Page, make: Maker) -> None:
    put(site, make, "gateway", "shop")
    lone = [f"lone-{number:02}" for number in range(20)]
    for name in lone:
        site.put(service(name, make.span(name, trace=name)))
    look(page, site)
    expect(page.locator(".node")).to_have_count(22)
    expect(page.locator(".graph-head")).to_contain_text("22 services, 20 without calls")
    places = [box(node(page, name)) for name in lone]
    assert 1 < len({place["y"] for place in places}) < 8, "rows, and not one"
    assert box(node(page, "gateway"))["y"] < places[0]["y"]
    row = page.get_by_role("grid", name="Calls between services").get_by_role("row").filter(has_text="lone-07")
    row.click()
    expect(title(page)).to_have_text("lone-07")
    assert page.get_by_role("complementary").locator("dd").all_inner_texts() == [
        "never",
        "none",
        "never",
        "none",
        "none",
    ]
    page.get_by_label("Service and its neighbours").fill("lone-1")
    expect(page.locator(".node")).to_have_count(10)


def test_messages_are_dashed_and_named_and_what_stays_in_a_service_is_no_call(
    site: Site, page: Page, make: Maker
) -> None:
    sent = make.span("sent", kind=Span.SPAN_KIND_PRODUCER)
    taken = make.span("taken", "sent", kind=Span.SPAN_KIND_CONSUMER)
    site.put(service("front", sent, make.span("work", "sent")), service("mail", taken))
    put(site, make, "front", "shop")
    look(page, site)
    dashes = "line => getComputedStyle(line).strokeDasharray"
    assert line(page, "front", "mail").locator(".line").evaluate(dashes) != "none"
    assert line(page, "front", "shop").locator(".line").evaluate(dashes) == "none"
    expect(page.locator("#calls tbody tr:not(.gap)").filter(has_text="mail")).to_contain_text("messages")
    expect(page.locator("#calls tbody tr:not(.gap)")).to_have_count(2)
    node(page, "front").click()
    facts = page.get_by_role("complementary")
    expect(facts.locator("dd").last).to_have_text("none")
    expect(facts.get_by_role("listitem").filter(has_text="mail")).to_contain_text("1 message")


def test_the_graph_opens_at_its_beginning_with_texts_that_can_be_read(site: Site, page: Page, make: Maker) -> None:
    for number in range(1, 23):
        put(site, make, f"service-of-a-team-{(number - 1) // 2}", f"service-of-a-team-{number}")
    look(page, site)
    frame, first = box(page.locator(".graph-scroller")), box(node(page, "service-of-a-team-0"))
    assert frame["y"] <= first["y"] <= frame["y"] + frame["height"] - first["height"]
    assert page.locator(".graph-scroller").evaluate("scroller => scroller.scrollLeft") == 0
    least = """texts => Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize)))
        * parseFloat(getComputedStyle(document.querySelector(".graph-canvas")).getPropertyValue("--scale"))"""
    assert page.locator(".node span, .call text").evaluate_all(least) >= 10.99
    cut = (
        "names => names.filter((name) => name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight)"
    )
    assert page.locator(".node-name").evaluate_all(cut) == []


def test_the_same_calls_are_always_laid_out_alike(site: Site, page: Page) -> None:
    names, calls = random_calls(40, 80)
    page.goto(site.url)
    first = call_unit(page, "graph.laidOut", [names, calls, True])
    random.Random(2).shuffle(names)
    random.Random(3).shuffle(calls)
    second = call_unit(page, "graph.laidOut", [names, calls, True])
    by_name = [sorted(placed["nodes"], key=lambda one: str(one["name"])) for placed in (first, second)]
    assert by_name[0] == by_name[1]


def test_a_hub_of_fifty_is_no_column_of_fifty(site: Site, page: Page) -> None:
    names = ["hub", *(f"leaf-{number}" for number in range(50))]
    page.goto(site.url)
    placed = call_unit(
        page, "graph.laidOut", [names, [{"from": "hub", "to": leaf, "weight": 1} for leaf in names[1:]], False]
    )
    columns = [one["x"] for one in placed["nodes"]]
    assert max(map(columns.count, columns)) <= 15


def test_sixty_services_can_be_read_and_fit(site: Site, page: Page, make: Maker) -> None:
    for number in range(1, 60):
        put(site, make, f"service-{(number - 1) // 3}", f"service-{number}")
    look(page, site)
    expect(page.locator(".node")).to_have_count(60)
    assert box(page.locator(".node-name").first)["height"] > 11, "as large as small print at least"
    page.get_by_role("button", name="Fit").click()
    frame = box(page.locator(".graph-scroller"))
    places = [box(one) for one in page.locator(".node").all()]
    assert all(frame["x"] <= one["x"] and one["x"] + one["width"] <= frame["x"] + frame["width"] for one in places)
    assert all(frame["y"] <= one["y"] and one["y"] + one["height"] <= frame["y"] + frame["height"] for one in places)
    # Without room for all labels, those that are looked at are shown.
    count = line(page, "service-0", "service-1").locator(".count")
    expect(count).to_be_hidden()
    node(page, "service-0").hover()
    expect(count).to_be_visible()


def test_of_very_many_services_the_busiest_are_drawn(site: Site, page: Page, make: Maker) -> None:
    put(site, make, "rare", "rarer")
    for number in range(125):
        put(site, make, f"caller-{number}", "hub", 2)
    look(page, site)
    expect(page.locator(".node")).to_have_count(120)
    expect(page.locator(".graph-head")).to_contain_text("The 120 busiest of 128 services")
    expect(node(page, "rare")).to_have_count(0)
    page.get_by_label("Service and its neighbours").fill("rare")
    expect(page.locator(".node-name")).to_have_text(["rare", "rarer"])
    expect(page.get_by_role("button", name="Zoom to 100 %")).to_have_text("100 %")


def test_a_node_that_is_looked_at_lights_up_its_neighbours(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    node(page, "cart").hover()
    expect(page.locator(".node.near .node-name")).to_have_text(["cart", "shop", "stock"])
    expect(page.locator(".call.near")).to_have_count(3)
    page.mouse.move(0, 0)
    expect(page.locator(".node.near")).to_have_count(0)
    node(page, "gateway").focus()
    expect(page.locator(".node.near .node-name")).to_have_text(["gateway", "shop"])


def test_a_click_on_a_service_tells_its_numbers_and_leads_to_its_traces(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site, "?lookback=1h")
    node(page, "shop").click()
    panel = page.get_by_role("complementary")
    facts = panel.locator("dd").all_inner_texts()
    assert facts == [
        "8 times by 1 service",
        "✗ 2 calls, 25 %",
        "10 times to 2 services",
        "none",
        "3 times",
    ]
    expect(panel.get_by_role("link", name="Traces", exact=True)).to_have_attribute(
        "href", "/search?service=shop&lookback=1h"
    )
    panel.get_by_role("link", name="Traces with errors").click()
    page.wait_for_url("**/search?service=shop&lookback=1h&errors=true")


def test_a_click_on_a_call_tells_its_numbers(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    line(page, "gateway", "shop").locator(".count").click()
    panel = page.get_by_role("complementary")
    expect(title(page)).to_have_text("gateway→shop")
    assert panel.locator("dd").all_inner_texts() == ["8 times", "✗ 2 calls, 25 %", "40.0 ms", "40.0 ms"]
    expect(panel.get_by_role("link", name="Traces", exact=True)).to_have_attribute("href", re.compile("service=shop"))
    panel.get_by_role("button", name="Close the panel").click()
    expect(panel).to_be_hidden()


def test_from_a_service_the_panel_leads_to_its_calls(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    node(page, "stock").click()
    panel = page.get_by_role("complementary")
    panel.get_by_role("button", name="cart").first.click()
    expect(title(page)).to_have_text("cart→stock")
    expect(title(page)).to_be_focused()


def test_all_of_it_works_by_keyboard(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    page.get_by_role("button", name="Fit").focus()
    page.keyboard.press("Tab")
    expect(node(page, "gateway")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(node(page, "shop")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(node(page, "gateway")).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    expect(title(page)).to_have_text("gateway")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Close the panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(node(page, "gateway")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Service and its neighbours")).to_be_focused()


def test_the_graph_zooms_by_buttons_keys_and_wheel(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    width = box(node(page, "cart"))["width"]
    page.get_by_role("button", name="Larger").click()
    assert box(node(page, "cart"))["width"] == pytest.approx(width * 1.25, rel=0.02)
    page.keyboard.press("-")
    assert box(node(page, "cart"))["width"] == pytest.approx(width, rel=0.02)
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Zoom to 100 %")).to_have_text("100 %")
    before = box(node(page, "shop"))
    middle = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(*middle)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    after = box(node(page, "shop"))
    assert after["width"] > before["width"] * 1.2
    assert after["x"] < middle[0] < after["x"] + after["width"], "what is under the pointer stays there"


def test_the_graph_is_dragged_by_the_mouse(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(600, 500)
    put_shop(site, make)
    look(page, site)
    page.keyboard.press("1")
    before = box(node(page, "gateway"))
    frame = box(page.locator(".graph-scroller"))
    page.mouse.move(frame["x"] + 300, frame["y"] + 8)
    page.mouse.down()
    page.mouse.move(frame["x"] + 180, frame["y"] + 8, steps=3)
    page.mouse.up()
    assert box(node(page, "gateway"))["x"] == pytest.approx(before["x"] - 120, abs=2)


def test_the_table_says_the_same_and_sorts(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    table = page.get_by_role("grid", name="Calls between services")
    assert rows(page)[:2] == [
        "gateway | shop | 8 | ✗ 2 (25 %) | 40.0 ms | 40.0 ms",
        "shop | cart | 6 | 0 | 10.0 ms | 10.0 ms",
    ]
    table.get_by_role("button", name="Caller").click()
    expect(table.get_by_role("columnheader", name="Caller")).to_have_attribute("aria-sort", "ascending")
    assert [row.split(" | ")[0] for row in rows(page)] == ["cart", "gateway", "shop", "shop", "shop", "stock"]
    table.get_by_role("button", name="Errors").click()
    assert [row.split(" | ")[3] for row in rows(page)][:3] == ["✗ 2 (25 %)", "✗ 1 (33 %)", "0"]
    table.get_by_role("row").filter(has_text="stock").last.click()
    expect(title(page)).to_have_text("stock→cart")
    expect(table.locator("[aria-selected=true]")).to_contain_text("stock")


def test_the_look_back_is_in_the_address(site: Site, page: Page, make: Maker) -> None:
    put(site, make, "new", "newer")
    put(site, make, "old", "older", ago=7200)
    look(page, site)
    expect(page.locator(".node")).to_have_count(4)
    page.get_by_label("Look-back").select_option("Last hour")
    page.wait_for_url("**/dependencies?lookback=1h")
    expect(page.locator(".node")).to_have_count(2)
    page.reload()
    expect(page.locator(".node-name")).to_have_text(["new", "newer"])
    expect(page.get_by_label("Look-back")).to_have_value("1h")
    page.get_by_label("Look-back").select_option("Last 6 hours")
    expect(page.locator(".node")).to_have_count(4)
    page.go_back()
    expect(page.locator(".node")).to_have_count(2)


def test_no_calls_of_that_time(site: Site, page: Page, make: Maker) -> None:
    put(site, make, "old", "older", ago=7200)
    page.goto(f"{site.url}/dependencies?lookback=15m")
    expect(page.get_by_role("heading", name="No spans in the last 15 minutes")).to_be_visible()
    page.get_by_role("button", name="Look at all times").click()
    expect(page.locator(".node")).to_have_count(2)
    expect(page.get_by_role("heading", name="No spans")).to_be_hidden()


def test_a_service_is_shown_with_its_neighbours(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    look(page, site)
    field = page.get_by_label("Service and its neighbours")
    field.fill("gate")
    expect(page.locator(".node-name")).to_have_text(["gateway", "shop"])
    assert len(rows(page)) == 1
    field.press("Enter")
    page.wait_for_url("**/dependencies?service=gate")
    field.fill("nothing")
    expect(page.get_by_role("heading", name="No such service")).to_be_visible()
    page.get_by_role("button", name="Show all services").click()
    expect(page.locator(".node")).to_have_count(4)
    page.goto(f"{site.url}/dependencies?service=cart")
    expect(page.locator(".node-name")).to_have_text(["cart", "shop", "stock"])
    expect(field).to_have_value("cart")


def test_a_single_service_is_explained(site: Site, page: Page, make: Maker) -> None:
    site.put(service("alone", make.span("root")))
    page.goto(f"{site.url}/dependencies")
    explained = page.locator("#empty")
    expect(explained).to_contain_text("No service has called another one")
    expect(explained).to_contain_text("A call is a span whose parent is there too")
    expect(page.locator(".node-name")).to_have_text(["alone"])
    put(site, make, "alone", "alone")
    page.reload()
    expect(node(page, "alone")).to_contain_text("↻ 1")


def test_new_calls_appear_but_are_not_asked_for_all_the_time(site: Site, page: Page, make: Maker) -> None:
    page.clock.install()
    put(site, make, "gateway", "shop")
    look(page, site)
    with page.expect_response("**/api/dependencies*"):
        page.clock.pause_at(time.time() + 3600)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/dependencies" in request.url else None)
    node(page, "gateway").focus()
    for _ in range(3):
        put(site, make, "shop", "stock")
    passed = 0
    deadline = time.monotonic() + 20
    while not asked and time.monotonic() < deadline:
        page.clock.fast_forward(500)
        passed += 500
    assert passed >= 5000
    expect(page.locator(".node")).to_have_count(3)
    expect(line(page, "shop", "stock").locator(".count")).to_have_text("3")
    expect(node(page, "gateway")).to_be_focused()
    assert len(asked) == 1


def test_what_is_open_stays_open(site: Site, page: Page, make: Maker) -> None:
    page.clock.install()
    put_shop(site, make)
    look(page, site)
    node(page, "shop").click()
    panel = page.get_by_role("complementary")
    link = panel.get_by_role("link", name="Traces", exact=True)
    link.focus()
    page.keyboard.press("+")
    zoom = page.get_by_role("button", name="Zoom to 100 %").inner_text()
    put(site, make, "gateway", "shop", 4)
    expect_later(page, panel.locator("dd").first, "12 times by 1 service")
    expect(link).to_be_focused()
    expect(page.get_by_role("button", name="Zoom to 100 %")).to_have_text(zoom)


def expect_later(page: Page, found: Locator, text: str) -> None:
    """Wait for a text that comes with the next look."""
    deadline = time.monotonic() + 20
    while found.inner_text() != text and time.monotonic() < deadline:
        page.clock.fast_forward(1000)
    expect(found).to_have_text(text)


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_names_stay_texts(site: Site, page: Page, make: Maker, name: str) -> None:
    put(site, make, name, "plain")
    put(site, make, "plain", f"{name}!")
    look(page, site)
    expect(page.locator(".node")).to_have_count(3)
    expect(page.locator("#calls tbody tr:not(.gap)")).to_have_count(2)
    page.locator(".node").first.click()
    page.locator(".call .count").first.click()
    expect(title(page)).to_contain_text("plain")
    assert page.locator("main img, main script").count() == 0
    assert width_beyond(page) <= 0
    assert box(node(page, "plain"))["height"] < 80


@pytest.mark.parametrize("size", [(1280, 900), (360, 700)])
def test_it_fits_a_phone_and_is_accessible(
    site: Site, open_page: Callable[..., Page], make: Maker, size: tuple[int, int]
) -> None:
    page = open_page(*size)
    put_shop(site, make)
    put(site, make, "a-very-long-name-of-a-service" * 5, "shop")
    look(page, site)
    node(page, "shop").click()
    expect(title(page)).to_be_in_viewport()
    assert width_beyond(page) <= 0
    check(page)


def test_a_back_end_that_went_away_is_told(site: Site, page: Page, make: Maker) -> None:
    put_shop(site, make)
    page.route("**/api/dependencies*", lambda route: route.fulfill(status=503))
    page.goto(f"{site.url}/dependencies")
    expect(page.get_by_role("status")).to_have_text("The back end answers with status 503")
    page.unroute("**/api/dependencies*")
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.locator(".node")).to_have_count(4)
