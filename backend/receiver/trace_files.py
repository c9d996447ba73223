"""Files of traces: OTLP JSON or Jaeger's JSON, a document a line or one document in all.

As the Collector's file exporter and `/api/export` write them (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/);
Jaeger's `/api/v3/traces/{id}`, which has the same below `result`, and v1's JSON (jaeger_json.py) are taken too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import IO, Any, cast

from flask import Blueprint, Response, jsonify, request

from backend.codec import jaeger_json
from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.otlp_json import from_document
from backend.store.store import Store
from backend.web.reply import fault


@dataclass
class Imported:
    """What came of a file so far."""

    spans: int = 0
    rejected: int = 0


def load(file: IO[bytes], store: Store, on_bytes: Callable[[int], None] = lambda _: None) -> Imported:
    """Store all that the file has; what was stored before a fault stays. The same file again stores nothing twice.

    Args:
        file: to be read from its start.
        on_bytes: told how many bytes were worked off.

    Raises:
        MalformedRequestError: a document is neither OTLP JSON nor Jaeger's; the message names the place.
        StoreError: it cannot be stored.
    """
    done = Imported()
    for where, size, document in _documents(file):
        try:
            requests = [decode(body) for body in _bodies(document)]
        except MalformedRequestError as problem:
            raise MalformedRequestError(f"{where}{problem}") from problem
        for one in requests:
            store.append(one.body, one.spans)
            done.spans += len(one.spans)
            done.rejected += one.rejected
        on_bytes(size)
    return done


def make_upload(store: Store) -> Blueprint:
    """`POST /api/import` with such a file as its body: `{"spans": n, "rejected": n}`, or 400 with the fault."""
    upload = Blueprint("upload", __name__)

    @upload.post("/api/import")
    def import_() -> Response:
        try:
            # Buffered: a line of a request's own stream is read byte by byte, 0.7 s a MB.
            done = load(BufferedReader(cast("RawIOBase", request.stream)), store)
        except MalformedRequestError as problem:
            return fault(str(problem), 400)
        return jsonify(spans=done.spans, rejected=done.rejected)

    return upload


def _documents(file: IO[bytes]) -> Iterator[tuple[str, int, Any]]:
    """Where each document is, its bytes, and what it says.

    A file whose first line is no document by itself is one in all.
    """
    first = True
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            document = _parsed(line, number)
        except MalformedRequestError:
            if not first:
                raise
            text = line + file.read()
            yield "", len(text), _parsed(text, number)
            return
        yield f"line {number}: ", len(line), document
        first = False


def _parsed(text: bytes, number: int) -> Any:
    """The text as a document; its first line has the number."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        where = f"line {number + problem.lineno - 1}, column {problem.colno}"
        raise MalformedRequestError(f"{where}: not JSON: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:  # no UTF-8, a number of thousands of digits, too deep
        raise MalformedRequestError(f"line {number}: not JSON: {problem}") from problem


def _bodies(document: Any) -> list[bytes]:
    """The requests in a document."""
    if isinstance(document, dict) and "result" in document:
        document = document["result"]
    if jaeger_json.is_jaeger(document):
        return jaeger_json.to_protobuf(document)
    return [from_document(document).SerializeToString()]
