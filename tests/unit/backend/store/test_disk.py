"""A full disk: what was acknowledged stays, what was not is not there."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreError, StoreFull
from backend.store.store import Store
from tests.disk import small_disk
from tests.unit.backend.store.rows import body, row, rows, trace_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 4 * MEGABYTE) as folder:
        yield folder


def fill(store: Store) -> int:
    """Store until the disk is full; how many requests it took."""
    stored = 0
    with suppress(StoreFull):
        while True:
            store.append(body(50_000), rows(row(stored + 1, service=f"service-{stored + 1}")))
            stored += 1
    return stored


def test_a_full_disk_is_told_and_gets_over(disk: Path) -> None:
    path = disk / "traces.db"
    ballast = disk / "ballast"
    with closing(Store(path)) as store:
        ballast.write_bytes(bytes(MEGABYTE))
        stored = fill(store)
        with pytest.raises(StoreFull, match="the disk is full"):
            store.append(body(50_000), rows(row(1)))
        assert stored > 10
        assert store.span_count() == stored
        assert f"service-{stored + 1}" not in store.services()
        ballast.unlink()
        store.append(body(50_000), rows(row(stored + 1, service=f"service-{stored + 1}")))
        assert f"service-{stored + 1}" in store.services()
    with closing(Store(path)) as store:
        assert store.span_count() == stored + 1
        assert all(store.trace(trace_id(number + 1)) for number in range(stored + 1))


def test_a_full_disk_is_cleared(disk: Path) -> None:
    """SQLite needs room to delete, and there is none."""
    path = disk / "traces.db"
    ballast = disk / "ballast"
    with closing(Store(path)) as store:
        ballast.write_bytes(bytes(200_000))
        fill(store)
        store.clear()
        assert (store.span_count(), store.services()) == (0, [])
        assert sum(file.stat().st_size for file in disk.glob("traces.db*")) < 500_000
        store.append(body(50_000), rows(row(1)))
    with closing(Store(path)) as store:
        assert store.services() == ["shop"]


def test_a_small_limit_on_a_small_disk_holds(disk: Path) -> None:
    """The log beside the file counts: it was 64 MiB, whatever the limit."""
    with closing(Store(disk / "traces.db", max_bytes=2 * MEGABYTE)) as store:
        for number in range(1, 401):
            store.append(body(50_000), rows(row(number)))
            assert sum(file.stat().st_size for file in disk.glob("traces.db*")) < 4 * MEGABYTE
        assert 5 < store.span_count() < 50


def test_another_programs_read_does_not_let_the_log_grow(path: Path) -> None:
    with closing(Store(path, max_bytes=4 * MEGABYTE)) as store, closing(sqlite3.connect(path)) as other:
        store.append(body(50_000), rows(row(1)))
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM request").fetchone()
        fill(store)
        with pytest.raises(StoreFull, match="another program reads the file"):
            store.append(body(50_000), rows(row(1)))
        assert (path.parent / f"{path.name}-wal").stat().st_size < 3 * MEGABYTE
        other.execute("ROLLBACK")
        store.append(body(50_000), rows(row(1_000)))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_removed_takes_nothing_more(
    path: Path, caplog: pytest.LogCaptureFixture, *, replaced: bool
) -> None:
    with closing(Store(path)) as store:
        store.append(body(), rows(row(1)))
        path.unlink()
        if replaced:
            path.write_bytes(b"")
        for number in range(2, 5):
            with pytest.raises(StoreError, match="removed or replaced"):
                store.append(body(), rows(row(number)))
            with pytest.raises(StoreError, match="removed or replaced"):
                store.trace(trace_id(1))
        with pytest.raises(StoreError, match="removed or replaced"):
            store.clear()
    assert path.exists() is replaced
    assert len(caplog.records) == 1
