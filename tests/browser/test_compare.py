"""Two traces, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.browser.test_views import ROWS, Row, otlp
from tests.children import eventually
from tests.contract.otlp import MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site, Unit
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

ROOT: Row = ("f0", "", "root", 0, 100)


def put_two(site: Site, make: Maker) -> tuple[str, str]:
    """The ids of a trace of 100 ms, and of one of 160 ms with a call more, a call less, more calls, and slower ones."""
    for trace, factor in (("a", 1), ("b", 1.6)):

        def span(key: str, parent: str = "", at: int = 0, lasts: float = 5, trace: str = trace, **rest: object) -> Any:
            name = {"name": key.rstrip("-0123456789")}
            whole = {"at": at * MILLISECOND, "lasts": int(lasts * MILLISECOND), "trace": trace}
            return make.span(f"{key}{trace}", parent and f"{parent}{trace}", **(whole | name | rest))  # type: ignore[arg-type]

        queries = [span(f"query-{number}", "pay", 30 + number) for number in range(2 if trace == "a" else 5)]
        site.put(
            service("front", span("GET /", lasts=100 * factor)),
            service("stock", span("look", "GET /", at=5, lasts=10)),
            service(
                "bank", span("pay", "GET /", at=20, lasts=60 * factor, status=error("no") if trace == "b" else None)
            ),
            service("db", *queries),
        )
        if trace == "a":
            site.put(service("stock", span("old", "look", at=6)))
        else:
            site.put(service("mail", span("send", "GET /", at=140)))
        make.base += SECOND
    return make.trace_id("a").hex(), make.trace_id("b").hex()


def open_two(page: Page, site: Site, a: str, b: str) -> None:
    page.goto(f"{site.url}/trace/{a}...{b}")


def side(page: Page, letter: str) -> Locator:
    return page.get_by_role("region", name=f"Trace {letter}")


def tree(page: Page) -> Locator:
    return page.get_by_role("treegrid", name="Calls of both traces")


def operations(page: Page) -> Locator:
    return page.get_by_role("grid", name="Operations of both traces")


def row(table: Locator, name: str) -> Locator:
    return table.locator(ROWS).filter(has=table.page.get_by_text(name, exact=True))


def calls(page: Page) -> list[str]:
    return [text.split("\n")[-1] for text in tree(page).locator(f"{ROWS} td:first-child").all_inner_texts()]


def texts(row: Locator) -> list[str]:
    return [text.replace("\n", " ") for text in row.locator("td").all_inner_texts()][1:]


# Numbers


def test_nodes_are_matched_by_their_path(unit: Unit) -> None:
    one = otlp(ROOT, ("01", "f0", "call", 10, 20), ("02", "01", "read", 10, 5), ("03", "f0", "gone", 50, 7))
    other = otlp(
        ROOT,
        ("01", "f0", "call", 10, 20),
        ("02", "01", "read", 10, 2),
        ("03", "f0", "call", 40, 3),
        ("04", "03", "read", 40, 3),
        ("05", "f0", "read", 60, 1),
    )
    rows, differing, counts = unit("compare.trees", [one, other])
    assert rows == [
        [0, "root", 1, 1, 100, 100, "same"],
        [1, "call", 1, 2, 20, 23, "more"],
        [2, "read", 1, 2, 5, 5, "more"],
        [1, "gone", 1, 0, 7, 0, "removed"],
        [1, "read", 0, 1, 0, 1, "added"],
    ]
    assert differing == rows, "what is the same stays where something below it differs"
    assert counts == {"added": 1, "removed": 1, "more": 2, "less": 0, "changed": 0, "same": 1}


def test_what_is_the_same_is_left_out(unit: Unit) -> None:
    one = otlp(ROOT, ("01", "f0", "call", 10, 20), ("02", "01", "read", 10, 5), ("03", "f0", "slow", 50, 10))
    other = otlp(ROOT, ("01", "f0", "call", 10, 20), ("02", "01", "read", 10, 5), ("03", "f0", "slow", 50, 40))
    _, differing, _ = unit("compare.trees", [one, other])
    assert [entry[1] for entry in differing] == ["root", "slow"]
    assert unit("compare.trees", [one, one])[1] == []


def test_missing_parents_match_one_another(unit: Unit) -> None:
    one = otlp(("01", "99", "orphan", 10, 20), ("02", "98", "orphan", 10, 20))
    other = otlp(("01", "aa", "orphan", 0, 20))
    rows, _, _ = unit("compare.trees", [one, other])
    assert rows == [[0, "missing parent", 2, 1, 40, 20, "less"], [1, "orphan", 2, 1, 40, 20, "less"]]
    assert unit("compare.trees", [one, []])[0][0] == [0, "missing parent", 2, 0, 40, 0, "removed"]


def test_changes(unit: Unit) -> None:
    """Count, errors and total of a node in A and B, in a trace of 1,000 µs."""
    cases = [
        ((0, 0, 0), (1, 0, 5), "added"),
        ((2, 0, 5), (0, 0, 0), "removed"),
        ((1, 0, 5), (2, 0, 5), "more"),
        ((3, 0, 5), (2, 0, 50), "less"),
        ((1, 0, 100), (1, 0, 100), "same"),
        ((1, 0, 90), (1, 0, 100), "same"),
        ((1, 0, 89), (1, 0, 100), "changed"),
        ((1, 0, 100), (1, 0, 89), "changed"),
        ((1, 0, 1), (1, 0, 11), "same"),  # a hundredth of the trace
        ((1, 0, 1), (1, 0, 12), "changed"),
        ((1, 0, 100), (1, 1, 100), "changed"),
        ((1, 0, 0), (1, 0, 0), "same"),
    ]
    assert unit("compare.changes", cases) == [expected for _, _, expected in cases]


def test_numbers_of_operations(unit: Unit) -> None:
    one = otlp(("01", "", "root", 0, 100), ("02", "01", "call", 0, 10), ("03", "01", "call", 20, 30))
    other = otlp(("01", "", "root", 0, 50), ("02", "01", "new", 0, 10))
    root, call, new = unit("compare.operations", [one, other])
    assert root["a"] == {"count": 1, "errors": 0, "total": 100, "p50": 100}
    assert [root[key] for key in ("change", "delta", "ratio")] == ["changed", -50, 0.5]
    assert call["a"] == {"count": 2, "errors": 0, "total": 40, "p50": 10}
    assert [call[key] for key in ("change", "delta", "ratio")] == ["removed", -40, None]
    assert [new[key] for key in ("change", "delta", "ratio")] == ["added", 10, None]


# The page


def test_both_heads_say_what_they_are(site: Site, page: Page, make: Maker) -> None:
    a, b = put_two(site, make)
    open_two(page, site, a, b)
    for letter, trace_id, facts in (
        ("A", a, ["Takes\n100 ms", "Spans\n6", "Services\n4", "Errors\n0"]),
        ("B", b, ["Takes\n160 ms", "Spans\n9", "Services\n5", "Errors\n✗ 1"]),
    ):
        head = side(page, letter)
        expect(head.get_by_role("link", name="front GET /")).to_have_attribute("href", f"/trace/{trace_id}")
        assert head.locator("dl > div").all_inner_texts()[1:] == facts
        expect(head.get_by_role("searchbox")).to_have_value(trace_id)
        assert head.locator("time").get_attribute("title", timeout=1000).endswith("Z")  # type: ignore[union-attr]


def test_the_differences_in_numbers(site: Site, page: Page, make: Maker) -> None:
    open_two(page, site, *put_two(site, make))
    numbers = page.locator(".summary")
    expect(numbers).to_contain_text("+60.0 ms (+60 %) 100 ms → 160 ms")
    expect(numbers).to_contain_text("+3 6 → 9")
    expect(numbers).to_contain_text("+1 0 → 1")
    expect(numbers).to_contain_text("only in B: mail")
    expect(numbers).to_contain_text("1 +added1 −removed1 ▲more2 ≠changed1 =same")


def test_the_merged_tree(site: Site, page: Page, make: Maker) -> None:
    open_two(page, site, *put_two(site, make))
    expect(row(tree(page), "GET /")).to_be_visible()
    assert calls(page) == ["GET /", "look", "old", "pay", "query", "send"]
    assert texts(row(tree(page), "GET /")) == ["≠ changed", "1", "1", "100 ms", "160 ms", "+60.0 ms"]
    assert texts(row(tree(page), "look")) == ["= same", "1", "1", "10.0 ms", "10.0 ms", "±0"]
    assert texts(row(tree(page), "old")) == ["− removed", "1", "–", "5.00 ms", "–", "−5.00 ms"]
    assert texts(row(tree(page), "query")) == ["▲ more", "2", "5", "10.0 ms", "25.0 ms", "+15.0 ms"]
    assert texts(row(tree(page), "send")) == ["+ added", "–", "1", "–", "5.00 ms", "+5.00 ms"]
    levels = tree(page).locator(ROWS).evaluate_all("rows => rows.map((row) => row.getAttribute('aria-level'))")
    assert levels == ["1", "2", "3", "2", "3", "2"]


def test_what_most_calls_are_is_told_by_its_sign_alone(site: Site, page: Page, make: Maker) -> None:
    for trace, longest in (("a", 9), ("b", 5)):
        names = [f"{number} {trace}" for number in range(5)]
        spans = [make.span(key, trace=trace, name=key[0], lasts=2 * MILLISECOND) for key in names]
        site.put(service("shop", *spans, make.span(f"x {trace}", trace=trace, name="x", lasts=longest * MILLISECOND)))
    open_two(page, site, *[make.trace_id(trace).hex() for trace in ("a", "b")])
    for table in (tree(page), operations(page)):
        words = table.locator("td .change .word")
        expect(words).to_have_count(6)
        wide = [
            text
            for word in words.all()
            if (text := word.inner_text()) and word.evaluate("word => word.offsetWidth > 1")
        ]
        assert wide == ["changed"]


def test_only_what_differs(site: Site, page: Page, make: Maker) -> None:
    a, b = put_two(site, make)
    site.put(service("stock", make.span("same a", "GET /a", trace="a")))
    site.put(service("stock", make.span("same b", "GET /b", trace="b", name="same a")))
    open_two(page, site, a, b)
    expect(row(tree(page), "same a")).to_be_visible()
    page.get_by_label("Only differences").check()
    assert calls(page) == ["GET /", "look", "old", "pay", "query", "send"]
    expect(operations(page).locator(ROWS)).to_have_count(5)
    open_two(page, site, a, a)
    page.get_by_label("Only differences").check()
    expect(page.get_by_text("No differences")).to_have_count(2)


def test_operations_beside_one_another(site: Site, page: Page, make: Maker) -> None:
    open_two(page, site, *put_two(site, make))
    expect(operations(page).locator(ROWS)).to_have_count(6)
    first = operations(page).locator(ROWS).first
    expect(first).to_contain_text("GET /")
    assert texts(first) == [
        "≠ changed",
        *["1", "1", "0", "0", "100 ms", "160 ms", "100 ms", "160 ms", "+60.0 ms", "× 1.60"],
    ]
    assert texts(row(operations(page), "send"))[-2:] == ["+5.00 ms", "–"]
    ratio = operations(page).get_by_role("columnheader", name="B ÷ A")
    ratio.get_by_role("button").click()
    expect(ratio).to_have_attribute("aria-sort", "descending")
    expect(operations(page).locator(ROWS).first).to_contain_text("query")
    row(operations(page), "old").click()
    expect(row(tree(page), "old")).to_be_focused()
    expect(page.get_by_role("region", name="The chosen call")).to_contain_text("GET / › look › old")


def test_the_tree_by_keyboard(site: Site, page: Page, make: Maker) -> None:
    a, _ = traces = put_two(site, make)
    open_two(page, site, *traces)
    expect(row(tree(page), "GET /")).to_be_visible()  # until then all is hidden, and what is hidden takes no focus
    page.get_by_label("Only differences").focus()
    page.keyboard.press("Tab")
    expect(row(tree(page), "GET /")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(row(tree(page), "look")).to_have_attribute("aria-expanded", "false")
    eventually(lambda: calls(page) == ["GET /", "look", "pay", "query", "send"])
    page.keyboard.press("ArrowRight")
    expect(row(tree(page), "old")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    told = page.get_by_role("region", name="The chosen call")
    expect(told).to_contain_text("A 1 span, 5.00 ms in all, 5.00 ms on average; open the span")
    expect(told).to_contain_text("B not called")
    link = told.get_by_role("link")
    expect(link).to_have_attribute("href", f"/trace/{a}#{make.span_id('olda').hex()}")
    page.keyboard.press("ArrowLeft")
    expect(row(tree(page), "look")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    eventually(lambda: calls(page) == ["GET /"])


def test_a_click_opens_and_closes_what_is_below(site: Site, page: Page, make: Maker) -> None:
    open_two(page, site, *put_two(site, make))
    row(tree(page), "pay").get_by_role("button", name="Close").click()
    expect(row(tree(page), "query")).to_have_count(0)
    row(tree(page), "pay").get_by_role("button", name="Open").click()
    expect(row(tree(page), "query")).to_be_visible()


def test_swapped(site: Site, page: Page, make: Maker) -> None:
    a, b = put_two(site, make)
    open_two(page, site, a, b)
    page.get_by_role("link", name="Swap").click()
    page.wait_for_url(f"{site.url}/trace/{b}...{a}")
    expect(page.locator(".summary")).to_contain_text("−60.0 ms (−38 %)")
    expect(row(tree(page), "old")).to_contain_text("added")
    page.keyboard.press("x")
    page.wait_for_url(f"{site.url}/trace/{a}...{b}")
    expect(page.locator(".summary")).to_contain_text("+60.0 ms")


def test_another_trace_is_chosen_by_its_id(site: Site, page: Page, make: Maker) -> None:
    a, b = put_two(site, make)
    open_two(page, site, a, "")
    expect(side(page, "B")).to_contain_text("No trace is chosen")
    expect(page.locator("#state")).to_have_text("Nothing to compare")
    side(page, "B").get_by_role("searchbox").fill(b)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/trace/{a}...{b}")
    expect(page.locator(".summary")).to_contain_text("+60.0 ms")
    field = side(page, "A").get_by_role("searchbox")
    field.fill(f"{site.url}/trace/{b}")
    side(page, "A").get_by_role("button", name="Change").click()
    page.wait_for_url(f"{site.url}/trace/{b}...{b}")
    expect(page.locator("#compare")).to_contain_text("the same trace: nothing can differ")
    expect(page.locator(".summary")).to_contain_text("±0 160 ms → 160 ms")


def test_a_trace_that_has_not_arrived_is_waited_for(site: Site, page: Page, make: Maker) -> None:
    b = make.trace_id("late").hex()
    a, _ = put_two(site, make)
    open_two(page, site, a, b)
    expect(side(page, "A")).to_contain_text("GET /")
    expect(side(page, "B")).to_contain_text("Waiting for this trace")
    expect(page.locator("#compare")).to_contain_text("Trace B is not here")
    expect(tree(page)).to_be_hidden()
    field = side(page, "A").get_by_role("searchbox")
    field.focus()
    site.put(service("front", make.span("GET /late", trace="late", name="GET /", lasts=50 * MILLISECOND)))
    expect(page.locator(".summary")).to_contain_text("−50.0 ms (−50 %)")
    expect(page.locator(".notice")).to_be_hidden()
    expect(field).to_be_focused()
    row(tree(page), "look").click()
    site.put(service("stock", make.span("look late", "GET /late", trace="late", name="look")))
    expect(page.locator(".summary")).to_contain_text("6 → 2")
    expect(row(tree(page), "look")).to_be_focused()
    expect(page.get_by_role("region", name="The chosen call")).to_contain_text("B 1 span, 10.0 ms")


def test_what_is_no_trace_id_is_told(site: Site, page: Page, make: Maker) -> None:
    a, _ = put_two(site, make)
    open_two(page, site, a, "xyz")
    expect(side(page, "B")).to_contain_text("'xyz' is not a trace id")
    expect(side(page, "A")).to_contain_text("GET /")
    expect(page.locator("#state")).to_have_text("Nothing to compare")
    page.goto(f"{site.url}/trace/%FF...")
    expect(side(page, "B")).to_contain_text("No trace is chosen")


def test_ten_thousand_spans_are_few_rows(site: Site, page: Page, make: Maker) -> None:
    spans = [make.span(f"{at}", f"{at - 1}" if at else "", at=at, lasts=SECOND - at) for at in range(10_000)]
    for at in range(0, len(spans), 1000):
        site.put(service("deep", *spans[at : at + 1000]))
    site.put(service("deep", make.span("other", trace="other", name="0")))
    open_two(page, site, make.trace_id().hex(), make.trace_id("other").hex())
    tree(page).wait_for()
    expect(tree(page)).to_have_attribute("aria-rowcount", "10001")
    assert tree(page).locator("tr").count() < 100
    row(tree(page), "0").focus()
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_contain_text("9999")
    expect(page.locator(":focus")).to_have_attribute("aria-level", "10000")
    expect(page.locator(":focus")).to_be_in_viewport()


def test_names_stay_texts_and_fit_a_phone(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    for number, name in enumerate(hostile.TEXTS):
        for trace in "ab"[: 1 + number % 2]:
            parent = f"0{trace}" if number else ""
            site.put(service(name, make.span(f"{number}{trace}", parent, trace=trace, name=name)))
    open_two(page, site, make.trace_id("a").hex(), make.trace_id("b").hex())
    expect(row(tree(page), hostile.MARKUP).first).to_be_visible()
    assert page.locator("main img, main script").count() == 0
    assert page.locator("#compare").evaluate("part => part.textContent.length") < 30_000
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beyond) <= 0
    heights = tree(page).locator(ROWS).evaluate_all("rows => rows.map((row) => row.getBoundingClientRect().height)")
    assert len(set(heights)) == 1
