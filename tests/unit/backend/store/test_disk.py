"""A disk that is full, and a process that is killed: what was acknowledged stays, what was not is not there."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreFull
from backend.store.store import Store
from tests.children import eventually, python
from tests.unit.backend.store.rows import body, row, rows, trace_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1 << 20
WRITER = """
import sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from backend.store.store import Store
from tests.unit.backend.store.rows import body, row, rows

sys.stdout.reconfigure(line_buffering=True)
store = Store(Path(sys.argv[1]))

def write(writer):
    for number in range(1, 1 << 20):
        trace = writer << 20 | number
        store.append(body(3_000), rows(row(trace), row(trace)))
        sys.stdout.write(f"{trace}\\n")

with ThreadPoolExecutor(8) as pool:
    list(pool.map(write, range(8)))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * MEGABYTE}", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(store: Store) -> int:
    """Store until the disk is full; how many requests it took."""
    stored = 0
    with suppress(StoreFull):
        while True:
            store.append(body(50_000), rows(row(stored + 1, service=f"service-{stored + 1}")))
            stored += 1
    return stored


def test_a_full_disk_is_told_and_gets_over(small_disk: Path) -> None:
    path = small_disk / "traces.db"
    ballast = small_disk / "ballast"
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


def test_a_full_disk_keeps_a_clearing_from_its_work_until_there_is_a_little_room(small_disk: Path) -> None:
    path = small_disk / "traces.db"
    ballast = small_disk / "ballast"
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
        assert sum(file.stat().st_size for file in small_disk.glob("traces.db*")) < 200_000
        store.append(body(50_000), rows(row(1)))
    with closing(Store(path)) as store:
        assert store.services() == ["shop"]


@pytest.mark.parametrize("commits", [50, 500])
def test_a_kill_loses_nothing_that_was_acknowledged(path: Path, commits: int) -> None:
    with python("-c", WRITER, str(path)) as child:
        eventually(lambda: child.output.count("\n") > commits)
        child.send(signal.SIGKILL)
        child.end()
        acknowledged = [int(line) for line in child.output.splitlines()[:-1]]
    assert len(acknowledged) >= commits
    with closing(Store(path)) as store:
        for trace in acknowledged:
            (request,) = store.trace(trace_id(trace))
            assert len(request.body) == 3_000
            assert request.positions == (0, 1)
        assert store.span_count() % 2 == 0
