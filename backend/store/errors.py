"""Store errors; each message is one line for the operator."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The file is unusable, or the spans were not stored; in the second case a retry may help."""


class StoreFull(StoreError):  # noqa: N818 - reads better without "Error"
    """The disk is full; nothing was stored."""


def store_error(problem: sqlite3.Error) -> StoreError:
    """Convert SQLite's error."""
    # Match the text: Python 3.10 does not expose the code.
    if isinstance(problem, sqlite3.OperationalError) and "disk is full" in str(problem):
        return StoreFull("the disk is full")
    return StoreError(str(problem))
