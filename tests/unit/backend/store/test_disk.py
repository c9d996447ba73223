"""A full disk: what was acknowledged stays, what was not is not there."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreFull
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


def test_a_full_disk_keeps_a_clearing_from_its_work_until_there_is_a_little_room(disk: Path) -> None:
    path = disk / "traces.db"
    ballast = disk / "ballast"
    with closing(Store(path)) as store:
        ballast.write_bytes(bytes(200_000))
        stored = fill(store)
        with pytest.raises(StoreFull, match="the disk is full"):
            store.clear()
        assert store.span_count() == stored
        assert len(store.services()) == stored
        ballast.unlink()
        store.clear()
        assert (store.span_count(), store.services()) == (0, [])
        assert sum(file.stat().st_size for file in disk.glob("traces.db*")) < 200_000
        store.append(body(50_000), rows(row(1)))
    with closing(Store(path)) as store:
        assert store.services() == ["shop"]
