"""`python -m client`: asks the server once a second until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from urllib.parse import urlsplit

from client.loop import run
from telemetry.settings import SettingsError, read

# A request under way at the stop may finish for this long; with the flush (2 s) the stop stays under 5 s.
FINISH_SECONDS = 2.5
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def main() -> int:
    # For the one thread that waits for them. Before any other thread is there: each begins with its maker's mask.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    options = parse()
    logging.basicConfig(format="%(levelname)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it would tell of each connection that the server closed
    try:
        read()
    except SettingsError as problem:
        sys.exit(f"python -m client: {problem}")
    # Not before: the SDK reads some settings when it is imported.
    from opentelemetry.instrumentation.requests import RequestsInstrumentor  # noqa: PLC0415

    from telemetry.provider import set_up  # noqa: PLC0415

    telemetry = set_up("chapter2-client")
    RequestsInstrumentor().instrument()

    failed = until_signal(options)
    telemetry.shutdown()
    return int(options.count is not None and failed > 0)


def until_signal(options: argparse.Namespace) -> int:
    """Run the loop on a thread of its own, so that a signal never breaks a request in two; return how many failed."""
    stop, ended = threading.Event(), threading.Event()
    failed = 0

    def loop() -> None:
        nonlocal failed
        try:
            failed = run(options.url, options.interval, options.count, options.ui if options.verbose else None, stop)
        except BrokenPipeError:  # nobody reads any more: `make client | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        finally:
            ended.set()

    def stop_at_signal() -> None:
        signal.sigwait(STOP_SIGNALS)
        stop.set()
        ended.wait(FINISH_SECONDS)
        ended.set()

    for target in (loop, stop_at_signal):
        threading.Thread(target=target, daemon=True).start()
    ended.wait()
    return failed


def address(text: str) -> str:
    try:
        url = urlsplit(text)
        if url.scheme in {"http", "https"} and url.hostname and url.port != 0:
            return text
    except ValueError:  # what is no port, half an IPv6 address
        pass
    raise argparse.ArgumentTypeError(f"{text} is not an http:// or https:// address")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m client", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument(
        "--url", type=address, default="http://localhost:8080/", help="what to ask for (default: %(default)s)"
    )
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between requests (default: 1)")
    parser.add_argument("--count", type=int, help="stop after this many; exit status 1 if any failed (default: no end)")
    parser.add_argument("--verbose", action="store_true", help="print each request's traceparent and trace address")
    parser.add_argument(
        "--ui", default="http://localhost:16686", help="Jaeger UI, for --verbose (default: %(default)s)"
    )
    options = parser.parse_args()
    if not 0 <= options.interval <= threading.TIMEOUT_MAX:
        parser.error("argument --interval: must be 0 or more seconds")
    if options.count is not None and options.count < 1:
        parser.error("argument --count: must be 1 or more")
    return options


if __name__ == "__main__":
    sys.exit(main())
