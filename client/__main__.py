"""`python -m client`: asks the server once a second until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading

from client.stop import SIGNALS, Stop

if __name__ == "__main__":
    # Block these before the slow imports: Ctrl-C during an import prints a traceback, or is lost if raised in a
    # finalizer. Blocked signals stay pending until Stop's thread starts.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

from telemetry.environment import SettingsError, is_address, prepare
from telemetry.terminal import prepare_output


def main() -> int:
    stop = Stop()
    options = parse()
    prepare_output()
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # or it warns about each connection the server closed
    try:
        prepare()
    except SettingsError as problem:
        sys.exit(f"python -m client: {problem}")
    from client import app  # noqa: PLC0415 - after prepare(): the SDK reads some variables on import

    failed = app.main(options.url, options.interval, options.count, options.ui if options.verbose else None, stop)
    return int(options.count is not None and failed > 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m client", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--url", default="http://localhost:8080/", help="address to request (default: %(default)s)")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between requests (default: 1)")
    parser.add_argument("--count", type=int, help="stop after this many; exit status 1 if any failed (default: no end)")
    parser.add_argument("--verbose", action="store_true", help="print each request's traceparent and trace address")
    parser.add_argument("--ui", default="http://localhost:16686", help="Jaeger, for --verbose (default: %(default)s)")
    options = parser.parse_args()
    if not is_address(options.url):
        parser.error(f"argument --url: {options.url} is not an http:// or https:// address")
    if not 0 <= options.interval <= threading.TIMEOUT_MAX:
        parser.error("argument --interval: must be 0 or more seconds")
    if options.count is not None and options.count < 1:
        parser.error("argument --count: must be 1 or more")
    return options


if __name__ == "__main__":
    sys.exit(main())
