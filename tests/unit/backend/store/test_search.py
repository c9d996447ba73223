"""Search: which traces, and in which order."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.store import search
from backend.store.span import Search, SpanRow
from backend.store.store import Store
from tests.unit.backend.store.rows import SECOND, START, body, numbers, row, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from backend.store.labels import Operation


def of_kind(kind: int) -> Callable[[Operation], bool]:
    return lambda operation: operation[2] == kind


def test_the_newest_comes_first_whatever_came_in_first(store: Store) -> None:
    store.append(body(), rows(row(1, start=START + 5), row(2, start=START + 1)))
    store.append(body(), rows(row(3, start=START + 3), row(4, start=START + 7)))
    store.append(body(), rows(row(5, start=START), row(1, start=START + 2)))
    assert numbers(store.search(Search())) == [4, 1, 3, 2, 5]


def test_a_trace_is_placed_by_its_newest_span_that_matches(store: Store) -> None:
    store.append(body(), rows(row(1, start=START), row(2, start=START + 1), row(1, start=START + 2, service="other")))
    assert numbers(store.search(Search(service="shop"))) == [2, 1]
    assert numbers(store.search(Search())) == [1, 2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Search(service="shop"), [3, 2, 1]),
        (Search(service="none"), []),
        (Search(service="shop", operation="GET /"), [2, 1]),
        (Search(operation="GET /"), [4, 2, 1]),
        (Search(service="shop", operation="GET /", label=of_kind(3)), [2]),
        (Search(label=of_kind(3)), [2]),
        (Search(label=lambda operation: operation[0] != "shop"), [4]),
        (Search(label=lambda operation: operation[1].startswith("GET")), [4, 2, 1]),
        (Search(label=lambda _: False), []),
        (Search(service="none", operation="GET /"), []),
        (Search(start_min=START + 2), [4, 3, 2]),
        (Search(start_max=START + 2), [2, 1]),
        (Search(start_min=START + 2, start_max=START + 2), [2]),
        (Search(duration_min=2 * SECOND), [3, 2]),
        (Search(duration_max=SECOND), [4, 1]),
        (Search(error=True), [3]),
        (Search(error=False), [4, 2, 1]),
        # one span has to match all of it
        (Search(service="shop", duration_min=3 * SECOND, start_max=START + 2), []),
    ],
)
def test_what_matches(store: Store, asked: Search, found: list[int]) -> None:
    store.append(body(), rows(row(1, start=START + 1), row(2, start=START + 2, kind=3, duration=2 * SECOND)))
    store.append(body(), rows(row(3, start=START + 3, operation="POST /", duration=3 * SECOND, error=True)))
    store.append(body(), rows(row(4, start=START + 4, service="bank")))
    assert numbers(store.search(asked)) == found


def test_only_requests_that_have_the_operation_are_opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    matching = search.Finder._matching

    def noted(finder: search.Finder, request: int) -> list[tuple[int, bytes, int]]:
        opened.append(request)
        return matching(finder, request)

    monkeypatch.setattr(search.Finder, "_matching", noted)
    for number in range(1, 20):
        store.append(body(), rows(row(number, operation="rare" if number == 7 else "GET /")))
    assert numbers(store.search(Search(label=lambda operation: operation[1] == "rare"))) == [7]
    assert len(opened) == 1


def test_what_else_a_span_has_to_fit(store: Store) -> None:
    asked: list[tuple[bytes, list[int]]] = []

    def second(body: bytes, positions: Sequence[int]) -> set[int]:
        asked.append((body, [*positions]))
        return {1} & {*positions}

    store.append(b"old", rows(row(1), row(2), row(3, service="bank"), row(4)))
    store.append(b"new", rows(row(5, start=START + 1), row(6, start=START + 1, error=True)))
    assert numbers(store.search(Search(service="shop"), second)) == [6, 2]
    assert asked == [(b"new", [0, 1]), (b"old", [0, 1, 3])]
    assert numbers(store.search(Search(error=False), second)) == [2]
    asked.clear()
    assert numbers(store.search(Search(service="bank"), second)) == []
    assert asked == [(b"old", [2])]
    assert numbers(store.search(Search(duration_min=9 * SECOND), second)) == []
    assert len(asked) == 1


def test_a_search_is_lazy_and_may_be_left(store: Store) -> None:
    for number in range(1, 400):
        store.append(body(), rows(row(number, start=START + number)))
    found = store.search(Search(service="shop"))
    assert numbers([next(found), next(found)]) == [399, 398]
    store.append(body(), rows(row(400, start=START + 400)))
    assert numbers(found) == list(range(397, 0, -1))


def test_many_services_do_not_cost_a_query_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_SERVICES", 20)
    services = range(1, 101)
    store.append(body(), rows(*(row(one, service=f"s{one}", start=START + one) for one in services)))
    for one in services:
        store.append(body(), rows(row(one, service=f"s{one}", start=START + one)))
    queries: list[str] = []
    reader = store._database.reader

    @contextmanager
    def noted() -> Iterator[sqlite3.Connection]:
        with reader() as connection:
            connection.set_trace_callback(queries.append)
            yield connection

    monkeypatch.setattr(store._database, "reader", noted)
    found = store.search(Search())
    assert numbers([next(found), next(found)]) == [100, 99]
    assert len(queries) < 10
    assert numbers(found) == list(range(98, 0, -1))


LABELS = st.frozensets(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 2)))
ROWS = st.builds(
    row,
    trace=st.integers(1, 6),
    service=st.sampled_from("ab"),
    operation=st.sampled_from("xyz"),
    kind=st.integers(0, 2),
    start=st.integers(0, 12),
    duration=st.integers(-2, 6),
    error=st.booleans(),
)
LIMITS = st.none() | st.integers(-1, 12)
SEARCHES = st.builds(
    Search,
    service=st.none() | st.sampled_from("ab"),
    operation=st.none() | st.sampled_from("xyz"),
    label=st.none() | LABELS.map(lambda allowed: allowed.__contains__),
    start_min=LIMITS,
    start_max=LIMITS,
    duration_min=LIMITS,
    duration_max=LIMITS,
    error=st.none() | st.booleans(),
)


@settings(max_examples=50, deadline=None, database=None)
@given(
    requests=st.lists(st.lists(ROWS, min_size=1, max_size=5), max_size=12),
    asked=st.lists(SEARCHES, max_size=5),
    side_by_side=st.integers(1, 2),
)
def test_it_finds_what_looking_at_every_span_finds(
    requests: list[list[SpanRow]], asked: list[Search], side_by_side: int
) -> None:
    with (
        TemporaryDirectory() as folder,
        closing(Store(Path(folder, "traces.db"))) as store,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(search, "PAGE", 2)
        patch.setattr(search, "MAX_WALKS", 3)
        patch.setattr(search, "MAX_SERVICES", side_by_side)
        for spans in requests:
            store.append(body(), rows(*spans))
        for one in asked:
            newest = newest_match([span for spans in requests for span in spans], one)
            found = numbers(store.search(one))
            assert sorted(found) == sorted(newest)
            assert [newest[trace] for trace in found] == sorted(newest.values(), reverse=True)


def newest_match(spans: Iterable[SpanRow], asked: Search) -> dict[int, int]:
    """By trace, the start of its newest span that matches."""
    newest: dict[int, int] = {}
    for span in spans:
        (trace,) = numbers([span.trace_id])
        if matches(span, asked):
            newest[trace] = max(newest.get(trace, span.start), span.start)
    return newest


def matches(span: SpanRow, asked: Search) -> bool:
    return (
        asked.service in {None, span.service}
        and asked.operation in {None, span.operation}
        and (asked.label is None or asked.label((span.service, span.operation, span.kind)))
        and asked.error in {None, span.error}
        and within(span.start, asked.start_min, asked.start_max)
        and within(span.end - span.start, asked.duration_min, asked.duration_max)
    )


def within(value: int, minimum: int | None, maximum: int | None) -> bool:
    return (minimum is None or minimum <= value) and (maximum is None or value <= maximum)
