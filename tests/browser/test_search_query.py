"""Modules of the search page by themselves: what tags, addresses and times mean, and where axes have their ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Unit

pytestmark = pytest.mark.browser


TERMS: dict[str, list[str]] = {
    "": [],
    "a=1 b.c=x=y": ["a=1", "b.c=x=y"],
    'a="b c"  d=""': ["a=b c", "d="],
    r'a="\"\\" b=\*': ['a="\\', r"b=\*"],
    r"path=C:\dir": [r"path=C:\dir"],
    "error": ["~error"],
    r'~error "two words" "a=\"b\" \\" a*b it!': ["~error", "~two words", '~a="b" \\', "~a*b", "~it!"],
    "a!=1 b=x*y* c=*": ["a!=1", "b=x*y*", "c=*"],
    r'a!="b *" c=\**': ["a!=b *", r"c=\**"],
    "a=1 a=2 a=*": ["a=1", "a=2", "a=*"],
    "service=s operation!=o": ["service=s", "operation!=o"],
    "a>1 b>=-1.5e3 c<.5 d<=+7": ["a>1", "b>=-1.5e3", "c<.5", "d<=+7"],
    "duration>1m30s duration<=100ms": ["duration>1m30s", "duration<=100ms"],
    r'a~x*y b~"\"x y\""': ["a~x*y", 'b~"x y"'],
    r'"a b"=c "a=\"b\""!=d "a!"=e "{"=f': ["a b=c", r'"a=\"b\""!=d', '"a!"=e', "{=f"],
    '{"a":"b *","c":1,"d":true}': [r"a=b \*", "c=1", "d=true"],
    '{"a b":"c"}': ["a b=c"],
    "__proto__=x constructor=y": ["__proto__=x", "constructor=y"],
}
"""What is typed: filters."""


def test_terms_are_read_and_written(unit: Unit) -> None:
    assert unit("search.filters", list(TERMS)) == list(TERMS.values())
    written = unit("search.written", list(TERMS))
    assert unit("search.filters", written) == list(TERMS.values())
    assert [answer["fault"] for answer in unit("search.read", [*TERMS, *written])] == [None] * 2 * len(TERMS)


def test_jaeger_finds_exact_values(unit: Unit) -> None:
    typed = ["a=1 b=* c!=d", "a=1 a=2 service=s", "word a>1 a~b __proto__=x"]
    assert unit("search.tags", typed) == [
        [[["a", "1"]], ["b=*", "c!=d"]],
        [[["a", "1"]], ["a=2", "service=s"]],
        [[["__proto__", "x"]], ["~word", "a>1", "a~b"]],
    ]


def test_what_are_no_terms_is_said(unit: Unit) -> None:
    typed = {
        **dict.fromkeys(('a="', "=b", 'a="b"c', 'a=b"c"', '{"a":{}}', "{1}", "!=x", '""=a', ">1"), "Not understood"),
        "a==b c =": "Not understood: =.",
        r"a=C:\\*": "A wildcard cannot follow a backslash",
        "a>": "Write a number after a>",
        "a<=1_0": "Write a number after a<=",
        "a~": "Write a text after a~",
        "duration>5": "Write a duration with its unit: duration>100ms",
    }
    for (text, fault), answer in zip(typed.items(), unit("search.read", list(typed)), strict=True):
        assert answer["terms"] == []
        assert fault in answer["fault"], text


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
    # Those in wikis and dashboards.
    'tag=a:b:c&tag=error&tags={"x y":"z","q":1}': {"tags": '"x y"=z q=1 a=b:c error=true'},
    "tag=a:b c&tags=x!=y*": {"tags": 'x!=y* a="b c"'},
    'tag=a:b&tags=x="': {"tags": 'x="'},
    "traceID=AB&traceID=ab&traceID=c&traceID=no&service=s&limit=7&start=5&sort=longest": {
        "ids": ["ab", "c"],
        "service": "",
        "limit": 20,
        "lookback": "all",
        "sort": "longest",
    },
    "traceID=no&service=s": {"ids": [], "service": "s"},
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


def test_addresses_are_read_and_written(unit: Unit) -> None:
    read = unit("search.queries", list(ADDRESSES))
    for query, expected in zip(read, ADDRESSES.values(), strict=True):
        assert {key: query[key] for key in expected} == expected
    assert unit("search.queriesAgain", read) == read


def test_a_look_back_moves_in_steps(unit: Unit) -> None:
    begin = 1_700_000_040_000  # ms; a whole minute
    moments = [begin, begin + 59_999, begin + 60_000]
    hour = {"lookback": "1h", "page": 1, "end": 7}
    froms = [times["from"] for times in unit("search.times", [[hour, moment] for moment in moments])]
    assert froms == [(begin - 3_600_000) * 1000, (begin - 3_600_000) * 1000, (begin - 3_540_000) * 1000]
    everything = [[{"lookback": "all", "page": page, "end": 7}, 0] for page in (1, 2)]
    assert unit("search.times", everything) == [{"from": None, "to": None}, {"from": None, "to": 7}]


def test_near_keys_are_found(unit: Unit) -> None:
    known = ["http.route", "http.request.method", "url.full", "db.system.name", "k"]
    for key, near in {
        "htpp.route": ["http.route"],
        "http_route": ["http.route"],
        "route": ["http.route"],
        "HTTP.Request.Metod": ["http.request.method"],
        "db.system": [],
        "x": [],
        "http.route": [],
    }.items():
        assert unit("search.near", [key, known]) == near, key


def test_axes_have_round_ticks(unit: Unit) -> None:
    hour = 3_600_000
    begin = 1_700_000_000_123
    (ticks,) = unit("search.ticks", [[begin, begin + hour, 8]])
    assert ticks["step"] == hour / 6
    assert [tick % ticks["step"] for tick in ticks["at"]] == [0] * 6
    spans = [10, 5_000, 25 * hour, 400 * 24 * hour, 100_000 * 24 * hour]
    assert all(1 <= len(of["at"]) <= 9 for of in unit("search.ticks", [[1e12, 1e12 + span, 8] for span in spans]))
    assert unit("search.scale", [[29_000, 15_000], False]) == [[0, 10_000, 20_000, 30_000], [29 / 30, 0.5]]
    assert unit("search.scale", [[7 * 60_000_000], False])[0] == [0, 300_000_000, 600_000_000]
    assert unit("search.scale", [[10, 10_000, 0], True]) == [[1, 10, 100, 1000, 10_000], [0.25, 1, 0]]
