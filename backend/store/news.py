"""The news: how often the store changed, and who waits for the next time."""

from __future__ import annotations

import threading

from backend.store.errors import StoreError


class News:
    """Announced by the writer's thread alone; any number of others wait."""

    def __init__(self) -> None:
        self.changes = 0
        self._ended = False
        self._condition = threading.Condition()

    def announce(self) -> None:
        """One more change."""
        with self._condition:
            self.changes += 1
            self._condition.notify_all()

    def wait(self, changes: int, seconds: float) -> int:
        """Return the number of changes as soon as it is another one than this, at the latest after that time.

        Raises:
            StoreError: there will be no more news.
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
