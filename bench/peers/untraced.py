"""`python -m bench.peers.untraced PORT WORKERS`: the playground's listener and handler, without OpenTelemetry."""

from __future__ import annotations

import sys

from flask import Flask

from server.hosting import serve


def create_worker() -> Flask:
    """granian calls this in each worker process."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "Hello, World!"

    return app


if __name__ == "__main__":
    serve("bench.peers.untraced:create_worker", "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))
