"""What can go wrong with a store, each in one line for the person who runs it."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The file cannot be used, or the spans were not stored; trying again may help in the second case."""


class StoreFull(StoreError):  # noqa: N818 - the name says what is the case
    """The disk is full; nothing was stored."""


def store_error(problem: sqlite3.Error) -> StoreError:
    """SQLite's error as one of these."""
    # By its text: Python 3.10 does not tell the code.
    if isinstance(problem, sqlite3.OperationalError) and "disk is full" in str(problem):
        return StoreFull("the disk is full")
    return StoreError(str(problem))
