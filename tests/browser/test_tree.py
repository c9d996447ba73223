"""The pages' reckoning, in the browser that does it: trees, paths, times, clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Unit

pytestmark = pytest.mark.browser

KINDS = ["", "internal", "server", "client", "producer", "consumer"]
BEGIN = 1_700_000_000_000_000  # µs

Spans = list[dict[str, Any]]


def span(  # noqa: PLR0913 - a span has that many sides
    key: str, start: int, duration: int, parent: str = "", *, service: str = "one", kind: str = "", host: str = ""
) -> dict[str, Any]:
    """Resource spans of one span; times in µs."""
    attributes = {"service.name": service, **({"host.name": host} if host else {})}
    return {
        "resource": {
            "attributes": [{"key": name, "value": {"stringValue": text}} for name, text in attributes.items()]
        },
        "scopeSpans": [
            {
                "spans": [
                    {
                        "traceId": "t",
                        "spanId": key,
                        "parentSpanId": parent,
                        "name": key,
                        "kind": KINDS.index(kind),
                        "startTimeUnixNano": str((BEGIN + start) * 1000),
                        "endTimeUnixNano": str((BEGIN + start + duration) * 1000),
                    }
                ]
            }
        ],
    }


def test_children_lie_below_their_parents_in_order_of_their_start(unit: Unit) -> None:
    spans = [span("b", 5, 1, "a"), span("c", 2, 1, "a"), span("a", 0, 9), span("d", 3, 1, "c")]
    assert unit("tree.listed", spans) == ["0 a", "1 c", "2 d", "1 b"]


def test_children_of_one_missing_parent_share_its_place(unit: Unit) -> None:
    spans = [span("b", 5, 4, "a"), span("c", 2, 1, "a"), span("d", 1, 1, "x")]
    assert unit("tree.listed", spans) == ["0 x?", "1 d", "0 a?", "1 c", "1 b"]
    assert unit("tree.timesOfRoots", spans) == [[0, 1], [1, 7]]


def test_of_spans_that_are_one_anothers_parents_the_earliest_is_a_root(unit: Unit) -> None:
    spans = [
        span("b", 1, 1, "a"),
        span("c", 2, 1, "b"),
        span("a", 3, 1, "c"),
        span("d", 0, 1, "c"),
        span("s", 4, 1, "s"),
    ]
    assert unit("tree.listed", spans) == ["0 b", "1 c", "2 d", "2 a", "0 s"]


def test_spans_with_one_id_are_told_apart(unit: Unit) -> None:
    spans = [span("a", 0, 9), span("b", 1, 1, "a"), span("b", 2, 1, "a"), span("c", 3, 1, "b")]
    assert unit("tree.listed", spans) == ["0 a", "1 b", "2 c", "1 b#2"]


def test_a_tree_is_built_again_from_the_same_spans(unit: Unit) -> None:
    spans = [span("a", 0, 9), span("b", 1, 1, "a"), span("c", 1, 1, "x")]
    assert unit("tree.listedAgain", spans) == unit("tree.listed", spans)


def test_ten_thousand_levels_are_no_problem(unit: Unit) -> None:
    assert unit("tree.chainOf", 10_000) == [9999, 9999, 9999, 1]


def test_the_outline_tells_where_each_row_stands(unit: Unit) -> None:
    #  a ┬ b ┬ c     e: another root
    #    │   └ d
    #    └ f
    spans = [
        span("a", 0, 9),
        span("b", 1, 5, "a"),
        span("c", 2, 1, "b"),
        span("d", 3, 1, "b"),
        span("f", 7, 1, "a"),
        span("e", 8, 1),
    ]
    assert unit("tree.outlined", spans) == {
        "a": [1, 2, 4, 0],
        "b": [1, 2, 2, 0b01],
        "c": [1, 2, 0, 0b11],
        "d": [2, 2, 0, 0b01],
        "f": [2, 2, 0, 0],
        "e": [2, 2, 0, 0],
    }


def test_levels_are_shown_and_hidden(unit: Unit) -> None:
    spans = [span("a", 0, 9), span("b", 1, 5, "a"), span("c", 2, 1, "b"), span("d", 3, 1, "c"), span("e", 8, 1, "a")]
    assert unit("tree.levels", spans) == ["a", "abce", "abe", "abe", "abcde", "abce", "abe"]


def test_self_time_is_what_no_child_covers(unit: Unit) -> None:
    spans = [
        span("alone", 0, 100),
        span("overlapping", 0, 100),
        span("o1", 10, 20, "overlapping"),
        span("o2", 20, 20, "overlapping"),
        span("o3", 25, 5, "overlapping"),
        span("o4", 60, 10, "overlapping"),
        span("overflowing", 50, 100),
        span("v1", 0, 60, "overflowing"),
        span("v2", 140, 60, "overflowing"),
        span("v3", 200, 5, "overflowing"),
        span("full", 0, 10),
        span("f1", 0, 10, "full"),
        span("lost", 0, 10, "nobody"),
    ]
    assert unit("tree.selfTimes", spans) == {"alone": 100, "overlapping": 60, "overflowing": 80, "full": 0, "nobody": 0}


# The pictures of Jaeger UI's own tests (TracePage/CriticalPath/testCases), with their results, last part first.
JAEGERS = {
    "two children one after the other": (
        [span("C", 1, 100), span("D", 20, 20, "C"), span("E", 50, 10, "C")],
        [("C", 60, 101), ("E", 50, 60), ("C", 40, 50), ("D", 20, 40), ("C", 1, 20)],
    ),
    "two that overlap": (
        [span("X", 1, 100), span("A", 10, 40, "X"), span("C", 20, 40, "X")],
        [("X", 60, 101), ("C", 20, 60), ("X", 1, 20)],
    ),
    "a child after its parent": ([span("A", 100, 40), span("B", 200, 300, "A")], [("A", 100, 140)]),
    "and what is below that": (
        [span("A", 1, 30), span("B", 40, 40, "A"), span("C", 50, 10, "B")],
        [("A", 1, 31)],
    ),
    "the consumer of a message": (
        [span("A", 1, 30, kind="producer"), span("B", 10, 10, "A", kind="consumer"), span("C", 12, 2, "B")],
        [("A", 1, 31)],
    ),
    "a child that goes on, its own child before it": (
        [span("A", 1, 29), span("B", 15, 20, "A"), span("C", 10, 15, "B")],
        [("B", 25, 30), ("C", 15, 25), ("A", 1, 15)],
    ),
    "all go on": (
        [span("A", 1, 29), span("B", 15, 20, "A"), span("C", 20, 20, "B")],
        [("C", 20, 30), ("B", 15, 20), ("A", 1, 15)],
    ),
    "a child around its parent": ([span("A", 10, 20), span("B", 5, 30, "A")], [("B", 10, 30)]),
    "a child before its parent": ([span("A", 10, 20), span("B", 1, 4, "A")], [("A", 10, 30)]),
}
OURS = {
    "a child that ends as the next one starts": (
        [span("A", 0, 30), span("B", 5, 10, "A"), span("C", 15, 10, "A")],
        [("A", 25, 30), ("C", 15, 25), ("B", 5, 15), ("A", 0, 5)],
    ),
    "each child of a missing span": (
        [span("A", 0, 10, "lost"), span("B", 20, 5, "lost"), span("C", 21, 1, "B")],
        [("A", 0, 10), ("B", 22, 25), ("C", 21, 22), ("B", 20, 21)],
    ),
    "spans without length": (
        [span("A", 0, 10), span("B", 5, 0, "A"), span("C", 5, 0, "A")],
        [("A", 5, 10), ("A", 0, 5)],
    ),
}


@pytest.mark.parametrize("case", [*JAEGERS, *OURS])
def test_the_critical_path(unit: Unit, case: str) -> None:
    spans, path = (JAEGERS | OURS)[case]
    begin = min(int(one["scopeSpans"][0]["spans"][0]["startTimeUnixNano"]) for one in spans) // 1000 - BEGIN
    for order in (spans, spans[::-1]):
        found = unit("tree.path", order)
        assert [(part["id"], part["from"] + begin, part["to"] + begin) for part in found] == path


def test_the_critical_path_is_told_by_service(unit: Unit) -> None:
    spans = [span("a", 0, 10), span("b", 1, 8, "a", service="two"), span("c", 3, 1, "b")]
    assert unit("tree.pathByService", spans) == [{"service": "two", "time": 7}, {"service": "one", "time": 3}]


ROOT = span("root", 1000, 100)
SKEWS = {
    "within": ([span("k", 1010, 90, "root", service="two")], {}),
    "before its parent": ([span("k", 900, 20, "root", service="two")], {"k": (140, 140, True)}),
    "over its parent's start": ([span("k", 995, 20, "root", service="two")], {"k": (45, 45, True)}),
    "over its parent's end": ([span("k", 1090, 20, "root", service="two")], {"k": (-50, -50, False)}),
    "after its parent": ([span("k", 1200, 20, "root", service="two")], {"k": (-160, -160, False)}),
    "longer than its parent, and before": ([span("k", 990, 200, "root", service="two")], {"k": (10, 10, True)}),
    "longer than its parent": ([span("k", 1010, 200, "root", service="two")], {}),
    "called by its own service": ([span("k", 1090, 20, "root", kind="server")], {"k": (-50, -50, False)}),
    "going on in its own process": ([span("k", 1090, 20, "root", kind="internal")], {}),
    "before its parent in its own process": ([span("k", 900, 20, "root", kind="internal")], {"k": (140, 140, True)}),
    "what is below moves along": (
        [span("k", 900, 20, "root", service="two"), span("l", 905, 5, "k", service="two"), span("m", 906, 2, "l")],
        {"k": (140, 140, True), "l": (140, 0, False), "m": (140, 0, False)},
    ),
    "what is below on another clock": (
        [span("k", 900, 20, "root", service="two"), span("l", 1045, 4, "k", service="three")],
        {"k": (140, 140, True), "l": (0, -140, False)},
    ),
}


@pytest.mark.parametrize("case", SKEWS)
def test_spans_that_do_not_lie_within_their_parents(unit: Unit, case: str) -> None:
    spans, expected = SKEWS[case]
    found = unit("tree.skews", [ROOT, *spans])
    assert {key: (one["delta"], one["offset"], one["early"]) for key, one in found.items()} == expected


HOSTS = {
    "on the same host": ("a", "a", 0),
    "on another host": ("a", "b", 1),
    "on a host that is not known": ("a", "", 1),
}


@pytest.mark.parametrize("case", HOSTS)
def test_one_host_has_one_clock(unit: Unit, case: str) -> None:
    above, below, skewed = HOSTS[case]
    spans = [span("root", 1000, 100, host=above), span("k", 900, 20, "root", service="two", host=below)]
    assert len(unit("tree.skews", spans)) == skewed


def test_the_consumer_of_a_message_may_take_its_time(unit: Unit) -> None:
    spans = [span("p", 0, 10, kind="producer"), span("c", 50, 10, "p", service="two", kind="consumer")]
    early = [span("p", 100, 10, kind="producer"), span("c", 50, 10, "p", service="two", kind="consumer")]
    assert unit("tree.skews", spans) == {}
    assert len(unit("tree.skews", early)) == 1


def test_a_skew_is_told_in_plain_words(unit: Unit) -> None:
    spans = [
        ROOT,
        span("early", 900, 20, "root", service="two"),
        span("late", 1090, 20, "root", service="two"),
        span("own", 900, 20, "root"),
        span("below", 905, 2, "early", service="two"),
    ]
    assert unit("tree.skewTexts", spans) == {
        "root": "",
        "early": "Starts before its parent did: the clocks of two and one differ by about 140 µs.",
        "late": "Does not lie within its parent: it went on after its parent was done, or the clocks of two and one "
        "differ by about 50 µs.",
        "own": "Starts before its parent did, in the same program: its clock was set back by about 140 µs, or it says "
        "when it started.",
        "below": "",
    }


def test_clocks_are_adjusted_and_back(unit: Unit) -> None:
    spans = [span("a", 1000, 100), span("b", 900, 20, "a", service="two"), span("c", 905, 5, "b", service="two")]
    recorded = {"a": [100, 0], "b": [0, 0], "c": [5, 0], "begin": 0, "duration": 200}
    adjusted = {"a": [0, 0], "b": [40, 140], "c": [45, 140], "begin": 100, "duration": 100}
    told = unit("tree.adjusted", spans)
    assert told == [recorded, adjusted, {"from": 0, "to": 50}, recorded, {"from": 100, "to": 150}, adjusted, adjusted]


def test_a_range_stays_within_the_trace(unit: Unit) -> None:
    ranges = [one and (round(one["from"], 6), round(one["to"], 6)) for one in unit("tree.ranges")]
    assert ranges == [
        (10, 30),
        (0, 5),
        None,
        (99.999, 100),
        (25, 75),
        (40, 80),
        None,
        (30, 50),
        (80, 100),
        (0, 20),
    ]


TICKS = {
    (0, 1000, 4): ["0.0 ms", "0.5 ms", "1.0 ms"],
    (0, 36_100, 5): ["0 ms", "10 ms", "20 ms", "30 ms"],
    (1_234_500, 1_234_700, 4): ["1234.50 ms", "1234.55 ms", "1234.60 ms", "1234.65 ms", "1234.70 ms"],
    (0, 0.5, 5): ["0 ns", "100 ns", "200 ns", "300 ns", "400 ns", "500 ns"],
    (0, 3_000_000, 3): ["0 s", "1 s", "2 s", "3 s"],
    (0, 100_000_000, 4): ["0 s", "30 s", "60 s", "90 s"],
    (0, 3_720_000_000, 8): ["0 min", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"],
    (3_000_000_000, 3_060_000_000, 4): ["50 min", "50 min 15 s", "50 min 30 s", "50 min 45 s", "51 min"],
    (0, 3 * 3_600_000_000, 4): ["0 h", "1 h", "2 h", "3 h"],
    (7_200_000_000, 3 * 3_600_000_000, 3): ["2 h", "2 h 20 min", "2 h 40 min", "3 h"],
}


def test_the_axis_has_round_moments(unit: Unit) -> None:
    assert unit("tree.axes", list(TICKS)) == list(TICKS.values())


def test_bars_are_cut_to_the_shown_range(unit: Unit) -> None:
    gone, cut, point, part, none, merged = unit("tree.bars")
    assert gone is None
    assert cut == {"left": 0, "width": 0.5, "cutBefore": True, "cutAfter": False}
    assert point == {"left": 0.2, "width": 0, "cutBefore": False, "cutAfter": False}
    assert part == "linear-gradient(90deg, transparent 0.000%, red 0.000% 20.000%, transparent 20.000%)"
    assert none == "none"
    assert merged == "linear-gradient(90deg, transparent 0.000%, red 0.000% 99.950%, transparent 99.950%)"


def test_a_trace_without_spans_breaks_nothing(unit: Unit) -> None:
    assert unit("tree.nothing") == [[], 0, 0, []]


def test_times_far_apart_stay_exact_nearby(unit: Unit) -> None:
    """Nanoseconds of 1970 do not fit into a number of JavaScript; within a trace they do."""
    spans = [span("a", 0, 10), span("b", 0, 10, "a")]
    raw = spans[1]["scopeSpans"][0]["spans"][0]
    raw["startTimeUnixNano"] = str(int(raw["startTimeUnixNano"]) + 1)
    times = unit("tree.timesOfSpans", spans)
    assert times == [[0, 10, 10], [0.001, 9.999, 10]]
