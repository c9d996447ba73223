"""Files of traces: OTLP JSON, a document a line or one document in all.

As the Collector's file exporter and `/api/export` write them (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/);
Jaeger's `/api/v3/traces/{id}`, which has the same below `result`, is taken too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from backend.receiver.json import to_protobuf
from backend.receiver.request import MalformedRequestError, decode
from backend.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.store.store import Store


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
        MalformedRequestError: a line is not OTLP JSON; the message names the line.
        StoreError: it cannot be stored.
    """
    done = Imported()
    for number, text in _documents(file):
        try:
            decoded = decode(to_protobuf(_unwrapped(text)))
        except MalformedRequestError as problem:
            raise MalformedRequestError(f"line {number}: {problem}") from problem
        store.append(decoded.body, decoded.spans)
        done.spans += len(decoded.spans)
        done.rejected += decoded.rejected
        on_bytes(len(text))
    return done


def make_upload(store: Store) -> Blueprint:
    """`POST /api/import` with such a file as its body: `{"spans": n, "rejected": n}`, or 400 with the fault."""
    upload = Blueprint("upload", __name__)

    @upload.post("/api/import")
    def import_() -> tuple[Response, int]:
        try:
            done = load(request.stream, store)
        except MalformedRequestError as problem:
            return _fault(str(problem), 400)
        except StoreError as problem:
            return _fault(str(problem), 503)
        return jsonify(spans=done.spans, rejected=done.rejected), 200

    return upload


def _fault(message: str, status: int) -> tuple[Response, int]:
    return jsonify(data=None, errors=[{"code": status, "msg": message}]), status


def _documents(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each document with the number of its line; a file whose first line is no document by itself is one in all."""
    numbered = enumerate(file, 1)
    for number, line in numbered:
        if not line.strip():
            continue
        if number == 1 and not _is_json(line):
            yield 1, line + b"".join(rest for _, rest in numbered)
            return
        yield number, line


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _unwrapped(text: bytes) -> bytes:
    if b'"result"' not in text[:64] or not _is_json(text):
        return text
    document = json.loads(text)
    return json.dumps(document["result"]).encode() if "result" in document else text
