"""`python -m backend ui --query-url URL`: the pages in front of another Jaeger, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from backend.ui.forward import create_app
from backend.web.address import ListenError, http_address, name_of, port_problems, to_port
from backend.web.base_path import below, to_base_path
from backend.web.guard import guard
from backend.web.listening import LOCALHOST
from backend.web.process import MAX_UPLOAD_BYTES, PAGES_DRAIN_SECONDS, QUERY_THREADS, wait_for_signal
from backend.web.server import WebServer


def main(arguments: list[str]) -> int:
    """Serve until a stop signal; exit with status 1 if the port is unavailable.

    Args:
        arguments: the command line after `ui`.
    """
    options = parse(arguments)
    try:
        run(options)
    except ListenError as problem:
        print(f"python -m backend ui: {problem}", file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace) -> None:
    with ExitStack() as listening:
        with port_problems(options.host, options.port, "--port"):
            web = WebServer(options.host, options.port)
            listening.callback(web.stop, PAGES_DRAIN_SECONDS)
        app = below(options.base_path, create_app(options.query_url))
        web.start(app, QUERY_THREADS, MAX_UPLOAD_BYTES, guard(options.allow_host))
        ui = f"http://{name_of(options.host)}:{web.port}{options.base_path}"
        print(f"UI on {ui}, of the Jaeger at {options.query_url}", flush=True)
        wait_for_signal()


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend ui", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--query-url", type=http_address, required=True, metavar="URL", help="Jaeger's query API, without the /api")
    add("--host", default=LOCALHOST, help="address to listen on (default: %(default)s: 127.0.0.1 and ::1)")
    add("--port", type=to_port, default=16686, help="port of the UI, 0 for a free one (default: %(default)s)")
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="additional host name to accept; may be repeated",
    )
    add(
        "--base-path",
        type=to_base_path,
        default="/",
        metavar="PATH",
        help="path of the UI behind a proxy, such as /jaeger (default: %(default)s)",
    )
    return parser.parse_args(arguments)
