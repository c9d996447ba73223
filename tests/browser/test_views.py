"""Flame graph, statistics and span table of a trace."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.contract.otlp import MILLISECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Position

    from tests.browser.conftest import Site, Unit
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

LANE = 22
"""Pixels of a flame graph's lane."""
PICTURE = "canvas => canvas.toDataURL()"
ROWS = "tbody tr:not(.gap)"


def put_shop(site: Site, make: Maker) -> str:
    """100 ms in two services: a root, two children that overlap, one of them failed, with a child; its trace id."""
    ms = MILLISECOND
    site.put(
        service("front", make.span("GET /", lasts=100 * ms, attributes={"http.route": "/"})),
        service(
            "stock",
            make.span("look", "GET /", at=10 * ms, lasts=40 * ms, attributes={"n": 10}),
            make.span("book", "GET /", at=30 * ms, lasts=50 * ms, attributes={"n": 9}, status=error("sold out")),
            make.span("save", "book", at=40 * ms, lasts=20 * ms),
        ),
    )
    return make.trace_id().hex()


def put_many(site: Site, make: Maker, number: int = 10_000) -> str:
    spans = [make.span(f"{at}", "0" if at else "", at=at * 1000, name=f"work {at % 7}") for at in range(number)]
    for at in range(0, number, 1000):
        site.put(service("large", *spans[at : at + 1000]))
    return make.trace_id().hex()


def open_view(page: Page, site: Site, trace_id: str, view: str) -> None:
    page.goto(f"{site.url}/trace/{trace_id}?view={view}&panel=closed")
    page.locator(".flame-scroller" if view == "flame" else "table.rows").wait_for()


def flame(page: Page) -> Locator:
    return page.get_by_role("application")


def tip(page: Page) -> Locator:
    return page.locator(".tip:visible")


def point(page: Page, part: float, lane: int) -> Position:
    """Where a part of the shown time is in a lane, in pixels from the chart's corner."""
    box = flame(page).bounding_box()
    assert box
    return {"x": part * box["width"], "y": (lane + 0.5) * LANE}


def cells(page: Page, row: int) -> list[str]:
    return page.locator(ROWS).nth(row).locator("td").all_inner_texts()


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"{ROWS} td:nth-child({number})").all_inner_texts()


def number(page: Page) -> Locator:
    """How many spans the table says it shows."""
    return page.get_by_role("tabpanel").get_by_role("status")


def head(page: Page, name: str) -> Locator:
    return page.get_by_role("columnheader", name=name, exact=True)


Row = tuple[str, str, str, float, float]
"""Id, parent's id, name, start and duration in µs; an error where the name begins with an exclamation mark."""


def otlp(*rows: Row, of: str = "here") -> list[dict[str, object]]:
    """The resourceSpans of OTLP JSON."""
    spans = [
        {
            "traceId": "1" * 32,
            "spanId": key,
            "parentSpanId": parent,
            "name": name,
            "startTimeUnixNano": str(int(start * 1000)),
            "endTimeUnixNano": str(int((start + lasts) * 1000)),
            "status": {"code": 2} if name.startswith("!") else {},
        }
        for key, parent, name, start, lasts in rows
    ]
    attributes = [{"key": "service.name", "value": {"stringValue": of}}]
    return [{"resource": {"attributes": attributes}, "scopeSpans": [{"scope": {}, "spans": spans}]}]


# Numbers


def test_percentiles_are_nearest_rank(unit: Unit) -> None:
    few, hundred = [15, 20, 35, 40, 50], list(range(1, 101))
    cases = {
        (0.05, 15): few,
        (0.3, 20): few,
        (0.4, 20): few,
        (0.5, 35): few,
        (1, 50): few,
        (0.5, 2): [1, 2, 3, 4],
        (0.07, 7): hundred,
        (0.99, 99): hundred,
        (0.99, 990): list(range(1, 1001)),
        (0.01, 7): [7],
        (0, 3): [3, 4],
    }
    found = unit("views.percentiles", [[numbers, part] for (part, _), numbers in cases.items()])
    assert found == [expected for _, expected in cases]


def test_statistics_of_operations(unit: Unit) -> None:
    rows: list[Row] = [("01", "", "root", 0, 100)]
    rows += [(f"1{number}", "01", "!call" if number == 3 else "call", number * 10, number) for number in range(1, 6)]
    groups, everything = unit("views.statistics", otlp(*rows))
    root, call, failed = groups
    assert (root["service"], root["name"]) == ("here", "root")
    assert [root[key] for key in ("count", "errors", "total", "self")] == [1, 0, 100, 85]
    assert [root[key] for key in ("average", "min", "p50", "p99", "max")] == [100] * 5
    assert [call[key] for key in ("name", "count", "errors", "total", "self")] == ["call", 4, 0, 12, 12]
    assert [call[key] for key in ("average", "min", "p50", "p99", "max")] == [3, 1, 2, 5, 5]
    assert [failed[key] for key in ("name", "count", "errors", "total")] == ["!call", 1, 1, 3]
    assert [group["share"] for group in groups] == [0.85, 0.12, 0.03]
    assert [everything[key] for key in ("count", "errors", "total", "self", "p50")] == [6, 1, 115, 100, 3]


def test_groups_of_an_attribute(unit: Unit) -> None:
    groups = otlp(("01", "", "a", 0, 3), ("02", "01", "b", 1, 1), ("03", "01", "c", 2, 1))
    spans: list[dict[str, object]] = groups[0]["scopeSpans"][0]["spans"]  # type: ignore[index]
    spans[0] |= {"attributes": [{"key": "n", "value": {"intValue": "5"}}], "kind": 2}
    spans[1] |= {"attributes": [{"key": "n", "value": {"stringValue": ""}}]}
    assert unit("views.groups", groups) == [
        ["5", "(empty)", "(without it)"],
        ["here"] * 3,
        ["server", "(no kind)", "(no kind)"],
        ["n", "service.name"],
    ]


Box = tuple[str, str | None, float, float]
"""Id, parent's id, start and end in µs."""


def laid_out(unit: Unit, *rows: Row) -> list[list[Box]]:
    lanes: list[list[Box]] = unit("views.lanes", otlp(*rows))
    return lanes


def ids_of(lanes: list[list[Box]]) -> list[list[str]]:
    return [[box[0] for box in lane] for lane in lanes]


def test_children_lie_below_and_beside_one_another(unit: Unit) -> None:
    root: Row = ("f0", "", "root", 0, 100)
    lanes = laid_out(unit, root, ("01", "f0", "a", 0, 50), ("02", "f0", "b", 50, 50), ("03", "02", "c", 60, 10))
    assert ids_of(lanes) == [["f0"], ["01", "02"], ["03"]]


def test_what_runs_at_the_same_time_has_lanes_of_its_own(unit: Unit) -> None:
    root: Row = ("f0", "", "root", 0, 100)
    overlapping: list[Row] = [("01", "f0", "a", 0, 50), ("02", "f0", "b", 40, 20), ("03", "01", "below a", 5, 5)]
    assert ids_of(laid_out(unit, root, *overlapping)) == [["f0"], ["01"], ["03"], ["02"]]
    assert ids_of(laid_out(unit, root, *overlapping, ("04", "f0", "later", 60, 5))) == [
        ["f0"],
        ["01", "04"],
        ["03"],
        ["02"],
    ]
    # What takes no time does not hide what begins at the same moment.
    assert ids_of(laid_out(unit, root, ("01", "f0", "a", 5, 0), ("02", "f0", "b", 5, 0))) == [
        ["f0"],
        ["01"],
        ["02"],
    ]
    # A child that goes on after its parent needs the place as well.
    late: list[Row] = [("01", "f0", "a", 0, 10), ("02", "01", "late", 5, 50), ("03", "f0", "b", 20, 10)]
    assert ids_of(laid_out(unit, root, *late)) == [["f0"], ["01"], ["02"], ["03"]]


@pytest.mark.parametrize("seed", range(3))
def test_no_two_boxes_of_any_trace_overlap(unit: Unit, seed: int) -> None:
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(200):
        parent = f"f{chance.randrange(number)}" if number and chance.random() < 0.97 else ""
        missing = chance.random() < 0.02
        rows.append((f"f{number}", "ffff" if missing else parent, "x", chance.randrange(400), chance.randrange(60)))
    lanes = laid_out(unit, *rows)
    lane_of = {box[0]: number for number, lane in enumerate(lanes) for box in lane}
    assert lane_of.keys() >= {row[0] for row in rows}
    for number, lane in enumerate(lanes):
        for (_, _, start, end), (_, _, next_start, _) in itertools.pairwise(lane):
            assert end <= next_start
            assert start < next_start, "of two that take no time one would hide the other"
        for _, parent_id, _, _ in lane:
            assert parent_id is None or lane_of[parent_id] < number


def test_a_chain_of_ten_thousand_is_laid_out(unit: Unit) -> None:
    assert unit("views.lanesOfChain", 10_000) == 10_000


def test_sorting(unit: Unit) -> None:
    values = [[2, "a"], [None, "b"], ["x", "c"], [10, "d"], [2, "e"], ["X", "f"]]
    up = unit("views.sort", [values, False])
    assert [row[1] for row in up] == ["a", "e", "d", "f", "c", "b"]
    down = unit("views.sort", [values, True])
    assert [row[1] for row in down] == ["c", "f", "d", "a", "e", "b"]


# Flame graph


def test_a_flame_graph_tells_of_what_is_pointed_at(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    expect(flame(page)).to_have_accessible_name("Flame graph of 4 spans")
    flame(page).hover(position=point(page, 0.05, 0))
    expect(tip(page)).to_contain_text("GET /")
    expect(tip(page)).to_contain_text("100 %")
    expect(tip(page)).to_contain_text("30.0 ms (30 %)")
    flame(page).hover(position=point(page, 0.4, 1))
    expect(tip(page)).to_contain_text("look")
    flame(page).hover(position=point(page, 0.4, 2))
    expect(tip(page)).to_contain_text("book")
    expect(tip(page)).to_contain_text("✗ error")
    flame(page).hover(position=point(page, 0.5, 3))
    expect(tip(page)).to_contain_text("save")
    flame(page).hover(position=point(page, 0.95, 2))
    expect(tip(page)).to_have_count(0)


def test_a_click_zooms_and_another_one_opens(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    axis = page.locator(".flame-axis")
    expect(axis).to_contain_text("80 ms")
    flame(page).click(position=point(page, 0.6, 2))
    zoom = page.get_by_role("navigation", name="Zoom")
    expect(zoom).to_contain_text("All 100 ms")
    expect(zoom.locator("[aria-current]")).to_have_text("book")
    expect(axis).not_to_contain_text("80 ms")
    expect(axis).to_contain_text("50 ms")
    expect(page.locator("#panel")).to_be_hidden()
    flame(page).click(position=point(page, 0.9, 2))
    expect(page.locator("#panel")).to_contain_text("sold out")
    zoom.get_by_role("button", name="GET /").click()
    expect(zoom).to_be_hidden()
    flame(page).click(position=point(page, 0.5, 3))
    zoom.get_by_role("button", name="Reset zoom").click()
    expect(zoom).to_be_hidden()
    expect(axis).to_contain_text("80 ms")


def test_a_click_far_down_hits_what_is_there(site: Site, page: Page, make: Maker) -> None:
    spans = [make.span(f"{at}", "0" if at else "", at=at * 1000) for at in range(200)]
    site.put(service("wide", *spans))
    open_view(page, site, make.trace_id().hex(), "flame")
    flame(page).evaluate("scroller => { scroller.scrollTop = 100 * 22; }")
    flame(page).click(position=point(page, 0.5, 3))
    expect(page.get_by_role("navigation", name="Zoom").locator("[aria-current]")).to_have_text("103")
    expect(tip(page)).to_contain_text("103")


def test_a_flame_graph_by_keyboard(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    said = page.locator("body > [aria-live]")
    page.get_by_role("radio", name="Service").focus()
    page.keyboard.press("Tab")
    expect(flame(page)).to_be_focused()
    expect(tip(page)).to_contain_text("GET /")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("look, stock, duration 40.0 ms, of the trace 40 %")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("book, stock, status ✗ error: sold out, duration 50.0 ms")
    expect(said).to_contain_text("level 2, 1 child")
    expect(tip(page)).to_contain_text("book")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("save")
    page.keyboard.press("Space")
    zoom = page.get_by_role("navigation", name="Zoom")
    expect(zoom.locator("[aria-current]")).to_have_text("save")
    page.keyboard.press("Backspace")
    expect(zoom.locator("[aria-current]")).to_have_text("book")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    expect(said).to_contain_text("GET /")
    page.keyboard.press("0")
    expect(zoom).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("look")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Flame graph")


def test_keys_lead_out_of_what_is_zoomed_to(site: Site, page: Page, make: Maker) -> None:
    trace_id = make.trace_id().hex()
    parts = [make.span(f"part {at}", "root", at=at * MILLISECOND, lasts=MILLISECOND) for at in range(3)]
    site.put(service("s", make.span("root", lasts=3 * MILLISECOND), *parts))
    open_view(page, site, trace_id, "flame")
    flame(page).click(position=point(page, 0.1, 1))
    zoom = page.get_by_role("navigation", name="Zoom")
    expect(zoom.locator("[aria-current]")).to_have_text("part 0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(zoom).to_be_hidden()
    expect(tip(page)).to_contain_text("part 2")


def test_boxes_have_the_colours_of_services_errors_or_self_time(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    canvas = page.locator(".flame canvas")
    pictures = set()
    for name, says in (("Service", ""), ("Errors", "✗ error"), ("Self time", "100 %")):
        page.get_by_role("radio", name=name).check()
        colours = page.get_by_role("list", name="Colours")
        expect(colours).to_contain_text(says) if says else expect(colours).to_be_hidden()
        page.evaluate("new Promise(requestAnimationFrame)")
        pictures.add(canvas.evaluate(PICTURE))
    assert len(pictures) == 3


def test_a_flame_graph_in_light_and_dark(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    pictures = set()
    for _ in range(2):
        page.get_by_role("button", name="Theme").click()
        page.evaluate("new Promise(requestAnimationFrame)")
        pictures.add(page.locator(".flame canvas").evaluate(PICTURE))
    assert len(pictures) == 2


def test_a_flame_graph_shows_what_is_found(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "flame")
    canvas = page.locator(".flame canvas")
    before = canvas.evaluate(PICTURE)
    page.get_by_role("searchbox", name="Find in this trace").fill("save")
    page.wait_for_function("before => document.querySelector('.flame canvas').toDataURL() !== before", arg=before)


def test_a_flame_graph_grows_and_stays_zoomed(site: Site, page: Page, make: Maker) -> None:
    site.put(service("late", make.span("child", "parent", at=MILLISECOND, lasts=10 * MILLISECOND)))
    open_view(page, site, make.trace_id().hex(), "flame")
    flame(page).hover(position=point(page, 0.5, 0))
    expect(tip(page)).to_contain_text("Missing parent")
    expect(tip(page)).to_contain_text(make.span_id("parent").hex())
    flame(page).focus()
    page.keyboard.press("ArrowDown")
    site.put(service("late", make.span("parent", lasts=30 * MILLISECOND), make.span("more", "child", at=MILLISECOND)))
    expect(flame(page)).to_have_accessible_name("Flame graph of 3 spans")
    page.keyboard.press("Space")
    zoom = page.get_by_role("navigation", name="Zoom")
    expect(zoom.get_by_role("button", name="parent")).to_be_visible()
    expect(zoom.locator("[aria-current]")).to_have_text("child")
    site.put(service("late", make.span("last", "parent", at=25 * MILLISECOND, lasts=MILLISECOND)))
    expect(flame(page)).to_have_accessible_name("Flame graph of 4 spans")
    expect(zoom.locator("[aria-current]")).to_have_text("child")


# Statistics


def test_statistics_by_operation(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "statistics")
    assert column(page, 1)[0].split("\n") == ["front", "GET /"]
    assert cells(page, 0)[1:10] == ["1", "0", "100 ms", "30.0 ms", "100 ms", "100 ms", "100 ms", "100 ms", "100 ms"]
    assert cells(page, 1)[1:5] == ["1", "✗ 1", "50.0 ms", "30.0 ms"]
    assert cells(page, 0)[10] == "25 %"
    total = page.locator("tfoot td").all_inner_texts()
    assert total[:6] == ["4 groups", "4", "✗ 1", "210 ms", "120 ms", "52.5 ms"]
    assert page.locator(ROWS).first.locator("td").nth(3).get_attribute("title") == "100,000 µs"


def test_statistics_sort_by_each_column(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "statistics")
    expect(head(page, "Total")).to_have_attribute("aria-sort", "descending")
    names = page.get_by_role("columnheader").all_inner_texts()
    assert len(names) == 11
    for name in [text.split("\n")[0] for text in names]:
        heading = page.get_by_role("columnheader", name=name, exact=True)
        heading.get_by_role("button").click()
        first = heading.get_attribute("aria-sort")
        ends = column(page, 1)
        heading.get_by_role("button").click()
        assert {first, heading.get_attribute("aria-sort")} == {"ascending", "descending"}
        if name in {"Self", "Max", "Operation"}:
            assert column(page, 1) != ends
    expect(page.locator("[aria-sort]")).to_have_count(1)


def test_statistics_group_by_service_kind_or_any_attribute(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "statistics")
    page.get_by_role("radio", name="Service").check()
    assert column(page, 1) == ["stock", "front"]
    page.get_by_role("radio", name="Kind").check()
    assert column(page, 1) == ["internal"]
    page.get_by_label("Group by an attribute").fill("n")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="n", exact=True)).to_be_checked()
    expect(head(page, "n")).to_be_visible()
    assert column(page, 1) == ["(without it)", "9", "10"]
    page.locator(ROWS).nth(2).click()
    expect(page.get_by_role("tab", name="Spans")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#view")).to_contain_text("Only n: 10")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("look")


def test_a_row_of_statistics_opens_its_spans(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "statistics")
    page.locator(ROWS).first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(ROWS).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(number(page)).to_have_text("1 of 4 spans")
    assert cells(page, 0)[1:3] == ["stock", "book"]
    page.get_by_role("button", name="Show the spans of all groups").click()
    expect(number(page)).to_have_text("4 spans")


# Span table


def test_the_table_has_all_of_a_span(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    assert column(page, 3) == ["GET /", "look", "book", "save"]
    row = ["30.0 ms", "stock", "book", "internal", "50.0 ms", "30.0 ms", "✗ error", make.span_id("book").hex()]
    assert cells(page, 2) == row
    times = page.locator(ROWS).nth(2).locator("td")
    assert times.nth(4).get_attribute("title") == "50,000 µs"
    assert re.fullmatch(r"\S+Z, by the clock of stock", times.nth(0).get_attribute("title") or "")
    assert times.nth(6).get_attribute("title") == "error sold out"


def test_the_table_sorts_and_has_the_slowest_first_at_once(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    slowest = page.get_by_role("button", name="Slowest first")
    slowest.click()
    assert column(page, 3) == ["GET /", "book", "look", "save"]
    expect(slowest).to_have_attribute("aria-pressed", "true")
    expect(head(page, "Duration")).to_have_attribute("aria-sort", "descending")
    head(page, "Operation").get_by_role("button").click()
    assert column(page, 3) == ["book", "GET /", "look", "save"]
    expect(slowest).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("s")
    assert column(page, 3) == ["GET /", "book", "look", "save"]
    page.keyboard.press("s")
    assert column(page, 3) == ["GET /", "look", "book", "save"]


def test_the_table_filters(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    field = page.get_by_role("searchbox", name="Filter")
    field.fill("STOCK")
    expect(number(page)).to_have_text("3 of 4 spans")
    page.get_by_label("Errors only").check()
    assert column(page, 3) == ["book"]
    field.fill("nothing like it")
    expect(page.get_by_text("No span is like that")).to_be_visible()
    field.fill("sold out")
    assert column(page, 3) == ["book"]
    page.get_by_label("Errors only").uncheck()
    field.fill(make.span_id("save").hex())
    assert column(page, 3) == ["save"]


def test_the_table_takes_columns_of_attributes(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    page.get_by_label("Add a column").fill("n")
    page.keyboard.press("Enter")
    assert [text.strip() for text in column(page, 9)] == ["", "10", "9", ""]
    page.get_by_role("columnheader", name="n").get_by_role("button", name="n", exact=True).click()
    assert [text.strip() for text in column(page, 9)] == ["9", "10", "", ""], "numbers are sorted as such"
    page.get_by_role("searchbox", name="Filter").fill("10")
    expect(page.locator(ROWS).filter(has_text="look")).to_be_visible()
    page.get_by_role("button", name="Remove the column n").click()
    expect(page.get_by_role("columnheader")).to_have_count(8)


def test_a_row_opens_its_span(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    page.locator(ROWS).nth(1).click()
    expect(page.locator("#panel")).to_contain_text("look")
    expect(page.locator(ROWS).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("sold out")
    expect(page.locator("tr[aria-selected=true]")).to_have_count(1)
    page.wait_for_url(f"**#{make.span_id('book').hex()}")


def test_the_table_shows_what_is_found(site: Site, page: Page, make: Maker) -> None:
    open_view(page, site, put_shop(site, make), "table")
    only = page.get_by_label("Found only")
    expect(only).to_be_hidden()
    page.get_by_role("searchbox", name="Find in this trace").fill("save")
    expect(page.locator("tr.found")).to_have_count(1)
    only.check()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("save")


def test_ten_thousand_rows_are_few_elements(site: Site, page: Page, make: Maker) -> None:
    trace_id = put_many(site, make)
    open_view(page, site, trace_id, "table")
    expect(page.get_by_role("grid", name="Spans")).to_have_attribute("aria-rowcount", "10001")
    assert page.locator("tbody tr").count() < 100
    page.locator(ROWS).first.focus()
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_contain_text(make.span_id("9999").hex())
    expect(page.locator(":focus")).to_be_in_viewport()
    expect(page.locator(":focus")).to_have_attribute("aria-rowindex", "10001")
    page.keyboard.press("PageUp")
    page.locator(".rows-scroller").evaluate("scroller => { scroller.scrollTop = 0; }")
    expect(page.locator(ROWS).first).to_contain_text(make.span_id("0").hex())
    focused = page.locator(":focus")
    expect(focused).to_have_count(1)  # out of sight, but where the keys go on from
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_be_in_viewport()
    heights = page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.getBoundingClientRect().height)")
    assert len(set(heights)) == 1


def test_the_table_grows_and_keeps_focus_and_place(site: Site, page: Page, make: Maker) -> None:
    trace_id = put_many(site, make, 300)
    open_view(page, site, trace_id, "table")
    page.locator(ROWS).first.focus()
    for _ in range(5):
        page.keyboard.press("PageDown")
    focused = page.locator(":focus").get_attribute("data-id")
    top = page.locator(".rows-scroller").evaluate("scroller => scroller.scrollTop")
    assert top > 0
    site.put(service("large", make.span("new", "0", at=400_000)))
    expect(number(page)).to_have_text("301 spans")
    assert page.locator(":focus").get_attribute("data-id") == focused
    assert page.locator(".rows-scroller").evaluate("scroller => scroller.scrollTop") == top


# All of them


@pytest.mark.parametrize("view", ["flame", "statistics", "table"])
def test_names_stay_texts_and_fit_a_phone(site: Site, open_page: Callable[..., Page], make: Maker, view: str) -> None:
    page = open_page(360, 700)
    for number, name in enumerate(hostile.TEXTS):
        key, parent = f"{number}", "0" if number else ""
        span = make.span(key, parent, name=name, attributes={name or "k": name}, lasts=MILLISECOND * (10 - number))
        site.put(service(name, span))
    open_view(page, site, make.trace_id().hex(), view)
    if view != "flame":
        expect(page.locator("#view")).to_contain_text("n" * 100)
    assert page.locator("main img, main script").count() == 0
    assert page.locator("#view").evaluate("view => view.textContent.length") < 20_000
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beyond) <= 0


@pytest.mark.parametrize("view", ["flame", "statistics", "table"])
def test_a_trace_of_one_span_that_took_no_time(site: Site, page: Page, make: Maker, view: str) -> None:
    # The back end gives each span a nanosecond at least; others do not.
    empty = otlp(("01", "", "instant", 5, 0))
    page.route("**/api/v3/traces/*", lambda route: route.fulfill(json={"result": {"resourceSpans": empty}}))
    open_view(page, site, "1" * 32, view)
    if view == "flame":
        flame(page).focus()
        expect(tip(page)).to_contain_text("instant")
        expect(tip(page)).to_contain_text("0 µs")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    else:
        expect(page.locator(ROWS)).to_have_count(1)
        page.locator(ROWS).click()
    if view != "statistics":
        expect(page.locator("#panel")).to_contain_text("instant")
