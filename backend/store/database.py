"""The database file: whose it is, who may open it, and the connections to it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.store.errors import StoreError

# As in schema.sql. Both stand in the file's header, https://sqlite.org/fileformat.html: big-endian at these offsets.
APPLICATION_ID = 0x4F54_4C50
VERSION = 1
SCHEMA = (Path(__file__).parent / "schema.sql").read_text("utf-8")
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60
_APPLICATION_ID_OFFSET = 68


class Database:
    """An open file: one connection that writes and as many that read as are used at once.

    Raises:
        StoreError: the file is not ours, newer than this program, in use or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = _lock(path)
        try:
            _check_header(os.pread(self._lock, _HEADER_BYTES, 0), path)
            self.writer = self._connect()
            try:
                _prepare(self.writer)
            except BaseException:
                self.writer.close()
                raise
        except sqlite3.Error as problem:
            os.close(self._lock)
            raise StoreError(f"{path}: {problem}") from problem
        except BaseException:
            os.close(self._lock)
            raise

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own for the time of the `with` block."""
        if self._closed:
            raise StoreError("the store is closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            yield connection
        finally:
            self._idle.append(connection)
            if self._closed:
                self._close_idle()

    def close(self) -> None:
        self._closed = True
        self._close_idle()
        self.writer.close()
        os.close(self._lock)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself has rolled back where the disk was full
            connection.execute("ROLLBACK")
        raise


def shrink(connection: sqlite3.Connection) -> None:
    """Give the space of what was deleted back to the disk; its cost is that of what is left."""
    connection.execute("VACUUM")
    # Until the log is copied back the file has its old size; waits for the readers under way.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lock(path: Path) -> int:
    """Open the file for this process alone.

    The descriptor stays open until SQLite's are closed: closing any of them ends the locks that SQLite holds.
    """
    try:
        if path.exists() and not path.is_file():
            raise StoreError(f"{path}: not a file")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise StoreError(f"{path}: {problem.strerror}") from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(descriptor)
        raise StoreError(f"{path}: in use by another backend") from problem
    return descriptor


def _check_header(header: bytes, path: Path) -> None:
    """Before SQLite sees the file: it would finish another program's transactions in it."""
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise StoreError(f"{path}: not a database; name another file")
    if int.from_bytes(header[_APPLICATION_ID_OFFSET:][:4], "big") != APPLICATION_ID:
        raise StoreError(f"{path}: a database of another program; name another file")
    version = int.from_bytes(header[_VERSION_OFFSET:][:4], "big")
    if version != VERSION:
        raise StoreError(f"{path}: version {version} of the file, this program knows {VERSION}; name another file")


def _prepare(connection: sqlite3.Connection) -> None:
    # For a new file. A request of 512 spans (140 KB) costs 0.37 ms on pages of 4 KiB and 0.24 ms on these; larger ones
    # gain little more, and a request of one span rewrites two whole pages.
    connection.execute("PRAGMA page_size = 16384")
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        # Before the write-ahead log: the marks have to be in the header, not in a log that is not copied back yet.
        connection.executescript(SCHEMA)
    # What is committed survives the end of the process, however it comes; a power cut may cost the last moments.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # The log is copied back each 64 MiB, with a wait for the disk: the larger it is, the fewer waits and the more pages
    # that were written twice are copied once.
    connection.execute("PRAGMA wal_autocheckpoint = 4096")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    # Debian's SQLite overwrites what is deleted; these are no secrets.
    connection.execute("PRAGMA secure_delete = OFF")
