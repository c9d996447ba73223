"""`python -m server`: answers `Hello, World!` on port 8080 until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys

if __name__ == "__main__":
    # Block these before the slow imports: Ctrl-C during an import prints a traceback, or is lost if raised in a
    # finalizer. Blocked signals stay pending until the thread that waits for them starts.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})

from server.hosting import ListenError, serve
from telemetry.environment import SettingsError, prepare


def main() -> None:
    options = parse()
    try:
        prepare()  # report a bad setting once, not in every worker
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
    """One per processor, since Go would use them all; at most 4, because each takes 60 MB."""
    return min(os.cpu_count() or 1, 4)


if __name__ == "__main__":
    main()
