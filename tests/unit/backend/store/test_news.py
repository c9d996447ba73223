"""Whoever waits for news of the store gets them at once, and no others."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreError
from backend.store.store import Store
from tests.unit.backend.store.rows import body, row, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

LONG = 20.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def store_one(store: Store) -> None:
    store.append(body(), rows(row(1)))


@pytest.mark.parametrize("change", [store_one, Store.clear])
def test_a_change_wakes_all_who_wait(store: Store, pool: ThreadPoolExecutor, change: Callable[[Store], None]) -> None:
    store_one(store)
    version = store.version()
    waiting = [pool.submit(store.wait, version, LONG) for _ in range(4)]
    change(store)
    assert [one.result(LONG / 2) for one in waiting] == 4 * [version + 1]
    assert store.version() == version + 1


def test_who_missed_a_change_need_not_wait(store: Store) -> None:
    version = store.version()
    store_one(store)
    started = time.monotonic()
    assert store.wait(version, LONG) == version + 1
    assert time.monotonic() - started < LONG / 2


def test_without_news_the_time_passes(store: Store) -> None:
    started = time.monotonic()
    assert store.wait(store.version(), 0.2) == store.version()
    assert time.monotonic() - started >= 0.2


def test_eviction_is_news(path: Path, pool: ThreadPoolExecutor) -> None:
    with closing(Store(path, max_spans=2)) as store:
        store.append(body(), rows(row(1), row(2)))
        version = store.version()
        store.append(body(), rows(row(3)))
        assert store.wait(version + 1, LONG) == version + 2
        assert store.span_count() == 1


def test_a_retry_is_none(store: Store) -> None:
    store.append(b"once", rows(row(1)))
    version = store.version()
    store.append(b"once", rows(row(1)))
    assert store.version() == version


@pytest.mark.parametrize("end", [Store.end_waits, Store.close])
def test_the_end_lets_all_go(path: Path, pool: ThreadPoolExecutor, end: Callable[[Store], None]) -> None:
    store = Store(path)
    waiting: list[Future[int]] = [pool.submit(store.wait, store.version(), LONG) for _ in range(4)]
    end(store)
    for one in [*waiting, pool.submit(store.wait, store.version(), LONG)]:
        with pytest.raises(StoreError, match="closed"):
            one.result(LONG / 2)
