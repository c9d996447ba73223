"""`python -m backend`: takes traces over OTLP, keeps them, and answers Jaeger's query API, until SIGINT or SIGTERM.

`python -m backend import FILE...` stores files of traces instead, `python -m backend ui` shows those of another Jaeger.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from pathlib import Path

from backend import importing
from backend.codec.otlp import span_bytes
from backend.query.app import create_app as create_query_app
from backend.receiver.grpc import GrpcReceiver
from backend.receiver.http import create_app as create_http_app
from backend.receiver.trace_files import make_upload
from backend.store.errors import StoreError
from backend.store.store import DEFAULT_MAX_BYTES, DEFAULT_MAX_SPANS, Store
from backend.ui.official import AssetsError, make_official
from backend.ui.pages import Doors, make_pages
from backend.web.address import ListenError, name_of, port_problems, to_port
from backend.web.base_path import below, to_base_path
from backend.web.guard import guarded
from backend.web.process import MAX_UPLOAD_BYTES, PAGES_DRAIN_SECONDS, QUERY_THREADS, prepare, wait_for_signal
from backend.web.server import WebServer

DEFAULT_DB = Path(".playground", "traces.db")
# A stop may take 5 s: requests under way get this long, then what the receivers took is committed.
DRAIN_SECONDS = 1.5
RECEIVER_THREADS = 16
# As the Collector's gRPC receiver.
MAX_MESSAGE_BYTES = 4 << 20
# Up to this much too much the OTLP/HTTP receiver itself says so, in the sender's encoding.
SLACK_BYTES = 1 << 20


def main() -> None:
    if sys.argv[1:2] == ["import"]:
        sys.exit(importing.main(sys.argv[2:], DEFAULT_DB))
    if sys.argv[1:2] == ["ui"]:
        from backend import viewing  # noqa: PLC0415 - it loads requests, 0.1 s that no other start needs

        sys.exit(viewing.main(sys.argv[2:]))
    prepare()
    options = parse()
    try:
        run(options)
    except (AssetsError, ListenError, StoreError) as problem:
        sys.exit(f"python -m backend: {problem}")


def run(options: argparse.Namespace) -> None:
    """Listen, open the store, serve until a signal comes, and stop: first what takes spans, last the store."""
    official = make_official(options.ui_assets, options.base_path) if options.ui_assets else None
    with ExitStack() as listening:
        # All ports before anything else: opening a large store takes a while.
        with port_problems(options.host, options.port, "--port"):
            web = WebServer(options.host, options.port)
            listening.callback(web.stop, PAGES_DRAIN_SECONDS)
        http = None
        if options.http_port is not None:
            with port_problems(options.host, options.http_port, "--http-port"):
                http = WebServer(options.host, options.http_port)
                listening.callback(http.stop, DRAIN_SECONDS)
        with port_problems(options.host, options.otlp_port, "--otlp-port"):
            otlp = GrpcReceiver(options.host, options.otlp_port, options.max_message)
            listening.callback(otlp.stop, DRAIN_SECONDS)

        with closing(open_store(options)) as store, listening.pop_all() as serving:
            serving.callback(store.end_waits)  # first of all: a page that waits for news never ends by itself
            app = create_query_app(store)
            doors = Doors(grpc=otlp.port, http=http.port if http else None)
            app.register_blueprint(official or make_pages(embedded=True, doors=doors))
            app.register_blueprint(make_upload(store))
            web.start(guarded(below(options.base_path, app), options.host), QUERY_THREADS, MAX_UPLOAD_BYTES)
            if http:
                receiver = create_http_app(store, options.max_message, options.cors_origin)
                http.start(guarded(receiver, options.host), RECEIVER_THREADS, options.max_message + SLACK_BYTES)
            otlp.start(store)
            started = banner(options.host, otlp.port, http.port if http else None, web.port)
            print(f"{started}{options.base_path}", flush=True)  # the UI's address is the end of it
            wait_for_signal()


def open_store(options: argparse.Namespace) -> Store:
    path = options.db or DEFAULT_DB
    if not options.db:
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as problem:
            raise StoreError(f"{path.parent}: {problem.strerror}; name a file with --db") from problem
    return Store(path, max_spans=options.max_spans, max_bytes=options.max_size, span_bytes=span_bytes)


def banner(host: str, otlp_port: int, http_port: int | None, port: int) -> str:
    name = name_of(host)
    http = f", OTLP/HTTP on http://{name}:{http_port}/v1/traces" if http_port else ""
    return f"OTLP on {name}:{otlp_port}{http}, UI on http://{name}:{port}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--otlp-port", type=to_port, default=55678, help="port of OTLP/gRPC, 0 for a free one (default: %(default)s)")
    add("--http-port", type=to_port, help="port of OTLP/HTTP, by convention 4318 (default: off)")
    add("--port", type=to_port, default=16686, help="port of the query API and the UI (default: %(default)s)")
    add(
        "--base-path",
        type=to_base_path,
        default="/",
        metavar="PATH",
        help="where the query API and the UI live, behind a proxy, as /jaeger (default: %(default)s)",
    )
    add("--db", type=Path, metavar="PATH", help=f"file that keeps the traces (default: {DEFAULT_DB})")
    add("--max-spans", type=_positive, default=DEFAULT_MAX_SPANS, help="spans to keep (default: %(default)s)")
    add("--max-size", type=_size, default=DEFAULT_MAX_BYTES, help="bytes of the file to use, as 500M (default: 1G)")
    add("--max-message", type=_size, default=MAX_MESSAGE_BYTES, help="bytes of one OTLP request (default: 4M)")
    add(
        "--cors-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="origin of web pages that may send OTLP/HTTP, * for all; may be repeated",
    )
    add("--ui-assets", type=Path, metavar="DIR", help="an official build of Jaeger UI to show instead of the own pages")
    return parser.parse_args()


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number, 1 or more")
    return int(text)


def _size(text: str) -> int:
    """Bytes; K, M and G stand for the binary units."""
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper())
    if factor:
        return _positive(text[:-1]) * factor
    return _positive(text)


if __name__ == "__main__":
    main()
