"""`python -m backend ui --query-url URL`: the pages in front of another Jaeger, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

from backend.receiver.web import WebServer
from backend.serving import (
    MAX_UPLOAD_BYTES,
    PAGES_DRAIN_SECONDS,
    QUERY_THREADS,
    ListenError,
    guarded,
    name_of,
    port_problems,
    prepare,
    to_port,
    wait_for_signal,
)
from backend.ui.forward import create_app


def main(arguments: list[str]) -> int:
    """Serve until a signal comes; exit status 1 where the port cannot be had.

    Args:
        arguments: the command line after `ui`.
    """
    prepare()
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
        web.start(guarded(create_app(options.query_url), options.host), QUERY_THREADS, MAX_UPLOAD_BYTES)
        print(f"UI on http://{name_of(options.host)}:{web.port}, of the Jaeger at {options.query_url}", flush=True)
        wait_for_signal()


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend ui", usage=argparse.SUPPRESS, description=__doc__)
    add = parser.add_argument
    add("--query-url", type=_address, required=True, metavar="URL", help="Jaeger's query API, without the /api")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=to_port, default=16686, help="port of the UI, 0 for a free one (default: %(default)s)")
    return parser.parse_args(arguments)


def _address(text: str) -> str:
    try:
        url = urlsplit(text)
        whole = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:  # what is no port, half an IPv6 address
        whole = False
    if not whole:
        raise argparse.ArgumentTypeError(f"{text} is not an http:// or https:// address")
    if url.username is not None or url.query or url.fragment:
        raise argparse.ArgumentTypeError("an address without name, password, query and fragment is needed")
    return text
