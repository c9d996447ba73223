"""The query API's Flask app."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Flask, Response, g, request

from backend.query import parameters
from backend.query.export import Export
from backend.query.live import Live
from backend.query.metrics import OperationMetrics
from backend.query.v1 import V1
from backend.query.v3 import V3
from backend.query.vocabulary import Vocabulary
from backend.store.store import Store
from backend.web.reply import MAX_BODY, ParameterError, answer, answer_faults, json_reply

_ONLY_OF_THE_STORE = "/api/v3/", "/api/traces/"
"""Routes whose responses depend only on the store, and not, for example, on the time of day."""


def create_app(store: Store) -> Flask:
    """Create the app for `/api/…` and `/healthz`; page blueprints can be registered on it.

    It does not check the `Host` header; the server does.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False  # a service name may have consecutive slashes
    run = secrets.token_hex(4)  # a new store restarts its version count

    def version_text(version: int | str) -> str:
        return f"{run}-{version}"

    answer_faults(app)
    for routes in (
        V1(store),
        V3(store),
        Export(store),
        Vocabulary(store),
        OperationMetrics(store),
        Live(store, version_text),
    ):
        routes.register(app)
    answer(app, {"/healthz": lambda: json_reply({"status": "ok"})})
    _let_clients_keep_answers(app, lambda: version_text(_version(store)))
    return app


def _version(store: Store) -> int | str:
    """The version of the requested data. Each trace has its own, so that other new spans do not invalidate it."""
    text = (request.view_args or {}).get("trace_id")
    if text is None:
        return store.version()
    try:
        return store.trace_version(parameters.trace_id(text))
    except ParameterError:  # the route reports it
        return store.version()


def _let_clients_keep_answers(app: Flask, version: Callable[[], str]) -> None:
    """Answer 304 to a repeated request if nothing has changed: a live page asks every second."""

    def unchanged() -> Response | None:
        if request.method != "GET" or not request.path.startswith(_ONLY_OF_THE_STORE):
            return None
        g.version = version()
        return Response(status=304) if request.if_none_match.contains_weak(g.version) else None

    def tell_version(response: Response) -> Response:
        if "version" in g and response.status_code in {200, 304}:
            response.set_etag(g.version, weak=True)
        return response

    app.before_request(unchanged)
    app.after_request(tell_version)
