"""Export: traces as a file for the Collector or `python -m backend import`. Beyond Jaeger's API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, Response, request

from backend.codec.otlp_json import trace_json
from backend.codec.text import compact_json
from backend.query.search import Found
from backend.query.search_parameters import read_v1
from backend.query.trace import TraceReader
from backend.store.span import StoredRequest
from backend.store.store import Store
from backend.web.reply import answer


class Export:
    """The route."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        answer(app, {"/api/export": self.export})

    def export(self) -> Response:
        """`GET /api/export?…`: JSON lines, https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.

        Takes the parameters of `GET /api/traces`, all optional: without any, it exports all traces. Each line is one
        trace, an OTLP JSON `TracesData`, newest trace first; a large trace takes several lines. It exports spans as
        received, without repairs or omissions, so importing the file elsewhere gives the same traces.
        """
        asked = read_v1(request.args, everything=True)
        chosen: Iterable[Iterator[StoredRequest]] = (
            map(self._store.reading().pieces, asked.trace_ids)
            if asked.trace_ids
            else (requests for _, requests in Found(self._store, asked.query))
        )
        reply = Response(_lines(chosen), mimetype="application/x-ndjson")
        reply.headers["Content-Disposition"] = 'attachment; filename="traces.jsonl"'
        return reply


def _lines(traces: Iterable[Iterator[StoredRequest]]) -> Iterator[bytes]:
    reader = TraceReader(sanitize=False)
    for requests in traces:
        trace = reader.whole_or_parts(requests)
        for part in [trace] if isinstance(trace, list) else trace:
            if part:
                yield f"{compact_json({'resourceSpans': trace_json(part)})}\n".encode(errors="replace")
