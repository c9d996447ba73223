"""OTLP over HTTP: `POST /v1/traces` as protobuf or JSON, gzip or not. OTLP specification, "OTLP/HTTP"."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from google.rpc.code_pb2 import Code  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.otlp_json import decode_json, message_json
from backend.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from google.protobuf.message import Message

    from backend.store.store import Store

PATH = "/v1/traces"
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
RETRY_AFTER_SECONDS = 1
PREFLIGHT_SECONDS = 7_200

Header = tuple[str, str]


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class _Answer:
    status: HTTPStatus
    headers: list[Header]
    body: bytes = b""


def create_app(store: Store, max_message: int, origins: Sequence[str] = ()) -> WSGIApplication:
    """The WSGI app.

    Args:
        max_message: bytes of a request, compressed or not.
        origins: the web pages' origins that may send spans, `*` for all.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = _answer(store, environ, max_message)
        headers = [*given.headers, ("Content-Length", str(len(given.body))), *_cors(environ, origins)]
        start_response(f"{given.status.value} {given.status.phrase}", headers)
        return [given.body]

    return app


def _answer(store: Store, environ: WSGIEnvironment, max_message: int) -> _Answer:
    method = environ["REQUEST_METHOD"]
    if environ.get("PATH_INFO") != PATH:
        return _plain(HTTPStatus.NOT_FOUND, f"traces go to {PATH}")
    if method == "OPTIONS":
        return _Answer(HTTPStatus.NO_CONTENT, [("Allow", "POST")])
    if method != "POST":
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "only POST", [("Allow", "POST")])
    content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type not in {PROTOBUF, JSON}:
        return _plain(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"only {PROTOBUF} and {JSON}")
    try:
        body = _body(environ, max_message)
        response = _export(store, body, content_type)
    except _RefusedError as refusal:
        status = Status(code=refusal.code, message=str(refusal))
        headers = [("Retry-After", str(RETRY_AFTER_SECONDS))] if refusal.code == Code.UNAVAILABLE else []
        return _message(refusal.status, content_type, status, headers)
    return _message(HTTPStatus.OK, content_type, response)


def _export(store: Store, body: bytes, content_type: str) -> Message:
    try:
        request = decode_json(body) if content_type == JSON else decode(body)
        store.append(request.body, request.spans)
    except MalformedRequestError as problem:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, Code.INVALID_ARGUMENT, str(problem)) from problem
    except StoreError as problem:  # which a client tries again
        raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, Code.UNAVAILABLE, str(problem)) from problem
    return request.response()


def _body(environ: WSGIEnvironment, limit: int) -> bytes:
    """The body, unpacked, and no byte read beyond the limit: a gzip bomb is not blown up."""
    body: bytes = environ["wsgi.input"].read(limit + 1)
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding == "gzip" and len(body) <= limit:
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(limit + 1)
        except (OSError, EOFError, zlib.error) as problem:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, Code.INVALID_ARGUMENT, f"not gzip: {problem}") from problem
    elif encoding not in {"", "identity", "gzip"}:
        message = f"Content-Encoding {encoding}: only gzip"
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Code.INVALID_ARGUMENT, message)
    if len(body) > limit:
        message = f"more than {limit} bytes"
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Code.RESOURCE_EXHAUSTED, message)
    return body


def _message(status: HTTPStatus, content_type: str, message: Message, headers: Sequence[Header] = ()) -> _Answer:
    """A message in the request's own encoding."""
    body = message_json(message) if content_type == JSON else message.SerializeToString()
    return _Answer(status, [("Content-Type", content_type), *headers], body)


def _plain(status: HTTPStatus, text: str, headers: Sequence[Header] = ()) -> _Answer:
    return _Answer(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], f"{text}\n".encode())


def _cors(environ: WSGIEnvironment, origins: Sequence[str]) -> list[Header]:
    """What lets a page of an allowed origin send spans; for a preflight also how."""
    origin = environ.get("HTTP_ORIGIN", "")
    if not origins or not origin:
        return []
    if origin not in origins and "*" not in origins:
        return [("Vary", "Origin")]
    headers = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    if environ["REQUEST_METHOD"] == "OPTIONS":
        headers += [
            ("Access-Control-Allow-Methods", "POST"),
            ("Access-Control-Allow-Headers", environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "Content-Type")),
            ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
        ]
    return headers
