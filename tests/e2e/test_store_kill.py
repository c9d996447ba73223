"""The store in a process that is killed: what was acknowledged stays, what was cleared does not come back."""

from __future__ import annotations

import signal
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from backend.store.span import Search
from backend.store.store import Store
from tests.children import eventually, python
from tests.unit.backend.store.rows import numbers, trace_id

if TYPE_CHECKING:
    from pathlib import Path

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
CLEARER = """
import sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from backend.store.store import Store
from tests.unit.backend.store.rows import body, row, rows

sys.stdout.reconfigure(line_buffering=True)
store = Store(Path(sys.argv[1]))

def write(first):
    for trace in range(first, first + 200):
        store.append(body(3_000), rows(row(trace), row(trace)))

with ThreadPoolExecutor(4) as pool:
    list(pool.map(write, range(1, 1_000, 200)))
store.clear()
for trace in range(2_000, 1 << 20):
    store.append(body(3_000), rows(row(trace), row(trace)))
    sys.stdout.write(f"{trace}\\n")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "traces.db"


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


def test_a_kill_brings_nothing_back_and_takes_nothing(path: Path) -> None:
    with python("-c", CLEARER, str(path)) as child:
        child.wait_for("20[1-9][0-9]\n")  # a few lines: the last one may not be whole
        child.send(signal.SIGKILL)
        child.end()
        acknowledged = [int(line) for line in child.output.splitlines()[:-1]]
    assert acknowledged
    with closing(Store(path)) as store:
        found = numbers(store.search(Search()))
        assert min(found) == 2_000
        assert set(acknowledged) <= set(found)
        assert all([one.positions for one in store.trace(trace_id(number))] == [(0, 1)] for number in acknowledged)
