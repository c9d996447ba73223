"""OTLP over HTTP: `POST /v1/traces` in protobuf or JSON, optionally compressed. OTLP specification, "OTLP/HTTP".

It also serves `/v1/metrics` and `/v1/logs`, see signals.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from google.protobuf.message import Message
from google.rpc.code_pb2 import Code  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.otlp_json import decode_json, message_json
from backend.receiver.compression import TooLargeError, UnknownEncodingError, unpack
from backend.receiver.origins import Origins
from backend.receiver.signals import LOGS, METRICS, Dropped, Signal
from backend.receiver.turns import Unpacked, in_turn, take
from backend.store.errors import StoreError
from backend.store.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/v1/traces"
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
# Some senders omit the "x-".
MEDIA_TYPES = {PROTOBUF: PROTOBUF, "application/protobuf": PROTOBUF, JSON: JSON}
RETRY_AFTER_SECONDS = 1

REFUSALS = {
    UnknownEncodingError: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_ARGUMENT),
    TooLargeError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Code.RESOURCE_EXHAUSTED),
    MalformedRequestError: (HTTPStatus.BAD_REQUEST, Code.INVALID_ARGUMENT),
    StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, Code.UNAVAILABLE),  # clients retry
}

Header = tuple[str, str]
Export = Callable[[Unpacked, str], Message]
"""Takes a request in a media type and returns the response."""


@dataclass(frozen=True)
class _Answer:
    status: HTTPStatus
    headers: list[Header]
    body: bytes = b""


def create_app(
    store: Store, max_message: int, origins: Origins | None = None, dropped: Dropped | None = None
) -> WSGIApplication:
    """The WSGI app.

    Args:
        max_message: bytes in a request, before and after decompression.
        origins: origins of web pages that may send spans.
        dropped: counts metrics and logs.
    """
    origins, dropped = origins or Origins(), dropped or Dropped()
    exports: dict[str, Export] = {PATH: _store(store, max_message)}
    for signal in (METRICS, LOGS):
        exports[signal.path] = _drop(dropped, signal, max_message)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = _answer(exports, environ)
        allowed = origins.headers(environ["REQUEST_METHOD"], environ)
        headers = [*given.headers, ("Content-Length", str(len(given.body))), *allowed]
        start_response(f"{given.status.value} {given.status.phrase}", headers)
        return [given.body]

    return app


def _answer(exports: dict[str, Export], environ: WSGIEnvironment) -> _Answer:
    method = environ["REQUEST_METHOD"]
    export = exports.get(environ["PATH_INFO"].rstrip("/"))
    if export is None:
        return _plain(HTTPStatus.NOT_FOUND, f"OTLP/HTTP is taken at {', '.join(exports)}")
    if method == "OPTIONS":
        return _Answer(HTTPStatus.NO_CONTENT, [("Allow", "POST")])
    if method != "POST":
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "only POST", [("Allow", "POST")])
    return _take(export, environ)


def _take(export: Export, environ: WSGIEnvironment) -> _Answer:
    media_type = MEDIA_TYPES.get(environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower())
    if media_type is None:
        return _plain(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type has to be {PROTOBUF} or {JSON}")
    try:
        response = export(partial(_unpacked, environ), media_type)
    except tuple(REFUSALS) as problem:
        status, code = next(said for kind, said in REFUSALS.items() if isinstance(problem, kind))
        headers = [("Retry-After", str(RETRY_AFTER_SECONDS))] if code == Code.UNAVAILABLE else []
        return _message(status, media_type, Status(code=code, message=str(problem)), headers)
    return _message(HTTPStatus.OK, media_type, response)


def _unpacked(environ: WSGIEnvironment, limit: int) -> bytes:
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if int(environ["CONTENT_LENGTH"]) > limit:
        raise TooLargeError(f"more than {limit} bytes")
    environ["wsgi.input"].seek(0)  # may be read twice, see turns.py
    return unpack(environ["wsgi.input"].read(), encoding, limit)


def _store(store: Store, max_message: int) -> Export:
    def export(unpacked: Unpacked, media_type: str) -> Message:
        is_json = media_type == JSON
        return take(store, max_message, unpacked, decode_json if is_json else decode, is_json=is_json).response()

    return export


def _drop(dropped: Dropped, signal: Signal, max_message: int) -> Export:
    def drop(unpacked: Unpacked, media_type: str) -> Message:
        is_json = media_type == JSON
        count = partial(dropped.take, signal, is_json=is_json)
        in_turn(max_message, unpacked, count, is_json=is_json)
        return ExportTraceServiceResponse()  # empty, like the response of every signal

    return drop


def _message(status: HTTPStatus, media_type: str, message: Message, headers: Sequence[Header] = ()) -> _Answer:
    """A response message in the request's encoding."""
    body = message_json(message) if media_type == JSON else message.SerializeToString()
    return _Answer(status, [("Content-Type", media_type), *headers], body)


def _plain(status: HTTPStatus, text: str, headers: Sequence[Header] = ()) -> _Answer:
    return _Answer(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], f"{text}\n".encode())
