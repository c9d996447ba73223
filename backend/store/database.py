"""The database file: ownership, locking, and connections."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.store.errors import StoreError, StoreFull

# Same as in schema.sql. The file header has both, big-endian at these offsets: https://sqlite.org/fileformat.html
APPLICATION_ID = 0x4F54_4C50
VERSION = 1
SCHEMA = (Path(__file__).parent / "schema.sql").read_text("utf-8")
PAGE_BYTES = 16_384
MAX_LOG_BYTES = 64 << 20
RENEW_SECONDS = 10
"""How long to wait for readers before emptying the file."""
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60
_APPLICATION_ID_OFFSET = 68


_LOG = logging.getLogger(__name__)


class Database:
    """An open file: one write connection, and one read connection per concurrent reader.

    Args:
        max_bytes: of the file; limits the write-ahead log to an eighth of it, at most 64 MiB.

    Raises:
        StoreError: the file is not ours, is newer than this program, in use or unreadable.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self.log_limit = min(MAX_LOG_BYTES, max(max_bytes // 8, 16 * PAGE_BYTES))
        self._log_path = Path(f"{path}-wal")
        self._idle: list[sqlite3.Connection] = []
        self._reading = 0
        self._may_read = threading.Condition()
        self._renewing = False
        self._closed = False
        self._gone = False
        self._must_open = False
        self._lock = _lock(path)
        try:
            _check_header(os.pread(self._lock, _HEADER_BYTES, 0), path)
            self.writer = self._open_writer()
        except (OSError, sqlite3.Error) as problem:  # OSError: e.g. from /proc/self/mem
            os.close(self._lock)
            raise StoreError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from problem
        except BaseException:
            os.close(self._lock)
            raise

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """Lend a read connection for the `with` block."""
        self.check_place()
        with self._may_read:
            self._may_read.wait_for(lambda: not self._renewing)
            if self._closed:
                raise StoreError("the store is closed")
            self._reading += 1
        connection = None
        try:
            connection = self._idle.pop() if self._idle else self._open_reader()
            yield connection
        finally:
            if connection:
                self._idle.append(connection)
            with self._may_read:
                self._reading -= 1
                self._may_read.notify_all()
            if self._closed:
                self._close_idle()

    def check_place(self) -> None:
        """Check that the path still leads to this file: writes to a deleted file are lost at exit.

        Raises:
            StoreError: it no longer does.
        """
        try:
            here = self.path.stat()
            own = os.fstat(self._lock)
            if (here.st_dev, here.st_ino) == (own.st_dev, own.st_ino):
                return
        except OSError:
            pass
        problem = f"{self.path} was removed or replaced while in use; start the back end again"
        if not self._gone:
            self._gone = True
            _LOG.error("%s", problem)
        raise StoreError(problem)

    def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        try:
            return self._log_path.stat().st_size
        except OSError:
            return 0

    def shorten_log(self) -> None:
        """Checkpoint the log if it is too long.

        Raises:
            StoreFull: another program that reads the file blocks the checkpoint.
        """
        if self.log_bytes() > 2 * self.log_limit:
            self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self.log_bytes() > 2 * self.log_limit:
                raise StoreFull("the log cannot be shortened while another program reads the file")

    def reopen(self) -> None:
        """Open the write connection if `renew` failed to."""
        if self._must_open:
            self.writer = self._open_writer()
            self._must_open = False

    def renew(self) -> None:
        """Empty the file without SQLite, which would need free disk space. Runs in the writer's thread.

        Raises:
            StoreError: the readers did not finish in time.
        """
        with self._may_read:
            self._renewing = True
            try:
                if not self._may_read.wait_for(lambda: not self._reading, RENEW_SECONDS):
                    raise StoreError("the disk is full, and an answer is being read; try again")
                self._close_idle()
                self.writer.close()
                self._must_open = True
                os.ftruncate(self._lock, 0)
                for suffix in ("-wal", "-shm"):
                    Path(f"{self.path}{suffix}").unlink(missing_ok=True)
                self.reopen()
            finally:
                self._renewing = False
                self._may_read.notify_all()

    def close(self) -> None:
        self._closed = True
        self._close_idle()
        self.writer.close()
        os.close(self._lock)

    def _open_writer(self) -> sqlite3.Connection:
        connection = self._connect()
        try:
            _prepare(connection, self.log_limit)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_reader(self) -> sqlite3.Connection:
        connection = self._connect()
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _connect(self) -> sqlite3.Connection:
        # "rw": never create a file.
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block as one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # on a full disk SQLite has already rolled back
            connection.execute("ROLLBACK")
        raise


def shrink(connection: sqlite3.Connection) -> None:
    """Return freed space to the disk; the cost grows with the data that remains."""
    connection.execute("VACUUM")
    # The file keeps its old size until the checkpoint, which waits for active readers.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _lock(path: Path) -> int:
    """Open the file exclusively for this process.

    Keep the descriptor open until SQLite's are closed: closing any descriptor of the file drops SQLite's locks.
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
    """Check before SQLite opens the file, as it would complete another program's transactions in it."""
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise StoreError(f"{path}: not a database; name another file")
    if int.from_bytes(header[_APPLICATION_ID_OFFSET:][:4], "big") != APPLICATION_ID:
        raise StoreError(f"{path}: a database of another program; name another file")
    version = int.from_bytes(header[_VERSION_OFFSET:][:4], "big")
    if version != VERSION:
        raise StoreError(f"{path}: version {version} of the file, this program knows {VERSION}; name another file")


def _prepare(connection: sqlite3.Connection, log_limit: int) -> None:
    # For a new file. A request of 512 spans (140 KB) costs 0.37 ms with 4 KiB pages and 0.24 ms with these. Larger
    # pages gain little more, and a one-span request rewrites two whole pages.
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        # Before enabling the write-ahead log: the ids must be in the file header, not in an unmerged log.
        connection.executescript(SCHEMA)
    # Commits survive a crash of the process; a power failure may lose the last moments.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # Checkpoint every 64 MiB or less; each one waits for the disk. A larger log means fewer waits, and pages written
    # repeatedly are copied once.
    connection.execute(f"PRAGMA wal_autocheckpoint = {log_limit // PAGE_BYTES}")
    connection.execute(f"PRAGMA journal_size_limit = {log_limit}")
    # Debian's SQLite overwrites deleted data; spans are not secrets.
    connection.execute("PRAGMA secure_delete = OFF")
