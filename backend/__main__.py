"""`python -m backend`: takes traces over OTLP, keeps them, and answers Jaeger's query API, until SIGINT or SIGTERM.

`python -m backend import FILE...` stores files of traces instead, `python -m backend ui` shows those of another Jaeger.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from io import TextIOWrapper
from pathlib import Path

from backend.web.process import MAX_UPLOAD_BYTES, PAGES_DRAIN_SECONDS, QUERY_THREADS, prepare, wait_for_signal

if __name__ == "__main__" and sys.argv[1:2] != ["import"]:
    # Block signals before the other imports, which take up to a second: Ctrl-C during an import prints a traceback, or
    # is lost if raised in a finalizer. Blocked signals stay pending until `wait_for_signal`.
    prepare()

from backend import importing
from backend.codec.otlp import span_bytes
from backend.query.app import create_app as create_query_app
from backend.receiver.grpc import GrpcReceiver
from backend.receiver.http import create_app as create_http_app
from backend.receiver.origins import Origins, to_origin
from backend.receiver.signals import Dropped
from backend.receiver.trace_files import make_upload
from backend.store.errors import StoreError
from backend.store.store import DEFAULT_MAX_BYTES, DEFAULT_MAX_SPANS, Store
from backend.ui.official import AssetsError, make_official
from backend.ui.pages import Doors, make_pages
from backend.web.address import ListenError, name_of, port_problems, to_port, to_port_or_off
from backend.web.base_path import below, to_base_path
from backend.web.guard import guard
from backend.web.listening import LOCALHOST, probe
from backend.web.server import WebServer

DEFAULT_DB = Path(".playground", "traces.db")
# A stop may take 5 s: requests in flight get this long, then received spans are committed.
DRAIN_SECONDS = 1.5
RECEIVER_THREADS = 16
# The default of the Collector's receivers.
GRPC_MAX_BYTES = 4 << 20
HTTP_MAX_BYTES = 20 << 20
# The SDKs' default ports.
STANDARD_GRPC_PORT, STANDARD_HTTP_PORT = 4317, 4318
# If a body exceeds the limit by less than this, the OTLP/HTTP receiver itself reports it, in the sender's encoding.
SLACK_BYTES = 1 << 20


def main() -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may not fit the terminal's encoding
    if sys.argv[1:2] == ["import"]:
        sys.exit(importing.main(sys.argv[2:], DEFAULT_DB))
    if sys.argv[1:2] == ["ui"]:
        from backend import viewing  # noqa: PLC0415 - imports requests, which takes 0.1 s; only needed here

        sys.exit(viewing.main(sys.argv[2:]))
    options = parse()
    try:
        run(options)
    except (AssetsError, ListenError, StoreError) as problem:
        sys.exit(f"python -m backend: {problem}")


def run(options: argparse.Namespace) -> None:
    """Listen, open the store, serve until a stop signal, then shut down: receivers first, the store last."""
    official = make_official(options.ui_assets, options.base_path) if options.ui_assets else None
    host = options.host
    with ExitStack() as listening:
        # Bind all ports first: opening a large store takes a while.
        with port_problems(host, options.port, "--port"):
            web = WebServer(host, options.port)
            listening.callback(web.stop, PAGES_DRAIN_SECONDS)
        with port_problems(host, options.otlp_port, "--otlp-port"):
            otlp = GrpcReceiver(host, grpc_ports(options), options.max_message or GRPC_MAX_BYTES)
            listening.callback(otlp.stop, DRAIN_SECONDS)
        http = None
        if (http_port := further_port(host, options.http_port, STANDARD_HTTP_PORT, "--http-port")) is not None:
            with port_problems(host, http_port, "--http-port"):
                http = WebServer(host, http_port)
                listening.callback(http.stop, DRAIN_SECONDS)

        with closing(open_store(options)) as store, listening.pop_all() as serving:
            serving.callback(store.end_waits)  # stopped first: live pages wait indefinitely
            may_ask = guard(options.allow_host)
            app = create_query_app(store)
            doors = Doors(grpc=otlp.ports[-1], http=http.port if http else None)
            app.register_blueprint(official or make_pages(embedded=True, doors=doors))
            app.register_blueprint(make_upload(store))
            web.start(below(options.base_path, app), QUERY_THREADS, MAX_UPLOAD_BYTES, may_ask)
            dropped = Dropped()
            if http:
                max_message = options.max_message or HTTP_MAX_BYTES
                receiver = create_http_app(store, max_message, Origins(options.cors_origin), dropped)
                http.start(receiver, RECEIVER_THREADS, max_message + SLACK_BYTES, may_ask)
            otlp.start(store, dropped)
            started = banner(host, otlp.ports, http.port if http else None, web.port)
            print(f"{started}{options.base_path}", flush=True)  # ends with the UI's address
            wait_for_signal()


def grpc_ports(options: argparse.Namespace) -> list[int]:
    ports = [options.otlp_port]
    further = further_port(options.host, options.grpc_port, STANDARD_GRPC_PORT, "--grpc-port")
    return ports if further is None or further in ports else [*ports, further]


def further_port(host: str, asked: int | str | None, standard: int, flag: str) -> int | None:
    """An additional port to listen on: the requested one, or the standard one if it is free."""
    if asked == "off":
        return None
    if asked is not None:
        port = int(asked)
        with port_problems(host, port, flag):
            probe(host, port)
        return port
    try:
        probe(host, standard)
    except OSError as problem:
        print(
            f"not listening on port {standard} besides: {os.strerror(problem.errno or 0)}", file=sys.stderr, flush=True
        )
        return None
    return standard


def open_store(options: argparse.Namespace) -> Store:
    path = options.db or DEFAULT_DB
    if not options.db:
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as problem:
            raise StoreError(f"{path.parent}: {problem.strerror}; name a file with --db") from problem
    return Store(path, max_spans=options.max_spans, max_bytes=options.max_size, span_bytes=span_bytes)


def banner(host: str, grpc_ports: Sequence[int], http_port: int | None, port: int) -> str:
    name = name_of(host)
    grpc = " and ".join(f"{name}:{one}" for one in grpc_ports)
    http = f", OTLP/HTTP on http://{name}:{http_port}" if http_port else ""
    return f"OTLP on {grpc}{http}, UI on http://{name}:{port}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--host", default=LOCALHOST, help="address to listen on (default: %(default)s: 127.0.0.1 and ::1)")
    add("--otlp-port", type=to_port, default=55678, help="port of OTLP/gRPC, 0 for a free one (default: %(default)s)")
    add(
        "--grpc-port",
        type=to_port_or_off,
        metavar="PORT",
        help=f"additional port of OTLP/gRPC, or off; skipped if the default is taken (default: {STANDARD_GRPC_PORT})",
    )
    add(
        "--http-port",
        type=to_port_or_off,
        metavar="PORT",
        help=f"port of OTLP/HTTP, or off; skipped if the default is taken (default: {STANDARD_HTTP_PORT})",
    )
    add("--port", type=to_port, default=16686, help="port of the query API and the UI (default: %(default)s)")
    add(
        "--base-path",
        type=to_base_path,
        default="/",
        metavar="PATH",
        help="path of the query API and the UI behind a proxy, such as /jaeger (default: %(default)s)",
    )
    add("--db", type=Path, metavar="PATH", help=f"file that keeps the traces (default: {DEFAULT_DB})")
    add("--max-spans", type=_positive, default=DEFAULT_MAX_SPANS, help="spans to keep (default: %(default)s)")
    add("--max-size", type=_size, default=DEFAULT_MAX_BYTES, help="largest file size, such as 500M (default: 1G)")
    add("--max-message", type=_size, help="largest size of an OTLP request (default: 20M over HTTP, 4M over gRPC)")
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="additional host name to accept; may be repeated",
    )
    add(
        "--cors-origin",
        type=to_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="origin of pages that may send OTLP/HTTP, such as https://*.shop.example, or * for all; may be repeated",
    )
    add("--ui-assets", type=Path, metavar="DIR", help="folder of a built Jaeger UI, to serve instead of the pages here")
    return parser.parse_args()


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number, 1 or more")
    return int(text)


def _size(text: str) -> int:
    """Parse a size in bytes; K, M and G are binary units."""
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper())
    if factor:
        return _positive(text[:-1]) * factor
    return _positive(text)


if __name__ == "__main__":
    main()
