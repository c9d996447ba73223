"""The one place that brings lists on the pages into line with data: focus, order and identity of what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import call_unit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site, Unit

pytestmark = pytest.mark.browser


@pytest.fixture
def reconciler(site: Site, page: Page) -> Unit:
    """Call a function of units/reconcile.js in a document whose elements take the focus, and whose body it empties.

    It has no scripts of its own: those of a page would go on, and look in vain for what was in the body.
    """
    page.route("**/units/empty.html", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.goto(f"{site.url}/units/empty.html")
    return lambda function, argument=None: call_unit(page, f"reconcile.{function}", argument)


CHANGES = {
    "abc": {"abc": "abc", "cba": "abc", "axbc": "abc", "ac": "ac", "": "", "xyz": "", "cxa": "ac", "abcd": "abc"},
    "": {"ab": ""},
}
"""From one list to others: what of it is still the same element then."""


def test_what_is_there_already_stays_the_same_element_in_the_new_order(reconciler: Unit) -> None:
    cases = [(before, after, kept) for before, afters in CHANGES.items() for after, kept in afters.items()]
    changed = reconciler("changed", [[list(before), list(after)] for before, after, _ in cases])
    assert [(after, sorted(kept)) for after, kept in changed] == [(after, sorted(kept)) for _, after, kept in cases]


def test_the_focus_stays_where_it_was(reconciler: Unit) -> None:
    lists = ["abc", "bca", "cxa", "a", "b"]
    assert reconciler("focused", [list(each) for each in lists]) == ["a", "a", "a", None]


@pytest.mark.parametrize(("after", "moves"), [("abcd", 0), ("abxcd", 1), ("dabc", 1), ("acd", 0)])
def test_what_stays_in_its_place_is_not_touched(reconciler: Unit, after: str, moves: int) -> None:
    assert reconciler("moves", [list("abcd"), list(after)]) == moves


def test_other_children_and_equal_keys(reconciler: Unit) -> None:
    assert reconciler("others") == ["legend b'a''a''", "legend "]
    assert reconciler("equal") == ["cb", True]


def test_a_long_list_gives_way_to_the_next_one(reconciler: Unit) -> None:
    assert reconciler("slices") == [False, True, "fea"]
