"""The timeline of a trace: what a person sees and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.contract.otlp import MICROSECOND, MILLISECOND, error, event, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FloatRect, Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

MOST_ROWS = 200
TOTAL = 100 * MILLISECOND


def put_family(site: Site, make: Maker) -> None:
    """Six spans of three services, 100 ms in all.

    front: order ─┬─ check ── shop: check ── query
                  └─ pay ─── bank: pay (failed)
    """
    order = make.span("order", lasts=TOTAL)
    check = make.span("check", "order", at=10 * MILLISECOND, lasts=30 * MILLISECOND)
    pay = make.span("pay", "order", at=50 * MILLISECOND, lasts=40 * MILLISECOND)
    checked = make.span("checked", "check", at=15 * MILLISECOND, lasts=20 * MILLISECOND)
    query = make.span("query", "checked", at=20 * MILLISECOND, lasts=5 * MILLISECOND)
    paid = make.span("paid", "pay", at=55 * MILLISECOND, lasts=30 * MILLISECOND, status=error("declined"))
    site.put(service("front", order, check, pay), service("shop", checked, query), service("bank", paid))


def put_many(site: Site, make: Maker, parent_of: Callable[[int], int | None], count: int = 10_000) -> None:
    """Spans named after their number, each 100 µs after the one before."""
    spans = []
    for number in range(count):
        parent = parent_of(number)
        key = "" if parent is None else f"span {parent}"
        spans.append(make.span(f"span {number}", key, at=number * 100 * MICROSECOND, lasts=TOTAL))
    site.put(service("large", *spans))


def look_at(page: Page, site: Site, make: Maker, more: str = "") -> Locator:
    """Open the trace with the panel closed, unless a span is named; its rows."""
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{more or '?panel=closed'}")
    rows = page.get_by_role("treeitem")
    rows.first.wait_for()
    return rows


def row(page: Page, name: str) -> Locator:
    """The row of a span, by its service and name."""
    return page.get_by_role("treeitem", name=name)


def bounds(box: Locator) -> FloatRect:
    """Where an element lies."""
    found = box.bounding_box()
    assert found
    return found


def bar(page: Page, name: str) -> tuple[float, float]:
    """Where a bar begins and ends, px."""
    box = bounds(row(page, name).locator(".bar"))
    return box["x"], box["x"] + box["width"]


def bars_of(page: Page) -> tuple[float, float]:
    """Where the part of the bars begins and ends, px."""
    box = bounds(page.locator(".axis"))
    return box["x"], box["x"] + box["width"]


def share(page: Page, name: str) -> tuple[float, float]:
    """Where a bar begins and ends in the shown time, per cent."""
    left, right = bars_of(page)
    return tuple(round((x - left) / (right - left) * 100) for x in bar(page, name))  # type: ignore[return-value]


def names(rows: Locator) -> list[str]:
    """What the rows say without their signs: service and operation."""
    return [text.strip() for text in rows.locator(".names").all_inner_texts()]


def drag(page: Page, box: Locator, begin: float, end: float) -> None:
    """Drag from one share of an element's width to another one."""
    area = box.bounding_box()
    assert area
    y = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + begin * area["width"], y)
    page.mouse.down()
    page.mouse.move(area["x"] + (begin + end) / 2 * area["width"], y)
    page.mouse.move(area["x"] + end * area["width"], y)
    page.mouse.up()


def width_beyond(page: Page) -> int:
    """Pixels by which a page has to be scrolled sideways."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


def test_each_span_has_a_row_below_its_parent_and_a_bar_where_it_ran(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    assert names(rows) == ["front order", "front check", "shop checked", "shop query", "front pay", "bank paid"]
    assert [one.get_attribute("aria-level") for one in rows.all()] == ["1", "2", "3", "4", "2", "3"]
    indents = [box["x"] for one in rows.locator(".names").all() if (box := one.bounding_box())]
    assert indents == [*sorted(indents[:4]), indents[1], indents[2]]
    assert share(page, "front order") == (0, 100)
    assert share(page, "front check") == (10, 40)
    assert share(page, "bank paid") == (55, 85)
    expect(row(page, "front check")).to_contain_text("30.0 ms")
    expect(page.locator(".axis")).to_contain_text("0 ms20 ms40 ms60 ms80 ms100 ms")


def test_each_service_has_its_colour_and_an_error_a_sign(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    colours = [one.evaluate("dot => getComputedStyle(dot).backgroundColor") for one in rows.locator(".dot").all()]
    assert len(set(colours)) == 3
    assert colours[0] == colours[1] == colours[4]
    failed = row(page, "bank paid")
    expect(failed).to_have_accessible_name("bank paid, 30.0 ms, at 55.0 ms, error")
    expect(failed).to_contain_text("✗ error")
    expect(page.locator(".badge.error", has_text="error").locator("visible=true")).to_have_count(1)


def test_a_long_service_name_has_one_colour(site: Site, page: Page, make: Maker) -> None:
    site.put(service("n" * 250, make.span("order")))
    look_at(page, site, make, f"#{make.span_id('order').hex()}")
    expect(page.get_by_role("complementary", name="Span")).to_be_visible()
    dots = page.locator("#legend .dot, .row .dot, #panel .what .dot")
    assert dots.evaluate_all("dots => [dots.length, new Set(dots.map((dot) => dot.className)).size]") == [3, 1]


def test_a_subtree_is_hidden_and_shown_by_mouse(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    toggle = row(page, "front check").locator(".toggle")
    toggle.click()
    expect(rows).to_have_count(4)
    expect(toggle).to_have_text("▸ 2")
    expect(row(page, "front check")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#panel")).to_be_hidden()
    toggle.click()
    expect(rows).to_have_count(6)


def test_levels_are_hidden_and_shown_by_buttons(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    moves = {"Hide all levels": [1], "One level more": [3, 5], "Show all": [6], "One level less": [5, 3]}
    for button, left in ((button, left) for button, counts in moves.items() for left in counts):
        page.get_by_role("button", name=button).click()
        expect(rows).to_have_count(left)


def test_the_rows_are_a_tree_to_the_keyboard(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    for key, name in (
        ("ArrowDown", "front check"),
        ("ArrowRight", "shop checked"),
        ("ArrowLeft", "shop checked"),
        ("ArrowLeft", "front check"),
        ("End", "bank paid"),
        ("k", "front pay"),
        ("Home", "front order"),
        ("PageDown", "bank paid"),
        ("ArrowDown", "bank paid"),
    ):
        page.keyboard.press(key)
        expect(row(page, name)).to_be_focused()
    assert page.locator("[role=treeitem][tabindex='0']").count() == 1
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(rows).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(rows).to_have_count(5)  # what had been hidden by itself stays so


def test_a_span_is_opened_and_closed(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    panel = page.locator("#panel")
    row(page, "shop query").click()
    expect(panel).to_contain_text("query")
    expect(row(page, "shop query")).to_have_attribute("aria-selected", "true")
    row(page, "shop query").click()
    expect(panel).to_be_hidden()
    page.keyboard.press("Space")
    expect(panel).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("pay")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(row(page, "front pay")).to_be_focused()


def test_levels_and_view_change_by_keys(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    for key, left in (("<", 1), (".", 3), (">", 6), (",", 5)):
        page.keyboard.press(key)
        expect(rows).to_have_count(left)
    page.keyboard.press(">")
    page.keyboard.press("+")
    assert share(page, "front pay") == (50, 100)
    page.keyboard.press("[")
    assert share(page, "front pay") == (70, 100)
    page.keyboard.press("Shift+ArrowRight")
    assert share(page, "front pay") == (50, 100)
    page.keyboard.press("0")
    assert share(page, "front pay") == (50, 90)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("earlier")).to_be_visible()


def test_errors_are_gone_through_also_hidden_ones(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    failed = make.span("failed early", "checked", at=16 * MILLISECOND, lasts=MILLISECOND, status=error())
    site.put(service("shop", failed))
    rows = look_at(page, site, make)
    expect(page.get_by_role("group", name="Errors")).to_have_text("2 errors")
    page.keyboard.press("<")
    expect(rows).to_have_count(1)
    page.keyboard.press("e")
    expect(row(page, "shop failed early")).to_be_focused()
    expect(row(page, "shop failed early")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel")).to_contain_text("failed early")
    for name in ("bank paid", "shop failed early"):  # and round again
        page.get_by_role("button", name="Next error").click()
        expect(row(page, name)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("E")
    expect(row(page, "bank paid")).to_be_focused()


def test_an_address_leads_to_a_span(site: Site, page: Page, make: Maker) -> None:
    put_many(site, make, lambda number: number - 1 if number else None, 1000)
    look_at(page, site, make, f"#{make.span_id('span 900').hex()}")
    expect(row(page, "large span 900,")).to_be_in_viewport()
    expect(row(page, "large span 900,")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel")).to_contain_text("span 900")


def test_an_address_may_be_broken(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make, "?view=nothing#%")
    expect(rows).to_have_count(6)


def test_two_spans_with_one_id_are_opened_each(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    site.put(service("shop", make.span("check", "order", at=MILLISECOND, name="twin")))
    rows = look_at(page, site, make)
    expect(rows).to_have_count(7)
    for name in ("front check", "shop twin"):
        row(page, name).click()
        expect(page.locator(".row.selected")).to_have_count(1)
        expect(page.get_by_role("complementary")).to_contain_text(name.split()[1])


def test_the_overview_selects_the_shown_time(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    picture = page.locator(".minimap .picture")
    reset = page.get_by_role("button", name="Reset")
    expect(reset).to_be_disabled()
    drag(page, picture, 0.5, 0.9)
    assert share(page, "front pay") == (0, 100)
    expect(page.get_by_text("40.0 ms from 50.0 ms on")).to_be_visible()
    drag(page, picture, 0.7, 0.6)  # within the window: it moves
    expect(page.get_by_text("40.0 ms from 40.0 ms on")).to_be_visible()
    assert share(page, "front pay") == (25, 100)
    expect(row(page, "front check").locator(".bar")).to_have_count(1)
    expect(row(page, "shop query")).to_contain_text("◂")
    drag(page, page.get_by_role("slider", name="Shown to"), 0.5, 8)
    assert share(page, "front pay")[1] < 100
    reset.click()
    assert share(page, "front pay") == (50, 90)
    drag(page, picture, 0.1, 0.2)
    picture.dblclick()
    assert share(page, "front pay") == (50, 90)


def test_the_overview_has_handles_for_the_keyboard(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    begin, end = page.get_by_role("slider", name="Shown from"), page.get_by_role("slider", name="Shown to")
    begin.focus()
    for key in ("PageUp", "PageUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(begin).to_have_attribute("aria-valuenow", "21")
    expect(begin).to_have_attribute("aria-valuetext", "21.0 ms")
    page.keyboard.press("Tab")
    expect(end).to_be_focused()
    page.keyboard.press("PageDown")
    expect(end).to_have_attribute("aria-valuetext", "90.0 ms")
    page.keyboard.press("Home")
    expect(end).to_have_attribute("aria-valuetext", "21.1 ms")
    page.keyboard.press("End")
    begin.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Reset")).to_be_disabled()


def test_dragging_over_the_bars_zooms_and_opens_nothing(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    drag(page, page.locator(".axis"), 0.2, 0.6)
    assert share(page, "front pay") == (75, 100)
    drag(page, row(page, "front order").locator(".bars"), 0.5, 1)
    assert share(page, "front pay") == (50, 100)
    expect(page.locator("#panel")).to_be_hidden()
    page.locator(".axis").dblclick()
    assert share(page, "front pay") == (50, 90)


def test_the_critical_path_is_drawn_on_demand(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    expect(rows.locator(".path")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Critical path")).to_have_attribute("aria-pressed", "true")
    expect(rows.locator(".path")).to_have_count(6)
    told = page.locator(".path-times")
    expect(told).to_contain_text("front 50.0 ms, 50 %")
    expect(told).to_contain_text("bank 30.0 ms, 30 %")
    assert "shop 20.0 ms, 20 %" in told.inner_text()
    parts = row(page, "front check").locator(".path").evaluate("path => path.style.background")
    assert [part in parts for part in ("0%", "16.667%", "83.333%")] == [True] * 3
    page.get_by_role("button", name="Critical path").click()
    expect(rows.locator(".path")).to_have_count(0)


def test_a_card_tells_of_the_bar_under_the_pointer_and_a_line_of_its_time(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    card, line, now = page.locator(".tip"), page.locator(".cursor"), page.locator(".axis .now")
    row(page, "bank paid").locator(".bar").hover()
    for text in ("paid", "bank", "✗ error: declined", "30.0 ms", "55.0 ms"):
        expect(card).to_contain_text(text)
    left, right = bars_of(page)
    page.mouse.move(left + (right - left) / 2, bounds(row(page, "front check"))["y"] + 3)
    expect(now).to_have_text("50.0 ms")
    assert round(bounds(line)["x"] - left) == round((right - left) / 2)
    expect(card).to_be_hidden()
    page.mouse.move(2, 2)
    expect(line).to_be_hidden()
    page.keyboard.press("j")
    expect(card).to_contain_text("order")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Span")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(card).to_contain_text("10.0 ms (33 %)")


def test_durations_stand_outside_of_all_bars(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    frame = bounds(page.locator(".scroller"))
    for name in ("front order", "front check", "bank paid"):
        end, label = bar(page, name)[1], bounds(row(page, name).locator(".took"))
        assert label["x"] >= end
        assert label["x"] + label["width"] <= frame["x"] + frame["width"]


def test_a_span_that_takes_no_time_is_nothing_odd(site: Site, page: Page, make: Maker) -> None:
    site.put(service("front", make.span("order"), make.span("tick", "order", at=MILLISECOND, lasts=0)))
    look_at(page, site, make)
    expect(row(page, "front tick")).to_have_accessible_name("front tick, 0 µs, at 1.00 ms")
    expect(page.locator("#notices .notice")).to_have_count(0)


def test_events_are_marked_on_the_bar(site: Site, page: Page, make: Maker) -> None:
    happened = [event("cache missed", make.base + 25 * MILLISECOND), event("x" * 500, make.base + 75 * MILLISECOND)]
    site.put(service("front", make.span("order", lasts=TOTAL, events=happened)))
    look_at(page, site, make)
    ticks = page.locator(".tick")
    expect(ticks).to_have_count(2)
    expect(ticks.first).to_have_attribute("title", "cache missed, at 25.0 ms")
    left, right = bars_of(page)
    box = ticks.first.bounding_box()
    assert box
    assert round((box["x"] + 1 - left) / (right - left) * 100) == 25


def test_clocks_that_differ_are_told_and_adjusted(site: Site, page: Page, make: Maker) -> None:
    """The server's clock is 12 ms late, so its span begins before the client asked."""
    asked = make.span("ask", at=20 * MILLISECOND, lasts=10 * MILLISECOND)
    served = make.span("serve", "ask", at=12 * MILLISECOND, lasts=6 * MILLISECOND)
    worked = make.span("work", "serve", at=13 * MILLISECOND, lasts=MILLISECOND)
    site.put(service("client", asked), service("server", served, worked))
    look_at(page, site, make)
    adjust = page.get_by_role("button", name="Adjust clocks")
    expect(row(page, "server serve")).to_have_accessible_name(
        "server serve, 6.00 ms, at 0 µs, Starts before its parent did: the clocks of server and client differ by about "
        "10.0 ms."
    )
    assert share(page, "server serve")[1] < share(page, "client ask")[0]
    page.keyboard.press("a")
    expect(adjust).to_have_attribute("aria-pressed", "true")
    assert share(page, "client ask") == (0, 100)
    assert share(page, "server serve") == (20, 80)
    assert share(page, "server work") == (30, 40)
    expect(row(page, "server serve")).to_have_accessible_name(
        "server serve, 6.00 ms, at 2.00 ms, moved, 10.0 ms later than its clock said"
    )
    page.wait_for_url("**clocks=adjusted**")
    page.reload()
    expect(adjust).to_have_attribute("aria-pressed", "true")
    assert share(page, "server serve") == (20, 80)
    adjust.click()
    expect(adjust).to_have_attribute("aria-pressed", "false")
    assert share(page, "server serve")[1] < share(page, "client ask")[0]


def test_work_that_goes_on_is_not_called_a_broken_clock(site: Site, page: Page, make: Maker) -> None:
    asked = make.span("ask", lasts=10 * MILLISECOND)
    sent = make.span("send", "ask", at=5 * MILLISECOND, lasts=20 * MILLISECOND // 2)
    site.put(service("client", asked), service("server", sent))
    look_at(page, site, make)
    expect(row(page, "server send")).to_contain_text("outlives parent")
    expect(row(page, "server send")).to_have_accessible_name(
        "server send, 10.0 ms, at 5.00 ms, Does not lie within its parent: it went on after its parent was done, or "
        "the clocks of server and client differ by about 5.00 ms."
    )


def test_buttons_that_a_trace_has_no_use_for_are_not_there(site: Site, page: Page, make: Maker) -> None:
    site.put(service("front", make.span("alone")))
    look_at(page, site, make)
    expect(page.get_by_role("button", name="Critical path")).to_be_visible()
    for name in ("Adjust clocks", "Next error (e)", "Show all levels (>)", "Next match (n)"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_a_missing_parent_has_a_row_that_it_fills_when_it_arrives(site: Site, page: Page, make: Maker) -> None:
    child = make.span("serve", "ask", at=2 * MILLISECOND, lasts=MILLISECOND)
    site.put(service("server", child))
    rows = look_at(page, site, make)
    missing = make.span_id("ask").hex()
    place = row(page, f"missing span {missing}")
    expect(place).to_contain_text("most likely")
    expect(row(page, "server serve")).to_have_attribute("aria-level", "2")
    expect(row(page, "server serve")).to_have_accessible_name("server serve, 1.00 ms, at 0 µs, its parent is missing")
    assert place.locator(".bar").evaluate("bar => getComputedStyle(bar).borderStyle") == "dashed"
    place.click()
    expect(page.locator("#panel")).to_contain_text(missing)
    site.put(service("client", make.span("ask", lasts=5 * MILLISECOND)))
    expect(row(page, "client ask")).to_be_focused()
    expect(row(page, "client ask")).to_have_attribute("aria-selected", "true")
    expect(rows).to_have_count(2)
    assert share(page, "server serve") == (40, 60)


def test_a_refresh_leaves_everything_as_it_is(site: Site, page: Page, make: Maker) -> None:
    put_many(site, make, lambda number: 0 if number else None, 2000)
    rows = look_at(page, site, make)
    page.keyboard.press("j")
    page.keyboard.press("End")
    expect(row(page, "large span 1999,")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    row(page, "large span 1990,").locator(".names").click()
    page.keyboard.press("+")
    kept = page.evaluate("() => document.querySelector('.scroller').scrollTop")
    before = page.get_by_text(" from ").first.inner_text()
    # Earlier than all others: the trace begins anew, and all rows move down.
    site.put(service("large", make.span("first", at=-TOTAL, lasts=MILLISECOND)))
    expect(page.locator("#facts")).to_contain_text("2,001")
    expect(row(page, "large span 1990,")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("span 1990")
    assert page.evaluate("() => document.querySelector('.scroller').scrollTop") == kept + 26
    assert page.get_by_text(" from ").first.inner_text().split(" from ")[0] == before.split(" from ")[0]
    assert rows.count() < MOST_ROWS


def test_what_is_hidden_stays_hidden_when_more_arrives(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    row(page, "front check").locator(".toggle").click()
    expect(rows).to_have_count(4)
    site.put(service("shop", make.span("late", "checked", at=30 * MILLISECOND, lasts=MILLISECOND)))
    expect(row(page, "front check").locator(".toggle")).to_have_text("▸ 3")
    expect(rows).to_have_count(4)


def test_what_is_found_stands_out(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make, "?uiFind=query")
    expect(page.locator(".row.found")).to_have_count(1)
    expect(page.locator(".row.found")).to_contain_text("query")
    expect(page.locator(".row.passed-over")).to_have_count(5)


def test_the_width_of_the_names_is_remembered(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make)
    line = page.get_by_role("separator", name="Width of the names")
    before, _ = bars_of(page)
    box = line.bounding_box()
    assert box
    page.mouse.move(box["x"] + 6, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 10)
    page.mouse.move(box["x"] + 106, box["y"] + 10)
    page.mouse.up()
    dragged, _ = bars_of(page)
    assert 95 <= dragged - before <= 105
    line.focus()
    now = int(line.get_attribute("aria-valuenow") or 0)
    page.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", str(now - 2))
    kept, _ = bars_of(page)
    assert kept < dragged
    page.reload()
    expect(line).to_have_attribute("aria-valuenow", str(now - 2))
    assert bars_of(page)[0] == pytest.approx(kept, abs=1)


def test_the_width_of_the_panel_is_changed_by_pointer_and_keys(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    look_at(page, site, make, f"#{make.span_id('order').hex()}")
    panel, splitter = page.get_by_role("complementary", name="Span"), page.get_by_label("Width of the panel")
    at_first = bounds(panel)["width"]
    at = bounds(splitter)
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + 50)
    page.mouse.down()
    page.mouse.move(at["x"] - 100, at["y"] + 200, steps=3)
    page.mouse.up()
    dragged = bounds(panel)["width"]
    assert 100 < dragged - at_first < 120
    assert page.evaluate("getSelection().toString()") == ""
    splitter.press("ArrowRight")
    keyed = bounds(panel)["width"]
    assert at_first < keyed < dragged
    page.reload()
    expect(panel).to_be_visible()
    assert bounds(panel)["width"] == pytest.approx(keyed, abs=1)


def test_names_stay_texts_of_one_line(site: Site, page: Page, make: Maker) -> None:
    spans = [
        make.span(f"{number}", "0" if number else "", name=name, lasts=TOTAL)
        for number, name in enumerate(hostile.TEXTS)
    ]
    site.put(service("<b>bold</b>" + "y" * 300, *spans))
    rows = look_at(page, site, make)
    expect(rows).to_have_count(len(hostile.TEXTS))
    assert page.locator("main img, main b, main script").count() == 0
    shown = names(rows)
    assert shown[0].endswith(hostile.MARKUP)
    assert all(len(text) < 800 for text in shown)
    heights = {box["height"] for one in rows.all() if (box := one.bounding_box())}
    assert heights == {26}
    assert width_beyond(page) <= 0
    assert len(rows.nth(1).get_attribute("aria-label") or "") < 1000


TREES: dict[str, Callable[[int], int | None]] = {
    "siblings": lambda number: 0 if number else None,
    "a chain": lambda number: number - 1 if number else None,
    "siblings without their parent": lambda _: 10_000,
}


@pytest.mark.parametrize("shape", TREES)
def test_of_ten_thousand_spans_only_some_rows_are_on_the_page(site: Site, page: Page, make: Maker, shape: str) -> None:
    put_many(site, make, TREES[shape])
    rows = look_at(page, site, make)
    assert rows.count() < MOST_ROWS
    page.keyboard.press("j")
    page.keyboard.press("End")
    expect(page.locator("[role=treeitem]:focus")).to_be_in_viewport()
    last = page.locator("[role=treeitem]").last
    expect(last).to_be_focused()
    assert (last.get_attribute("aria-label") or "").startswith("large span 9999,")
    assert rows.count() < MOST_ROWS
    page.locator(".scroller").evaluate("scroller => scroller.scrollTo(0, scroller.scrollHeight / 2)")
    expect(last).to_have_attribute("tabindex", "0")  # the row with the focus stays
    expect(rows.nth(18)).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    expect(rows.first).to_be_in_viewport()


def test_deep_rows_tell_their_level_as_a_number(site: Site, page: Page, make: Maker) -> None:
    put_many(site, make, lambda number: number - 1 if number else None, 300)
    look_at(page, site, make)
    page.keyboard.press("j")
    page.keyboard.press("End")
    deepest = row(page, "large span 299,")
    expect(deepest.locator(".level")).to_have_text("300")
    expect(deepest.locator(".names")).to_be_in_viewport()
    expect(deepest).to_have_attribute("aria-level", "300")


def test_it_fits_a_phone(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    put_family(site, make)
    site.put(service("s" * 100, make.span("x" * 300, "order", at=MILLISECOND, status=error())))
    rows = look_at(page, site, make)
    expect(rows).to_have_count(7)
    assert width_beyond(page) <= 0
    left, right = bars_of(page)
    assert right - left > 100
    page.keyboard.press("c")
    page.keyboard.press("+")
    rows.nth(1).click()
    expect(page.locator("#panel")).to_be_visible()
    assert width_beyond(page) <= 0


def test_another_view_and_back_leaves_levels_and_time(site: Site, page: Page, make: Maker) -> None:
    put_family(site, make)
    rows = look_at(page, site, make)
    page.keyboard.press(",")
    page.keyboard.press("+")
    expect(rows).to_have_count(5)
    page.keyboard.press("3")
    expect(rows).to_have_count(0)
    page.keyboard.press("1")
    expect(rows).to_have_count(5)
    assert share(page, "front pay") == (50, 100)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog").locator("kbd").all_inner_texts()
    assert sorted(keys) == sorted(set(keys))
