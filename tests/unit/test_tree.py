"""A trace drawn as a tree."""

from __future__ import annotations

import pytest

from verify import tree
from verify.trace import Span


def span(span_id: str, parent_id: str | None = None, *, start: int = 0, operation: str = "op") -> Span:
    """A span whose service is its id."""
    return Span(span_id, parent_id, span_id, operation, "server", start, 1000, error=False, warnings=())


def shape(*spans: Span) -> list[str]:
    """The lines without operations, durations and padding."""
    return [line.partition("  op")[0] for line in tree.lines(list(spans))]


def test_two_linked_spans() -> None:
    client = Span("a", None, "chapter2-client", "GET", "client", 1, 12_345, error=False, warnings=())
    server = Span("b", "a", "chapter2-server", "GET /", "server", 2, 960, error=False, warnings=())
    assert tree.lines([server, client]) == [
        "chapter2-client  GET       12.3 ms",
        "└─ chapter2-server  GET /  1.0 ms",
    ]


def test_error_and_warnings_are_shown() -> None:
    warned = Span("a", None, "shop", "GET", "server", 0, 1500, error=True, warnings=("clock skew", "came twice"))
    assert tree.lines([warned]) == ["shop  GET  1.5 ms, error, warning: clock skew, warning: came twice"]


def test_no_spans() -> None:
    assert tree.lines([]) == []


def test_children_are_in_the_order_they_started() -> None:
    assert shape(
        span("late", "root", start=9),
        span("below", "early", start=3),
        span("early", "root", start=2),
        span("middle", "root", start=5),
        span("root", start=1),
        span("second root", start=7),
    ) == [
        "root",
        "├─ early",
        "│  └─ below",
        "├─ middle",
        "└─ late",
        "second root",
    ]


def test_a_missing_parent_has_a_line() -> None:
    assert shape(
        span("child", "gone", start=1),
        span("grandchild", "child", start=2),
        span("sibling", "gone", start=3),
        span("other", "lost", start=0),
        span("root"),
    ) == [
        "root",
        "(parent gone is missing)",
        "├─ child",
        "│  └─ grandchild",
        "└─ sibling",
        "(parent lost is missing)",
        "└─ other",
    ]


@pytest.mark.parametrize(
    "spans",
    [
        [("a", "a")],
        [("a", "b"), ("b", "a")],
        [("a", "c"), ("b", "a"), ("c", "b")],
        # Of two spans with the same id, as a trace has that was stored twice, one is its own parent.
        [("a", None), ("a", "a")],
        [("a", None), ("b", "a"), ("a", "b")],
        [("a", "gone"), ("b", "a"), ("a", "b")],
    ],
)
def test_cyclic_parents_end(spans: list[tuple[str, str | None]]) -> None:
    assert len(tree.lines([span(*ids) for ids in spans])) <= len(spans) + 1


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("two\nlines\r", "two\ufffdlines\ufffd"),
        ("bell\a\0\x7f\x9b", "bell\ufffd\ufffd\ufffd\ufffd"),
        ("\u202eright to left", "\ufffdright to left"),
        ("GET /straße/日本/é", "GET /straße/日本/é"),
    ],
)
def test_what_a_terminal_would_obey_is_not_printed(text: str, printed: str) -> None:
    assert tree.printable(text) == printed
    stranger = Span("a", text, text, text, "server", 0, 1000, error=False, warnings=(text,))
    assert tree.lines([stranger]) == [
        f"(parent {printed} is missing)",
        f"└─ {printed}  {printed}  1.0 ms, warning: {printed}",
    ]


def test_a_deep_trace_is_drawn() -> None:
    deep = [span("0"), *(span(str(level), str(level - 1), start=level) for level in range(1, 5000))]
    lines = shape(*deep)
    assert len(lines) == 5000
    assert lines[-1].endswith("   └─ 4999")
