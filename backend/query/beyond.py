"""Beyond Jaeger's API: news as they come, traces as a file, and all traces gone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from flask import Flask, Response, request

from backend.codec.otlp_json import trace_json
from backend.query.search import found
from backend.query.search_parameters import read_v1
from backend.query.trace import TraceReader
from backend.store.errors import StoreError
from backend.store.span import StoredRequest
from backend.store.store import Store
from backend.web.reply import answer, fault

# Each holds a thread of the web server, which has 32.
STREAMS = 16
# Between two events of a stream: whoever exports spans without end makes a page ask five times a second and not more.
PAUSE_SECONDS = 0.2
# That a client is gone shows when something is written to it the second time.
HEARTBEAT_SECONDS = 2
# After which a client comes again.
RETRY_MS = 1_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Beyond:
    """The routes.

    Args:
        version_text: what a client knows the store's version by.
    """

    def __init__(self, store: Store, version_text: Callable[[int], str]) -> None:
        self._store = store
        self._version_text = version_text
        self._streams: set[Iterator[str]] = set()
        self._lock = threading.Lock()

    def register(self, app: Flask) -> None:
        answer(app, {"/api/live": self.live, "/api/export": self.export})
        answer(app, {"/api/traces": self.clear}, "DELETE")

    def live(self) -> Response:
        """`GET /api/live`: an event `change` with the version of the store, at once and after each change.

        Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html

        The version is the same text as in the `ETag` of `/api/v3/…`. Beyond 16 streams: 503.
        """
        reply = Response(mimetype="text/event-stream", headers=HEADERS)
        if request.method == "HEAD":  # whose answer is never read, and so never closed
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
        except StoreError:  # the back end stops; the client comes again
            return

    def _event(self, version: int) -> str:
        return f"event: change\ndata: {self._version_text(version)}\n\n"

    def export(self) -> Response:
        """`GET /api/export?…`: JSON lines, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.

        The parameters are those of `GET /api/traces`, but each can be left out: without any, all traces are exported.
        Each line is one trace, an OTLP JSON `TracesData`, newest trace first. The spans are as they came in: nothing is
        repaired, nothing is left out, so importing the file elsewhere gives the same traces.
        """
        asked = read_v1(request.args, everything=True)
        chosen: Iterable[list[StoredRequest]] = (
            map(self._store.reading().trace, asked.trace_ids)
            if asked.trace_ids
            else (requests for _, requests in found(self._store, asked.query))
        )
        reply = Response(_lines(chosen), mimetype="application/x-ndjson")
        reply.headers["Content-Disposition"] = 'attachment; filename="traces.jsonl"'
        return reply

    def clear(self) -> Response:
        """`DELETE /api/traces`: 204 when they are gone, 503 where they cannot go."""
        self._store.clear()
        return Response(status=204)


def _lines(traces: Iterable[list[StoredRequest]]) -> Iterator[bytes]:
    reader = TraceReader(sanitize=False)
    for requests in traces:
        if requests:
            document = {"resourceSpans": trace_json(reader.read(requests))}
            text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            yield f"{text}\n".encode(errors="replace")
