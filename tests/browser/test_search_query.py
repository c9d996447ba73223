"""Modules of the search page by themselves: what tags, addresses and times mean, and where axes have their ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def call(page: Page, module: str, expression: str, argument: object = None) -> Any:
    """The value of an expression with the names of a module of the page and, as `it`, the argument."""
    given = "readTags, writeTags, asked, readQuery, writeQuery, bounds, timeTicks, durationScale"
    load = f"const {{ {given} }} = await import('/assets/search/{module}.js')"
    return page.evaluate(f"async it => {{ {load}; return {expression}; }}", argument)


TAGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "": ({}, []),
    "a=1 b.c=x=y": ({"a": "1", "b.c": "x=y"}, []),
    'a="b c"  d=""': ({"a": "b c", "d": ""}, []),
    r'a="\"\\" b=\*': ({"a": '"\\', "b": "*"}, []),
    r"path=C:\dir": ({"path": r"C:\dir"}, []),
    "error": ({"error": "true"}, []),
    "a!=1 b=x*y*": ({}, ["a!=1", "b=x*y*"]),
    r'a!="b *" c=\**': ({}, ["a!=b *", r"c=\**"]),
    "a=1 a=2 a=*": ({"a": "1"}, ["a=2", "a=*"]),
    "service=s operation!=o": ({}, ["service=s", "operation!=o"]),
    '{"a":"b *","c":1,"d":true}': ({"a": "b *", "c": "1", "d": "true"}, []),
    '{"a b":"c"}': ({"a b": "c"}, []),
    "__proto__=x constructor=y": ({"__proto__": "x", "constructor": "y"}, []),
}
"""What is typed: attributes and filters."""


def test_tags_are_read_and_written(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    told = "(({ attributes, filters }) => [Object.entries(attributes), filters])(asked(readTags(text).terms))"
    expected = [[[list(pair) for pair in attributes.items()], filters] for attributes, filters in TAGS.values()]
    assert call(page, "tags", f"it.map(text => {told})", list(TAGS)) == expected
    written = call(page, "tags", "it.map(text => writeTags(readTags(text).terms))", list(TAGS))
    assert call(page, "tags", f"it.map(text => {told})", written) == expected
    assert call(page, "tags", "it.map(text => readTags(text).fault)", [*TAGS, *written]) == [None] * 2 * len(TAGS)


def test_what_are_no_tags_is_said(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    typed = ['a="', "=b", 'a="b"c', 'a=b"c"', "a==b c =", '{"a":{}}', "{1}", r"a=C:\\*", "!=x"]
    read = call(page, "tags", "it.map(readTags)", typed)
    assert [(text, answer["terms"]) for text, answer in zip(typed, read, strict=True)] == [(text, []) for text in typed]
    assert all(answer["fault"] for answer in read)
    assert "Not understood: =." in read[4]["fault"]


ADDRESSES: dict[str, dict[str, object]] = {
    "": {"lookback": "all", "limit": 20, "page": 1, "sort": "newest", "errors": False},
    # Jaeger UI's own.
    "service=s&operation=all&lookback=1h&start=1700000000000000&end=1700003600000000&limit=7"
    '&tags={"http.route":"/a b","x":"*"}&maxDuration=1.5s&minDuration': {
        "service": "s",
        "operation": "",
        "lookback": "custom",
        "start": 1700000000000000,
        "end": 1700003600000000,
        "limit": 7,
        "tags": r'http.route="/a b" x=\*',
        "maxDuration": "1.5s",
        "minDuration": "",
    },
    "service=__all_services__&operation=__all_operations__": {"service": "", "operation": ""},
    "lookback=3h": {"lookback": "3h", "start": None, "end": None},
    "lookback=custom": {"lookback": "all"},
    "lookback=custom&end=5": {"lookback": "custom", "start": None, "end": 5},
    "lookback=1h&end=5&page=2": {"lookback": "1h", "end": 5, "page": 2},
    "limit=99999&page=-1&start=x&minDuration=5&sort=no&errors=1": {
        "limit": 1500,
        "page": 1,
        "start": None,
        "minDuration": "",
        "sort": "newest",
        "errors": False,
    },
}


def test_addresses_are_read_and_written(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    read = call(page, "query", "it.map(text => readQuery(new URLSearchParams(text), 'all'))", list(ADDRESSES))
    for query, expected in zip(read, ADDRESSES.values(), strict=True):
        assert {key: query[key] for key in expected} == expected
    assert call(page, "query", "it.map(query => readQuery(writeQuery(query), 'none'))", read) == read


def test_a_look_back_moves_in_steps(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    begin = 1_700_000_040_000  # ms; a whole minute
    moments = [begin, begin + 59_999, begin + 60_000]
    froms = call(page, "query", "it.map(now => bounds({ lookback: '1h', page: 1, end: 7 }, now).from)", moments)
    assert froms == [(begin - 3_600_000) * 1000, (begin - 3_600_000) * 1000, (begin - 3_540_000) * 1000]
    assert call(page, "query", "bounds({ lookback: 'all', page: 1, end: 7 }, 0)") == {"from": None, "to": None}
    assert call(page, "query", "bounds({ lookback: 'all', page: 2, end: 7 }, 0)") == {"from": None, "to": 7}


def test_axes_have_round_ticks(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/dependencies")
    hour = 3_600_000
    ticks = call(page, "scale", "timeTicks(it, it + 3600000, 8)", 1_700_000_000_123)
    assert ticks["step"] == hour / 6
    assert [tick % ticks["step"] for tick in ticks["at"]] == [0] * 6
    spans = [10, 5_000, 25 * hour, 400 * 24 * hour, 100_000 * 24 * hour]
    assert all(
        1 <= number <= 9 for number in call(page, "scale", "it.map(s => timeTicks(1e12, 1e12 + s, 8).at.length)", spans)
    )
    scale = "(({ ticks, part }) => [ticks, it[0].map(part)])(durationScale(it[0], it[1]))"
    assert call(page, "scale", scale, [[29_000, 15_000], False]) == [[0, 10_000, 20_000, 30_000], [29 / 30, 0.5]]
    assert call(page, "scale", scale, [[7 * 60_000_000], False])[0] == [0, 300_000_000, 600_000_000]
    assert call(page, "scale", scale, [[10, 10_000, 0], True]) == [[1, 10, 100, 1000, 10_000], [0.25, 1, 0]]
