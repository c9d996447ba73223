"""Clear: all traces go; whoever asks for it has been asked whether that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from backend.query.reply import fault
from backend.store.errors import StoreError

if TYPE_CHECKING:
    from flask import Flask

    from backend.store.store import Store


class Clear:
    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        app.add_url_rule("/api/traces", "clear", self.clear, methods=["DELETE"])

    def clear(self) -> Response:
        """`DELETE /api/traces`: 204 when they are gone, 503 where they cannot go."""
        try:
            self._store.clear()
        except StoreError as problem:
            return fault(str(problem), 503)
        return Response(status=204)
