"""The news: counts changes to the store, and lets threads wait for the next one."""

from __future__ import annotations

import threading

from backend.store.errors import StoreError


class News:
    """Only the writer's thread announces; any number of threads may wait."""

    def __init__(self) -> None:
        self.changes = 0
        self._ended = False
        self._condition = threading.Condition()

    def announce(self) -> None:
        """Count one more change and wake the waiting threads."""
        with self._condition:
            self.changes += 1
            self._condition.notify_all()

    def wait(self, changes: int, seconds: float) -> int:
        """Return the number of changes once it differs from `changes`, or after that many seconds.

        Raises:
            StoreError: the store is closing.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._ended or self.changes != changes, seconds)
            if self._ended:
                raise StoreError("the store is closed")
            return self.changes

    def end(self) -> None:
        with self._condition:
            self._ended = True
            self._condition.notify_all()
