"""What is stored is found again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreError
from backend.store.span import Search, StoredRequest
from backend.store.store import Store
from tests.children import eventually
from tests.unit.backend.store.rows import SECOND, START, body, numbers, row, rows, trace_id

if TYPE_CHECKING:
    from pathlib import Path


def counts(store: Store) -> list[tuple[str, str, int]]:
    return [(calls.parent, calls.child, len(calls.durations)) for calls in store.calls(START, START)]


def test_a_trace_is_where_it_was_stored(store: Store) -> None:
    store.append(b"first", rows(row(1), row(2), row(1)))
    store.append(b"second", rows(row(2), row(1)))
    assert store.trace(trace_id(1)) == [StoredRequest(b"first", (0, 2)), StoredRequest(b"second", (1,))]
    assert store.trace(trace_id(2)) == [StoredRequest(b"first", (1,)), StoredRequest(b"second", (0,))]
    assert store.trace(trace_id(3)) == []
    assert store.span_count() == 5


def test_an_empty_store_has_nothing(store: Store) -> None:
    store.append(b"no spans", [])
    assert store.services() == []
    assert store.operations("shop") == []
    assert list(store.search(Search())) == []
    assert store.calls(0, START) == []
    assert store.span_count() == 0


def test_services_and_operations_are_sorted(store: Store) -> None:
    store.append(body(), rows(row(1, service="b", operation="y", kind=3), row(1, service="a", operation="x")))
    store.append(body(), rows(row(1, service="b", operation="x", kind=3), row(1, service="b", operation="x", kind=1)))
    assert store.services() == ["a", "b"]
    assert store.operations("b") == [("x", 1), ("x", 3), ("y", 3)]
    assert store.operations("b", 3) == [("x", 3), ("y", 3)]
    assert store.operations("c") == []


def test_the_same_body_again_stores_nothing(store: Store) -> None:
    spans = rows(row(1), row(2))
    store.append(b"once", spans)
    store.append(b"once", spans)
    assert store.span_count() == 2
    assert store.trace(trace_id(1)) == [StoredRequest(b"once", (0,))]


def test_the_same_body_again_stores_nothing_after_a_restart(path: Path) -> None:
    for _ in range(2):
        with closing(Store(path)) as store:
            store.append(b"once", rows(row(1, 1)))
            assert store.span_count() == 1


def test_the_same_body_at_once_is_stored_once(store: Store) -> None:
    spans = rows(*(row(number) for number in range(1, 500)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.append(b"once", spans), range(32)))
    assert store.span_count() == 499


def test_a_span_sent_again_in_another_request_is_left_out(path: Path) -> None:
    with closing(Store(path, span_bytes=lambda _, __: b"the same")) as store:
        store.append(b"one", rows(row(1, 7), row(1, 8)))
        store.append(b"two", rows(row(1, 9), row(1, 7)))
        store.append(b"three", rows(row(1, 7)))
        assert store.trace(trace_id(1)) == [StoredRequest(b"one", (0, 1)), StoredRequest(b"two", (0,))]


def test_traces_read_for_one_answer_share_their_requests(path: Path) -> None:
    with closing(Store(path, span_bytes=lambda _, __: b"the same")) as store:
        store.append(b"one", rows(row(1, 7), row(2, 8)))
        store.append(b"two", rows(row(2, 9), row(1, 7)))
        reading = store.reading()
        first, second = reading.trace(trace_id(1)), reading.trace(trace_id(2))
        assert first == [StoredRequest(b"one", (0,))]
        assert second == [StoredRequest(b"one", (1,)), StoredRequest(b"two", (0,))]
        assert second[0].body is first[0].body
        assert reading.trace(trace_id(3)) == []


def test_a_trace_evicted_meanwhile_is_not_read(path: Path) -> None:
    with closing(Store(path, max_spans=4)) as store:
        store.append(body(), rows(row(1), row(2)))
        reading = store.reading()
        assert reading.trace(trace_id(1))
        store.append(body(), rows(row(3), row(4)))
        store.append(body(), rows(row(5)))
        eventually(lambda: store.span_count() == 3, 10, "nothing is evicted")
        assert reading.trace(trace_id(2)) == []
        assert reading.trace(trace_id(5))


def test_a_span_that_differs_in_its_bytes_alone_is_kept(path: Path) -> None:
    with closing(Store(path, span_bytes=lambda sent, position: sent + bytes([position]))) as store:
        store.append(b"one", rows(row(1, 7)))
        store.append(b"two", rows(row(1, 7), row(1, 7)))
        assert store.trace(trace_id(1)) == [StoredRequest(b"one", (0,)), StoredRequest(b"two", (0, 1))]


def test_a_restart_keeps_everything(path: Path) -> None:
    with closing(Store(path)) as store:
        store.append(b"one", rows(row(1, 1, service="a"), row(1, 2, parent=1, service="b", start=START + 1)))
        version = store.version()
        before = (store.trace(trace_id(1)), store.services(), store.operations("a"), store.calls(0, 2 * START))
    with closing(Store(path)) as store:
        assert (store.trace(trace_id(1)), store.services(), store.operations("a"), store.calls(0, 2 * START)) == before
        assert numbers(store.search(Search(service="b"))) == [1]
        assert store.span_count() == 2
        assert store.version() >= version


def test_the_version_grows_with_each_commit(store: Store) -> None:
    versions = [store.version()]
    for _ in range(3):
        store.append(body(), rows(row(1)))
        versions.append(store.version())
    assert versions == sorted(set(versions))


def test_calls_are_counted_between_the_services_of_parent_and_child(store: Store) -> None:
    store.append(body(), rows(row(1, 12, 11, service="db"), row(1, 13, 11, service="db")))  # the children come first
    store.append(body(), rows(row(1, 10, service="web"), row(1, 11, 10, service="shop"), row(1, 14, 99, service="db")))
    store.append(body(), rows(row(2, 20, service="web"), row(2, 21, 20, service="web"), row(2, 22, 11, service="db")))
    assert counts(store) == [("shop", "db", 2), ("web", "shop", 1), ("web", "web", 1)]
    assert store.calls(START + 1, 2 * START) == []
    assert store.calls(0, START - 1) == []


def test_a_call_sent_twice_counts_once(store: Store) -> None:
    store.append(b"one", rows(row(1, 1, service="web"), row(1, 2, 1)))
    store.append(b"two", rows(row(1, 1, service="web"), row(1, 2, 1)))
    assert counts(store) == [("web", "shop", 1)]


def test_calls_have_their_errors_and_durations(store: Store) -> None:
    spans = [row(1, number, 1, duration=length) for number, length in ((2, 7), (3, 0), (4, -SECOND))]
    store.append(body(), rows(row(1, 1, service="web", error=True), *spans, row(1, 5, 1, duration=9, error=True)))
    (calls,) = store.calls(START, START)
    assert (calls.parent, calls.child, calls.errors) == ("web", "shop", 1)
    assert sorted(calls.durations) == [1, 1, 7, 9]  # what is not after its start is shown with 1 ns


def test_times_beyond_63_bits_and_ends_before_starts_are_stored(store: Store) -> None:
    store.append(b"far", rows(row(1, start=2**64 - 1, duration=0), row(2, start=2**63), row(3, start=0, duration=-5)))
    store.append(b"wide", rows(row(4, start=2**63, duration=2**63 - 1), row(5, start=2**63 - 1, duration=1)))
    assert numbers(store.search(Search())) == [5, 3, 1, 4, 2]  # signed, as Go takes them
    assert numbers(store.search(Search(duration_max=-1))) == [5, 3]


def test_names_of_any_kind_are_kept(store: Store) -> None:
    names = ["", "\0", "ü" * 100_000, "'; DROP TABLE request; --", "\U0001f600", "%_*"]
    store.append(body(), rows(*(row(1, service=name, operation=name) for name in names)))
    assert store.services() == sorted(names)
    for name in names:
        assert store.operations(name) == [(name, 2)]
        assert numbers(store.search(Search(service=name, operation=name))) == [1]


def test_eight_writers_and_readers_at_once(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(50):
            trace = writer * 1_000 + number + 1
            store.append(body(), rows(row(trace), row(trace)))
            assert [one.positions for one in store.trace(trace_id(trace))] == [(0, 1)]
            assert trace in numbers(store.search(Search()))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert store.span_count() == 800
    assert len(set(store.search(Search()))) == 400


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store(path)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append(body(), rows(row(1)))
    with pytest.raises(StoreError, match="closed"):
        list(store.search(Search(service=None))) or store.calls(0, 1)


def test_what_waits_at_the_close_is_committed(path: Path) -> None:
    store = Store(path)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(store.append, body(), rows(row(number))) for number in range(1, 100)]
        store.close()
    stored = sum(one.exception() is None for one in waiting)
    with closing(Store(path)) as store:
        assert store.span_count() == stored
