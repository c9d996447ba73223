"""The file: whose it is, and what happens to one that is not ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from backend.store.errors import StoreError
from backend.store.store import Store
from tests.unit.backend.store.rows import body, row, rows

if TYPE_CHECKING:
    from pathlib import Path


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
