"""Clearing: all that was there is gone, all that comes afterwards stays."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from backend.store import writer
from backend.store.errors import StoreError
from backend.store.span import Search
from backend.store.store import Store
from tests.unit.backend.store.rows import START, body, numbers, row, rows, trace_id

SMALL = 200_000


def size(path: Path) -> int:
    """Bytes of the file and of the log beside it."""
    return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())


def fill(store: Store, traces: range, bytes_each: int = 10_000) -> None:
    for number in traces:
        store.append(body(bytes_each), rows(row(number, start=START + number), row(number, start=START + number)))


def assert_empty(store: Store) -> None:
    assert store.services() == []
    assert store.operations("shop") == []
    assert list(store.search(Search())) == []
    assert store.trace(trace_id(1)) == []
    assert store.span_count() == 0


def test_nothing_is_left(path: Path) -> None:
    with closing(Store(path)) as store:
        store.append(body(), rows(row(1, 1, service="web"), row(1, 2, parent=1), row(2)))
        version = store.version()
        store.clear()
        assert_empty(store)
        assert store.version() > version
    with closing(Store(path)) as store:
        assert_empty(store)


def test_an_empty_store_can_be_cleared(store: Store) -> None:
    store.clear()
    store.clear()
    assert_empty(store)
    store.append(body(), rows(row(1)))
    assert numbers(store.search(Search())) == [1]


def test_what_was_cleared_can_come_again(path: Path) -> None:
    spans = rows(row(1, 1), row(1, 2, service="other", operation="work"))
    with closing(Store(path)) as store:
        store.append(b"once", spans)
        store.clear()
        store.append(b"once", spans)
        store.append(b"once", spans)  # which is a retry again
        assert store.span_count() == 2
        assert store.services() == ["other", "shop"]
        assert store.operations("other") == [("work", 2)]
        store.clear()
    with closing(Store(path)) as store:
        store.append(b"once", spans)
        assert store.span_count() == 2
        assert numbers(store.search(Search(service="other"))) == [1]


def test_the_disk_gets_its_space_back(path: Path) -> None:
    with closing(Store(path)) as store:
        fill(store, range(1, 301))
        assert size(path) > 3_000_000
        store.clear()
        assert size(path) < SMALL
        fill(store, range(301, 311), 100)
    assert size(path) < SMALL
    with closing(Store(path)) as store:
        assert sorted(numbers(store.search(Search()))) == list(range(301, 311))


def test_what_is_gone_does_not_count_for_the_size_of_the_file(path: Path) -> None:
    with closing(Store(path, max_bytes=2 << 20)) as store:
        fill(store, range(1, 101))
        store.clear()
        fill(store, range(101, 201))
        assert store.span_count() == 200


def test_a_search_under_way_ends_without_a_fault(store: Store) -> None:
    fill(store, range(1, 201), 100)
    under_way = [store.search(Search()), store.search(Search(service="shop", operation="GET /"))]
    assert [numbers([next(one)]) for one in under_way] == [[200], [200]]
    store.clear()
    assert all(len(list(one)) < 200 for one in under_way)


def test_readers_do_not_keep_it_from_anything(path: Path) -> None:
    with closing(Store(path)) as store, ThreadPoolExecutor(4) as pool:
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                for one in store.search(Search()):
                    store.trace(one)
                store.calls(0, 2 * START)

        readers = [pool.submit(read) for _ in range(4)]
        for start in (1, 101, 201):
            fill(store, range(start, start + 50))
            store.clear()
            assert store.span_count() == 0
        stop.set()
        for one in readers:
            one.result(20)
        assert size(path) < 1_000_000


def test_what_is_stored_beside_it_is_whole_or_gone(path: Path) -> None:
    cleared = 0
    last: list[int] = []  # of these the sending began after the last clearing had ended
    clearings = 5

    def write(thread: int) -> None:
        for number in range(thread * 1_000, thread * 1_000 + 1_000):
            after = cleared
            store.append(body(), rows(row(number + 1, service=f"service-{number % 7}"), row(number + 1)))
            if after == clearings:
                last.append(number + 1)
                if len(last) > 200:
                    return

    with closing(Store(path)) as store, ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, thread) for thread in range(4)]
        for _ in range(clearings):
            store.clear()
            cleared += 1
        for one in writers:
            one.result(60)
        found = numbers(store.search(Search()))
        services = store.services()
    assert last
    assert set(last) <= set(found)
    with closing(Store(path)) as store:
        assert sorted(numbers(store.search(Search()))) == sorted(found)
        assert store.services() == services
        assert store.span_count() == 2 * len(found)
        for number in found:
            assert [one.positions for one in store.trace(trace_id(number))] == [(0, 1)]


def test_where_it_fails_all_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store(path)) as store:
        fill(store, range(1, 4))
        version = store.version()
        with monkeypatch.context() as patch:
            patch.setattr(writer, "CLEAR", ("DELETE FROM request", "DELETE FROM label", "DELETE FROM nowhere"))
            with pytest.raises(StoreError, match="nowhere"):
                store.clear()
        assert (store.span_count(), store.services(), store.version()) == (6, ["shop"], version)
        assert numbers(store.search(Search())) == [3, 2, 1]
        fill(store, range(4, 5))
    with closing(Store(path)) as store:
        assert numbers(store.search(Search())) == [4, 3, 2, 1]


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store(path)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.clear()
