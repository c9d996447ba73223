"""Vocabulary: existing keys and values, as suggestions for the search form. Beyond Jaeger's API."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from flask import Flask, Response, request
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from backend.codec.attributes import WARNINGS, shown_service_name
from backend.codec.jaeger_model import KINDS
from backend.codec.otlp import ResourceSpans, ScopeSpans, spans
from backend.query.fitting import STATUSES, attributes_of, values_under
from backend.query.trace import TraceReader
from backend.store.span import Search, StoredRequest
from backend.store.store import Store
from backend.web.reply import ParameterError, answer, json_reply

MOST = 100
"""Maximum number of suggestions."""
SPANS = 5_000
SECONDS = 0.25
"""Limits for the scan of the newest spans: their number, and time. It runs on every keystroke."""
LONGEST = 200
"""Characters in a suggested key or value; nobody picks longer ones from a list."""

Words = Callable[[ResourceSpans, ScopeSpans, Span], Iterable[str]]

_STATUS_NAMES = {number: name.lower() for name, number in STATUSES.items()}
_OWN: dict[str, Callable[[ResourceSpans, Span], str]] = {
    "service": lambda group, _: shown_service_name(group.resource),
    "operation": lambda _, span: span.name,
    "span.kind": lambda _, span: KINDS.get(span.kind, ""),
    "span.status": lambda _, span: _STATUS_NAMES.get(span.status.code, ""),
    "error": lambda _, span: "true" if span.status.code == Status.STATUS_CODE_ERROR else "false",
}
"""Keys that every span has, regardless of attributes."""


class Vocabulary:
    """The routes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        answer(app, {"/api/keys": self.keys, "/api/values": self.values})

    def keys(self) -> Response:
        """`GET /api/keys?match=&service=`: the keys that contain `match`, and how many spans have each."""
        return self._told(_keys, self._store.newest(_search()))

    def values(self) -> Response:
        """`GET /api/values?key=&match=&service=`: likewise, the values of a key."""
        key = request.args.get("key", "")
        if not key:
            raise ParameterError("parameter key: name a key")
        requests = self._store.newest(_search())
        if key not in _OWN and not key.startswith(("resource.", "scope.", "span.", "link.")):
            requests = (stored for stored in requests if key.encode(errors="replace") in stored.body)
        return self._told(partial(_values, key), requests)

    def _told(self, words: Words, requests: Iterator[StoredRequest]) -> Response:
        wanted = request.args.get("match", "").lower()
        counts, looked_at, everything = _count(words, wanted, requests)
        # Prefix matches first, then by frequency.
        ordered = sorted(counts.items(), key=lambda item: (not item[0].lower().startswith(wanted), -item[1], item[0]))
        found = [{"text": text, "spans": count} for text, count in ordered[:MOST]]
        return json_reply({"found": found, "spans": looked_at, "complete": everything and len(counts) <= MOST})


def _search() -> Search:
    return Search(service=request.args.get("service") or None)


def _count(words: Words, wanted: str, requests: Iterable[StoredRequest]) -> tuple[Counter[str], int, bool]:
    """The number of spans with each word, the number of spans scanned, and whether that was all."""
    counts: Counter[str] = Counter()
    looked_at, until, reader = 0, time.monotonic() + SECONDS, TraceReader()
    for stored in requests:
        for part in reader.parts([stored]):
            for group, scope, span in spans(part):
                own = {
                    word for word in words(group, scope, span) if 0 < len(word) <= LONGEST and wanted in word.lower()
                }
                counts.update(own)
                looked_at += 1
            if looked_at >= SPANS or time.monotonic() > until:
                return counts, looked_at, False
    return counts, looked_at, True


def _keys(group: ResourceSpans, part: ScopeSpans, span: Span) -> Iterator[str]:
    yield from _OWN
    yield from (attribute.key for attribute in attributes_of(group, part, span) if attribute.key != WARNINGS)


def _values(key: str, group: ResourceSpans, part: ScopeSpans, span: Span) -> Iterator[str]:
    if read := _OWN.get(key):
        yield read(group, span)
    else:
        yield from values_under(key, group, part, span)
