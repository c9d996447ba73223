"""Live: a stream of store changes. Beyond Jaeger's API."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, request

from backend.store.errors import StoreError
from backend.store.store import Store
from backend.web.reply import answer, fault

# Each holds one of the web server's 32 threads.
STREAMS = 16
# Minimum time between two events: a page refreshes at most five times a second, even if spans arrive nonstop.
PAUSE_SECONDS = 0.2
# A closed connection is only noticed on the second write after it.
HEARTBEAT_SECONDS = 2
# How soon clients reconnect.
RETRY_MS = 1_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Live:
    """The route.

    Args:
        version_text: formats the store's version for clients.
    """

    def __init__(self, store: Store, version_text: Callable[[int], str]) -> None:
        self._store = store
        self._version_text = version_text
        self._streams: set[Iterator[str]] = set()
        self._lock = threading.Lock()

    def register(self, app: Flask) -> None:
        answer(app, {"/api/live": self.live})

    def live(self) -> Response:
        """`GET /api/live`: sends a `change` event with the store's version, immediately and after each change.

        Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html

        The version has the same text as the `ETag` of `/api/v3/…`. Beyond 16 streams: 503.
        """
        reply = Response(mimetype="text/event-stream", headers=HEADERS)
        if request.method == "HEAD":  # its body is never read, so the stream would never close
            return reply
        stream = self._events()
        with self._lock:
            if len(self._streams) >= STREAMS:
                return fault(f"{STREAMS} clients are live already; ask again from time to time instead", 503)
            self._streams.add(stream)
        reply.response = stream
        reply.call_on_close(lambda: self._streams.discard(stream))
        return reply

    def _events(self) -> Iterator[str]:
        version = self._store.version()
        yield f"retry: {RETRY_MS}\n{self._event(version)}"
        try:
            while True:
                known, version = version, self._store.wait(version, HEARTBEAT_SECONDS)
                if version == known:
                    yield ":\n\n"
                    continue
                yield self._event(version)
                time.sleep(PAUSE_SECONDS)
        except StoreError:  # the back end is stopping; the client will reconnect
            return

    def _event(self, version: int) -> str:
        return f"event: change\ndata: {self._version_text(version)}\n\n"
