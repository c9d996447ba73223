"""Trace files, detected by content: OTLP as JSON or protobuf, Jaeger's JSON, Tempo's responses.

JSON may be one document per line, a single one, several concatenated or in a list, as the Collector's file exporter and
`/api/export` write them (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/); wrapped in `result`, as in
Jaeger's `/api/v3/traces/{id}`; or v1's JSON (jaeger_json.py). Protobuf may be one request, or the file exporter's
messages.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from typing import IO, Any

from flask import Blueprint, Response, jsonify, request

from backend.codec import jaeger_json, json_text
from backend.codec.members import place, shown
from backend.codec.otlp import DecodedRequest, MalformedRequestError, decode
from backend.codec.otlp_json import decode_document
from backend.receiver.compression import TooLargeError
from backend.receiver.unpacking import ZSTD, Counter, bound, unpacked
from backend.store.store import Store
from backend.web.reply import MAX_BODY, fault

MAX_DOCUMENT = 1 << 30
"""Bytes per document; each is read into memory whole."""
_HEAD = 4096
_CONTROL = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")
_LENGTH = 4
_MESSAGE = b"\x0a"
"""The first byte of a protobuf request: the tag of its resource_spans. In text it is a newline."""
_BATCHES, _SPANS = "batches", ("resourceSpans", "resource_spans")
_OTHERS = {
    "context": "a span as the console exporter prints it",
    "localEndpoint": "a span in Zipkin's JSON",
    "hits": "an answer of Elasticsearch",
    "error": "an error that an API answered",
    "errors": "an error that an API answered",
    "resourceLogs": "OTLP, but logs",
    "resourceMetrics": "OTLP, but metrics",
}
_WANTED = "OTLP has resourceSpans, an answer of Tempo batches or trace, and one of Jaeger data, result or spans"


@dataclass
class Imported:
    """The result of an import so far."""

    spans: int = 0
    rejected: int = 0
    reason: str = ""
    """Why spans were rejected, for the first of them."""


def load(
    file: IO[bytes], store: Store, on_bytes: Callable[[int], None] = lambda _: None, limit: int | None = None
) -> Imported:
    """Store everything in the file; spans stored before an error remain. Importing a file again stores no duplicates.

    Args:
        file: positioned at its start.
        on_bytes: called with the number of bytes read.
        limit: maximum bytes of a compressed file after decompression; None for no limit.

    Raises:
        MalformedRequestError: a document does not hold traces; the message says where it is.
        StoreError: storing failed.
    """
    done, documents, on_unpacked = Imported(), 0, bound(limit)
    content = unpacked(file, on_bytes, on_unpacked)
    for documents, (where, document) in enumerate(_documents(content, on_unpacked), 1):  # noqa: B007
        try:
            requests = _requests(document)
        except MalformedRequestError as problem:
            raise MalformedRequestError(f"{where}{problem}") from problem
        for one in requests:
            store.append(one.body, one.spans)
            done.spans += len(one.spans)
            done.rejected += one.rejected
            done.reason = done.reason or one.reason()
    if not documents:
        raise MalformedRequestError("it is empty")
    return done


def make_upload(store: Store) -> Blueprint:
    """`POST /api/import` with such a file as its body: returns `{"spans": n, "rejected": n}`, or 400 with the error.

    If spans were rejected, `reason` says why.
    """
    upload = Blueprint("upload", __name__)
    one_at_a_time = threading.Lock()

    @upload.post("/api/import")
    def import_() -> Response:
        if not one_at_a_time.acquire(blocking=False):  # each may take ten times its size in memory
            return fault("another import is under way; try again", 503)
        try:
            done = load(request.stream, store, limit=MAX_BODY)
        except TooLargeError as problem:
            return fault(str(problem), 413)
        except MalformedRequestError as problem:
            return fault(str(problem), 400)
        finally:
            one_at_a_time.release()
        reason = {"reason": done.reason} if done.reason else {}
        return jsonify(spans=done.spans, rejected=done.rejected, **reason)

    return upload


def _documents(file: BufferedReader, on_unpacked: Counter) -> Iterator[tuple[str, Any]]:
    """Yield each document's place and content: parsed JSON, or the bytes of a request."""
    head = file.peek(_HEAD)[:_HEAD]
    behind = head[_LENGTH:]
    if head.startswith(b"\0") and behind.startswith((_MESSAGE, ZSTD, b"{")):
        yield from _messages(file, on_unpacked)
    elif head.startswith(_MESSAGE) and _CONTROL.search(head):
        yield "", _bounded(file.read(MAX_DOCUMENT + 1))
    elif json.detect_encoding(head).startswith("utf-8"):
        yield from _lines(file)
    else:
        yield from _texts(_bounded(file.read(MAX_DOCUMENT + 1)), 1)


def _messages(file: BufferedReader, on_unpacked: Counter) -> Iterator[tuple[str, Any]]:
    """Messages of the Collector's file exporter: each has a length prefix and may be compressed individually."""
    number = 0
    while length := file.read(_LENGTH):
        number += 1
        size = int.from_bytes(length, "big")
        packed = file.read(min(size, MAX_DOCUMENT))
        if len(packed) < size or len(length) < _LENGTH:
            problem = f"it has {len(packed)} bytes, not the {size} that its length says"
            raise MalformedRequestError(f"message {number}: {problem}")
        message = _bounded(unpacked(BytesIO(packed), lambda _: None, on_unpacked).read(MAX_DOCUMENT + 1))
        with place(f"message {number}: not JSON"):
            document = json_text.parsed(message) if message.startswith(b"{") else message
        yield f"message {number}: ", document


def _lines(file: BufferedReader) -> Iterator[tuple[str, Any]]:
    """Read line by line while each line holds whole documents; read the rest at once."""
    number, first = 0, True
    while line := _bounded(file.readline(MAX_DOCUMENT + 1)):
        number += 1
        try:
            found = list(_texts(line, number))
        except MalformedRequestError:
            rest = file.read(MAX_DOCUMENT + 1)
            if not rest:
                raise
            yield from _texts(_bounded(line + rest), number, alone=first)
            return
        yield from found
        first = first and not found


def _texts(raw: bytes, number: int, *, alone: bool = False) -> Iterator[tuple[str, Any]]:
    """The documents in a text that starts at line `number`.

    Args:
        alone: whether the text is the whole file; then the first document needs no place.
    """
    text, counted, line = json_text.readable(raw), 0, number
    try:
        for at, document in json_text.documents(text):
            line += text.count("\n", counted, at)
            counted = at
            yield ("" if alone else f"line {line}: "), document
            alone = False
    except json.JSONDecodeError as problem:
        where = f"line {number + problem.lineno - 1}, column {problem.colno}"
        raise MalformedRequestError(f"{where}: not JSON: {problem.msg}") from problem
    except RecursionError as problem:
        raise MalformedRequestError(f"line {line}: not JSON: {problem}") from problem


def _bounded(read: bytes) -> bytes:
    if len(read) > MAX_DOCUMENT:
        raise TooLargeError(f"a document has more than {MAX_DOCUMENT} bytes")
    return read


def _requests(document: Any) -> list[DecodedRequest]:
    """The requests in a document."""
    if isinstance(document, bytes):
        return [decode(document)]
    if isinstance(document, list) and any(map(_is_otlp, document)):
        return [_otlp(one, f"number {number}") for number, one in enumerate(document, 1) if one is not None]
    if _is_otlp(document):
        return [_otlp(document, "")]
    of_jaeger = document if isinstance(document, list) else [document]
    if document == [] or any(jaeger_json.is_jaeger(one) for one in of_jaeger):
        return [decode(body) for body in jaeger_json.to_protobuf(document)]
    raise MalformedRequestError(f"no traces: {_described(of_jaeger[0])}; {_WANTED}")


def _is_otlp(document: Any) -> bool:
    found = _inner(document)
    return isinstance(found, dict) and not found.keys().isdisjoint({*_SPANS, _BATCHES})


def _otlp(document: Any, where: str) -> DecodedRequest:
    found = _inner(document)
    if isinstance(found, dict) and _BATCHES in found:
        found = {_SPANS[0]: found[_BATCHES]}
    with place(where) if where else nullcontext():
        return decode_document(found)


def _inner(document: Any) -> Any:
    """Unwrap a response of Jaeger's v3 or Tempo's v2."""
    for name in ("result", "trace"):
        if isinstance(document, dict) and isinstance(document.get(name), dict):
            document = document[name]
    return document


def _described(document: Any) -> str:
    if not isinstance(document, dict):
        return shown(document)
    if not document:
        return "an empty object"
    known = (what for name, what in _OTHERS.items() if name in document)
    return next(known, f"an object with {', '.join(map(shown, list(document)[:3]))}")
