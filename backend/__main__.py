"""`python -m backend`: takes traces over OTLP, keeps them, and answers Jaeger's query API, until SIGINT or SIGTERM.

`python -m backend import FILE...` stores files of traces instead.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backend import importing
from backend.loopback import loopback_only
from backend.query.app import create_app as create_query_app
from backend.receiver.file import make_upload
from backend.receiver.grpc import GrpcReceiver
from backend.receiver.http import create_app as create_http_app
from backend.receiver.request import span_bytes
from backend.receiver.web import WebServer
from backend.store.errors import StoreError
from backend.store.store import DEFAULT_MAX_BYTES, DEFAULT_MAX_SPANS, Store
from backend.ui.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_DB = Path(".playground", "traces.db")
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# A stop may take 5 s. Requests under way get this long, then what the receivers took is committed.
DRAIN_SECONDS = 1.5
# A page that waits for news never ends by itself.
PAGES_DRAIN_SECONDS = 0.5
STOP_SECONDS = 4.7
RECEIVER_THREADS = 16
# A page that waits for news holds one.
QUERY_THREADS = 32
# As the Collector's gRPC receiver.
MAX_MESSAGE_BYTES = 4 << 20
# Up to this much too much the OTLP/HTTP receiver itself says so, in the sender's encoding.
SLACK_BYTES = 1 << 20
# The query API itself refuses beyond 64 MiB.
MAX_UPLOAD_BYTES = 65 << 20


class ListenError(Exception):
    """An address cannot be listened on; the message is one line for the person who gave it."""


def main() -> None:
    if sys.argv[1:2] == ["import"]:
        sys.exit(importing.main(sys.argv[2:], DEFAULT_DB))
    # Before any thread starts: all inherit it, so a signal waits for the main thread, also during the start.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("waitress").setLevel(logging.ERROR)
    options = parse()
    try:
        run(options)
    except (ListenError, StoreError) as problem:
        sys.exit(f"python -m backend: {problem}")


def run(options: argparse.Namespace) -> None:
    """Listen, open the store, serve until a signal comes, and stop: first what takes spans, last the store."""
    with ExitStack() as listening:
        # All ports before anything else: opening a large store takes a while.
        with _port_problems(options.host, options.port, "--port"):
            web = WebServer(options.host, options.port)
            listening.callback(web.stop, PAGES_DRAIN_SECONDS)
        http = None
        if options.http_port is not None:
            with _port_problems(options.host, options.http_port, "--http-port"):
                http = WebServer(options.host, options.http_port)
                listening.callback(http.stop, DRAIN_SECONDS)
        with _port_problems(options.host, options.otlp_port, "--otlp-port"):
            otlp = GrpcReceiver(options.host, options.otlp_port, options.max_message)
            listening.callback(otlp.stop, DRAIN_SECONDS)

        with closing(open_store(options)) as store, listening.pop_all():
            guard = loopback_only if options.host in LOOPBACK_HOSTS else lambda app: app
            app = create_query_app(store)
            app.register_blueprint(pages)
            app.register_blueprint(make_upload(store))
            web.start(guard(app), QUERY_THREADS, MAX_UPLOAD_BYTES)
            if http:
                receiver = create_http_app(store, options.max_message, options.cors_origin)
                http.start(guard(receiver), RECEIVER_THREADS, options.max_message + SLACK_BYTES)
            otlp.start(store)
            print(banner(options.host, otlp.port, http.port if http else None, web.port), flush=True)
            signal.sigwait(SIGNALS)
            _end_in_time()


def open_store(options: argparse.Namespace) -> Store:
    path = options.db or DEFAULT_DB
    if not options.db:
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as problem:
            raise StoreError(f"{path.parent}: {problem.strerror}; name a file with --db") from problem
    return Store(path, max_spans=options.max_spans, max_bytes=options.max_size, span_bytes=span_bytes)


def banner(host: str, otlp_port: int, http_port: int | None, port: int) -> str:
    name = "localhost" if host in LOOPBACK_HOSTS else f"[{host}]" if ":" in host else host
    http = f", OTLP/HTTP on http://{name}:{http_port}/v1/traces" if http_port else ""
    return f"OTLP on {name}:{otlp_port}{http}, UI on http://{name}:{port}"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--otlp-port", type=_port, default=55678, help="port of OTLP/gRPC, 0 for a free one (default: %(default)s)")
    add("--http-port", type=_port, help="port of OTLP/HTTP, by convention 4318 (default: off)")
    add("--port", type=_port, default=16686, help="port of the query API and the UI (default: %(default)s)")
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
    return parser.parse_args()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) in range(65_536)):
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 65535")
    return int(text)


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


@contextmanager
def _port_problems(host: str, port: int, flag: str) -> Iterator[None]:
    try:
        yield
    except socket.gaierror as problem:
        raise ListenError(f"--host {host}: {problem.strerror}") from problem
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise ListenError(f"cannot listen on {host} port {port}: {reason}; choose another with {flag}") from problem


def _end_in_time() -> None:
    """End the process where the disk holds up the last commit; what is not committed was not acknowledged."""
    watch = threading.Timer(STOP_SECONDS, os._exit, (1,))
    watch.daemon = True
    watch.start()


if __name__ == "__main__":
    main()
