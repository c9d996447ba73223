"""The file: whose it is, and what happens to one that is not ours."""

from __future__ import annotations

import gzip
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend.store.errors import StoreError
from backend.store.span import Search, StoredRequest
from backend.store.store import Store
from tests.unit.backend.store.rows import SECOND, START, body, row, rows, trace_id


def refused(path: Path) -> str:
    """Why the store does not take it; the file is as it was."""
    before = path.read_bytes() if path.is_file() else None
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
    with pytest.raises(StoreError) as refusal:
        Store(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert (sorted(path.parent.iterdir()) if path.parent.is_dir() else None) == beside
    message = str(refusal.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


def test_a_file_made_by_an_earlier_program_answers_the_same(path: Path) -> None:
    """`version-1.db.gz` was made by the code of November 2026, with two requests of three spans and one."""
    path.write_bytes(gzip.decompress((Path(__file__).parent / "version-1.db.gz").read_bytes()))
    with closing(Store(path)) as store:
        assert store.services() == ["bank", "shop"]
        assert store.operations("bank") == [("check", 3), ("pay", 2)]
        assert store.span_count() == 4
        assert store.trace(trace_id(1)) == [StoredRequest(b"first", (0, 1)), StoredRequest(b"second", (0,))]
        assert list(store.search(Search())) == [trace_id(2), trace_id(1)]
        assert list(store.search(Search(service="bank", error=True))) == [trace_id(1)]
        (calls,) = store.calls(START, START + SECOND)
        assert (calls.parent, calls.child, calls.errors, sorted(calls.durations)) == ("shop", "bank", 1, [7, SECOND])
        store.append(b"first", rows(row(1)))  # a retry of what is stored
        store.append(b"third", rows(row(3)))
        assert store.span_count() == 5


def test_text_is_refused(path: Path) -> None:
    path.write_text("my diary\n" * 1_000)
    assert "not a database" in refused(path)


def test_a_short_file_is_refused(path: Path) -> None:
    path.write_bytes(b"x")
    assert "not a database" in refused(path)


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE diary (entry)")
    assert "another program" in refused(path)


def test_a_newer_file_is_refused(path: Path) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 2")
    assert "version 2" in refused(path)


def test_a_damaged_file_is_refused(path: Path) -> None:
    with closing(Store(path)) as store:
        store.append(body(100_000), rows(row(1)))
    damaged = bytearray(path.read_bytes())
    damaged[100:] = b"\xff" * (len(damaged) - 100)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="malformed"):
        Store(path)
    assert path.read_bytes() == damaged


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "not a file" in refused(tmp_path)


@pytest.mark.parametrize("name", ["/proc/self/mem", "/dev/null", "pipe"])
def test_what_is_no_common_file_is_refused(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError) as refusal:
        Store(tmp_path / name)
    assert re.fullmatch(r"/\S+: [\w /]+", str(refusal.value))


def test_a_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(tmp_path / "none" / "traces.db")


def test_a_file_in_use_is_refused(path: Path) -> None:
    with closing(Store(path)), pytest.raises(StoreError, match="in use"):
        Store(path)
    Store(path).close()


def test_an_empty_file_is_taken(path: Path) -> None:
    path.touch()
    with closing(Store(path)) as store:
        store.append(body(), rows(row(1)))


def test_a_file_is_ours_before_it_has_anything(path: Path) -> None:
    """Its marks are in the file and not in a log beside it, which a kill would leave behind."""
    with closing(Store(path)):
        header = path.read_bytes()[:100]
    assert header[68:72] == b"OTLP"
    assert int.from_bytes(header[60:64], "big") == 1
