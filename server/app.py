"""The article's `server/main.go`: set tracing up, make the app, wrap it in the instrumentation, answer `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor

from server.hosting import hosted
from telemetry.provider import set_up

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def main() -> WSGIApplication:
    """Make the traced app; runs in each worker process."""
    tracing = set_up("chapter2-server")
    return hosted(create_app(), before_exit=tracing.shutdown)


def create_app() -> Flask:
    """Make the Flask app; tracing has to be set up before."""
    app = Flask(__name__)
    # The commenter is for SQL, of which there is none here; it takes 8 % of a request's time.
    FlaskInstrumentor().instrument_app(app, enable_commenter=False)

    @app.get("/")
    def index() -> str:
        return "Hello, World!"

    return app
