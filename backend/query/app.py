"""The query API's Flask app."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from backend.origin import REFUSAL, is_refused
from backend.query import parameter
from backend.query.clear import Clear
from backend.query.export import Export
from backend.query.live import Live
from backend.query.parameter import ParameterError
from backend.query.reply import fault, json_reply
from backend.query.v1 import V1
from backend.query.v3 import V3

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.store.store import Store

MAX_BODY = 64 * 1024 * 1024
"""Bytes of a posted document."""

_LOG = logging.getLogger(__name__)
_ONLY_OF_THE_STORE = "/api/v3/", "/api/traces/"
"""Routes whose answers change with the store and with nothing else, the time of day for example."""


def create_app(store: Store) -> Flask:
    """Make the app that serves `/api/…` and `/healthz`; pages can be registered with it.

    It does not look at the `Host` header: whoever serves it wraps it for that.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False  # a service's name may hold several in a row
    run = secrets.token_hex(4)  # a new store counts its versions from the start

    def version_text(version: int | str) -> str:
        return f"{run}-{version}"

    for routes in (V1(store), V3(store), Export(store), Live(store, version_text), Clear(store)):
        routes.register(app)
    app.add_url_rule("/healthz", "healthz", lambda: json_reply({"status": "ok"}))
    app.before_request(_refuse_other_origins)
    _let_clients_keep_answers(app, lambda: version_text(_version(store)))
    _answer_faults(app)
    app.after_request(_secure)
    return app


def _refuse_other_origins() -> Response | None:
    return fault(REFUSAL, 403) if is_refused(request) else None


def _version(store: Store) -> int | str:
    """Of what the request asks for: a trace has its own, so that what arrives besides does not have it sent again."""
    text = (request.view_args or {}).get("trace_id")
    if text is None:
        return store.version()
    try:
        return store.trace_version(parameter.trace_id_of_path(text))
    except ParameterError:  # which the route answers
        return store.version()


def _let_clients_keep_answers(app: Flask, version: Callable[[], str]) -> None:
    """Answer 304 to a client that asks again while nothing new came in: a live page asks every second."""

    def unchanged() -> Response | None:
        if request.method != "GET" or not request.path.startswith(_ONLY_OF_THE_STORE):
            return None
        g.version = version()
        return Response(status=304) if request.if_none_match.contains_weak(g.version) else None

    def tell_version(response: Response) -> Response:
        if "version" in g and response.status_code in {200, 304}:
            response.set_etag(g.version, weak=True)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    app.before_request(unchanged)
    app.after_request(tell_version)


def _answer_faults(app: Flask) -> None:
    @app.errorhandler(ParameterError)
    def parameter_fault(error: ParameterError) -> Response:
        return fault(str(error), 400)

    @app.errorhandler(HTTPException)
    def http_fault(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith("/api/") or error.code is None or error.response is not None:
            return error
        return fault(f"{request.path}: {error.name}", error.code)

    @app.errorhandler(Exception)
    def own_fault(error: Exception) -> Response:
        _LOG.error("%s failed", request.full_path, exc_info=error)
        return fault("internal error; see the log of the backend", 500)


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
