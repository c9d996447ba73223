"""`python -m server`: answers `Hello, World!` on port 8080 until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys

if __name__ == "__main__":
    # Before the other imports, which take a while: Ctrl-C would end one of them with a traceback, or be lost where
    # it is raised in a finalizer. It waits for the thread that looks for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})

from server.hosting import ListenError, serve
from telemetry.environment import SettingsError, prepare


def main() -> None:
    options = parse()
    try:
        prepare()  # so that a bad setting is reported once and not by each worker
        serve("server.app:main", options.host, options.port, options.workers)
    except (SettingsError, ListenError) as problem:
        sys.exit(f"python -m server: {problem}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m server", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on, 0 for a free one (default: 8080)")
    workers = "number of processes (default: one for each processor, 4 at most)"
    parser.add_argument("--workers", type=int, default=default_workers(), help=workers)
    options = parser.parse_args()
    if options.port not in range(65_536):
        parser.error(f"argument --port: {options.port} is not from 0 to 65535")
    if options.workers < 1:
        parser.error("argument --workers: must be 1 or more")
    return options


def default_workers() -> int:
    """One for each processor, as Go would use them all; 4 at most, each takes 60 MB."""
    return min(os.cpu_count() or 1, 4)


if __name__ == "__main__":
    main()
