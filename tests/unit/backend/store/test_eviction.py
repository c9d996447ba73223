"""Eviction: whole traces, oldest first, within both limits."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from backend.store import eviction
from backend.store.span import Search
from backend.store.store import Store
from tests.children import eventually
from tests.unit.backend.store.rows import START, body, numbers, row, rows, trace_id

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_newest_spans_are_kept(path: Path) -> None:
    with closing(Store(path, max_spans=100)) as store:
        for number in range(1, 301):
            store.append(body(), rows(row(number, start=START + number), row(number, start=START + number)))
        eventually(lambda: store.span_count() <= 100)
        assert store.span_count() == 100
        assert numbers(store.search(Search())) == list(range(300, 250, -1))
        assert store.trace(trace_id(250)) == []


def test_the_oldest_arrival_goes_first_not_the_oldest_start(path: Path) -> None:
    with closing(Store(path, max_spans=2)) as store:
        for number, start in ((1, START + 9), (2, START), (3, START + 5)):
            store.append(body(), rows(row(number, start=start)))
        eventually(lambda: store.span_count() == 2)
        assert numbers(store.search(Search())) == [3, 2]


def test_what_was_evicted_is_stored_when_it_is_sent_again(path: Path) -> None:
    """Its body is known, and was once taken for a retry of what is there."""
    first = body()
    with closing(Store(path, max_spans=4)) as store:
        store.append(first, rows(row(1)))
        for number in range(2, 12):
            store.append(body(), rows(row(number)))
        eventually(lambda: store.span_count() <= 4)
        assert store.trace(trace_id(1)) == []
        for _ in range(2):
            store.append(first, rows(row(1)))
        assert len(store.trace(trace_id(1))) == 1


def test_a_trace_goes_whole(path: Path) -> None:
    """Also with its spans in requests that stay."""
    with closing(Store(path, max_spans=5)) as store:
        store.append(body(), rows(row(1, start=START), row(1, start=START)))
        store.append(body(), rows(row(1, start=START + 1), row(2, start=START + 2)))
        store.append(body(), rows(row(1, service="only-in-1", start=START + 3)))
        assert store.services() == ["only-in-1", "shop"]
        store.append(body(), rows(row(3, start=START + 4)))
        eventually(lambda: store.span_count() == 2)
        assert store.trace(trace_id(1)) == []
        assert [one.positions for one in store.trace(trace_id(2))] == [(1,)]
        assert numbers(store.search(Search())) == [3, 2]
        assert store.services() == ["shop"]
    with closing(Store(path)) as store:
        assert store.trace(trace_id(1)) == []
        assert [one.positions for one in store.trace(trace_id(2))] == [(1,)]
        assert store.span_count() == 2


def test_a_trace_that_comes_back_has_its_late_spans(path: Path) -> None:
    with closing(Store(path, max_spans=2)) as store:
        store.append(body(), rows(row(1), row(2)))
        store.append(body(), rows(row(3), row(4)))
        eventually(lambda: store.span_count() == 2)
        store.append(body(), rows(row(1, start=START + 1)))
        eventually(lambda: store.span_count() == 1)
        assert numbers(store.search(Search())) == [1]


def test_the_newest_request_stays_however_large(path: Path) -> None:
    with closing(Store(path, max_spans=2, max_bytes=1)) as store:
        store.append(body(), rows(row(1), row(2)))
        store.append(body(), rows(row(3), row(4), row(5)))
        eventually(lambda: store.span_count() == 3)
        assert sorted(numbers(store.search(Search()))) == [3, 4, 5]


def test_an_endless_trace_goes_in_small_steps(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eviction, "REQUESTS_A_STEP", 3)
    with closing(Store(path, max_spans=100)) as store:
        for number in range(100):
            store.append(body(), rows(row(1, start=START + number)))
        store.append(body(), rows(row(2, start=START + 200)))
        eventually(lambda: store.span_count() == 1)
        assert numbers(store.search(Search())) == [2]
        assert store.trace(trace_id(1)) == []


def test_names_that_nothing_has_any_more_go(path: Path) -> None:
    with closing(Store(path, max_spans=10)) as store:
        for number in range(1, 101):
            store.append(body(), rows(row(number, service=f"service-{number:03}", operation=f"operation-{number}")))
        eventually(lambda: store.span_count() == 10)
        kept = [f"service-{number:03}" for number in range(91, 101)]
        assert store.services() == kept
        assert store.operations("service-091") == [("operation-91", 2)]
        assert store.operations("service-090") == []
    with closing(Store(path)) as store:
        assert store.services() == kept


def test_the_file_stays_within_its_size(path: Path) -> None:
    limit = 2 << 20
    with closing(Store(path, max_bytes=limit)) as store:
        for number in range(1, 801):
            store.append(body(10_000), rows(row(number, start=START + number)))
        size = path.stat().st_size
        assert 50 < store.span_count() < 210
        assert next(store.search(Search())) == trace_id(800)
    assert size < 1.5 * limit
    assert path.stat().st_size < 1.5 * limit


def test_smaller_limits_hold_from_the_start(path: Path) -> None:
    with closing(Store(path)) as store:
        for number in range(1, 51):
            store.append(body(), rows(row(number, start=START + number)))
    with closing(Store(path, max_spans=7)) as store:
        eventually(lambda: store.span_count() == 7)
        assert numbers(store.search(Search())) == list(range(50, 43, -1))
