"""Replies: the JSON envelopes of v1 and v3, their errors, and the headers of every response."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from backend.store.errors import StoreError
from backend.web.guard import is_of_other_origin

View = Callable[..., Response]

_LOG = logging.getLogger(__name__)
MAX_BODY = 64 << 20
"""Bytes in a request body."""


STREAMED_CHARACTERS = 1 << 20
PIECE_CHARACTERS = 64 << 10


class ParameterError(ValueError):
    """Invalid request; the message names the parameter, its value and what is expected. Status 400."""


def answer(app: Flask, routes: Mapping[str, View], method: str = "GET") -> None:
    """Route each path to its view."""
    for rule, view in routes.items():
        app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])


def answer_faults(app: Flask | Blueprint) -> None:
    """Report errors below `/api/` in the format of the requested API version, with safe headers."""

    @app.before_request
    def refuse_other_origins() -> Response | None:
        return fault("only requests of the same origin are allowed", 403) if is_of_other_origin(request) else None

    @app.errorhandler(ParameterError)
    def parameter_fault(error: ParameterError) -> Response:
        return fault(str(error), 400)

    @app.errorhandler(StoreError)
    def store_fault(error: StoreError) -> Response:
        return fault(str(error), 503)

    @app.errorhandler(HTTPException)
    def http_fault(error: HTTPException) -> Response | HTTPException:
        return api_fault(error) if request.path.startswith("/api/") else error

    @app.errorhandler(Exception)
    def own_fault(error: Exception) -> Response:
        _LOG.error("%s failed", request.full_path, exc_info=error)
        return fault("internal error; see the log of the backend", 500)

    @app.after_request
    def secure(response: Response) -> Response:
        """Stop browsers from rendering a response as a page, whatever data it contains."""
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-cache")
        return response


def api_fault(error: HTTPException) -> Response | HTTPException:
    """The API's response to an unknown route, method and the like."""
    if error.code is None or error.response is not None:
        return error
    return fault(f"{request.path}: {error.name}", error.code)


def json_reply(document: object, status: int = 200) -> Response:
    pretty = request.args.get("prettyPrint", "") not in {"", "false"}
    # allow_nan: JSON has no NaN; callers have already converted it to text.
    text = json.dumps(
        document,
        ensure_ascii=False,
        allow_nan=False,
        indent=4 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    # "replace": a text may hold half a surrogate pair, which UTF-8 cannot encode.
    return Response(text.encode(errors="replace"), status, mimetype="application/json")


def json_stream(begin: str, texts: Iterable[str], end: str) -> Response:
    """A JSON document from an iterator; streamed once it exceeds a megabyte.

    A streamed document is never pretty-printed, even if the request asks for it.
    """
    waiting, made, size = iter(texts), [begin], 0
    for text in waiting:
        made.append(text)
        size += len(text)
        if size > STREAMED_CHARACTERS:
            return Response(_pieces(chain(made, waiting, [end])), mimetype="application/json")
    whole = "".join([*made, end])
    if request.args.get("prettyPrint", "") not in {"", "false"}:
        return json_reply(json.loads(whole))
    return Response(whole.encode(errors="replace"), mimetype="application/json")


def separated(texts: Iterable[str]) -> Iterator[str]:
    """Insert commas between the list items."""
    for number, text in enumerate(texts):
        yield f",{text}" if number else text


def _pieces(texts: Iterable[str]) -> Iterator[bytes]:
    """Join the texts into chunks large enough for one write each."""
    made, size = [], 0
    for text in texts:
        made.append(text)
        size += len(text)
        if size > PIECE_CHARACTERS:
            yield "".join(made).encode(errors="replace")
            made, size = [], 0
    yield "".join(made).encode(errors="replace")


def envelope(
    data: object, total: int = 0, errors: Sequence[dict[str, object]] | None = None, status: int = 200, **beyond: object
) -> Response:
    """v1's envelope; as in Jaeger, limit and offset are always 0. `beyond` adds fields that Jaeger lacks."""
    document = {"data": data, "total": total, "limit": 0, "offset": 0, "errors": errors or None}
    return json_reply(document | beyond, status)


def fault(message: str, status: int) -> Response:
    """An error response in the format of the requested API version."""
    if request.path.startswith("/api/v3/"):
        return json_reply({"error": {"httpCode": status, "message": message}}, status)
    return envelope(None, errors=[{"code": status, "msg": message}], status=status)
