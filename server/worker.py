"""A worker: one process of the server, with an SDK of its own that is set up after the fork and flushed at the stop."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from server.app import create_app
from telemetry.provider import Telemetry, set_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# They write a line for each wrong header of a stranger's, with the header in it.
TALKATIVE = (
    "opentelemetry.baggage.propagation",
    "opentelemetry.trace.propagation.tracecontext",
    "opentelemetry.trace.span",
)
# A signal to the whole group reaches the main process too. Where a worker is gone before that has taken its own, it
# takes the worker for crashed and says so: seen once on a machine with three times the work it has cores for.
MAIN_FIRST_SECONDS = 0.1
# How long a thread that computes keeps the others waiting; the export thread computes 40 ms for a batch of 512 spans.
# A saturated server's p99 was 1.4 times as long with Python's own 5 ms, and its requests a second were the same.
SWITCH_SECONDS = 0.001
# Requests under way get this long at the stop; with the flush (2 s) the stop stays under 5 s.
DRAIN_SECONDS = 2.4


def create_worker() -> WSGIApplication:
    """What granian calls in each worker process, on its main thread, to get the app."""
    # Ctrl-C and a closed terminal reach the workers too, and the main process sends SIGTERM after it; a granian worker
    # that is told to stop twice hangs. So the main process has all signals blocked before it forks, and here one thread
    # takes the first SIGTERM.
    logging.basicConfig(format="%(levelname)s: %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    sys.setswitchinterval(SWITCH_SECONDS)
    telemetry = set_up("chapter2-server")
    # A worker leaves through multiprocessing's exit, which skips `atexit` and runs these instead.
    multiprocessing.util.Finalize(None, telemetry.shutdown, exitpriority=0)
    threading.Thread(target=_stop_in_time, args=(telemetry, signal.getsignal(signal.SIGTERM)), daemon=True).start()
    threading.Thread(target=_stop_without_main, daemon=True).start()
    return _with_request_uri(create_app())


def _stop_in_time(telemetry: Telemetry, not_serving: object) -> None:
    """Tell granian to drain, and end the process where that takes too long: it waits 5 s for a head sent slowly.

    Args:
        telemetry: to be shut down.
        not_serving: the handler of SIGTERM for as long as granian has not installed its own.
    """
    signal.sigwait({signal.SIGTERM})
    time.sleep(MAIN_FIRST_SECONDS)
    drain = signal.getsignal(signal.SIGTERM)
    if callable(drain) and drain is not not_serving:
        drain(signal.SIGTERM, None)
        time.sleep(DRAIN_SECONDS)
    telemetry.shutdown()
    os._exit(0)


def _stop_without_main() -> None:
    """Stop when the main process was killed; its workers would keep the port."""
    main = multiprocessing.parent_process()
    if main:
        main.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _with_request_uri(app: WSGIApplication) -> WSGIApplication:
    """Add what granian leaves out and the instrumentation wants: without it, a span has no `url.path`."""

    def with_request_uri(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        environ["REQUEST_URI"] = quote(environ["PATH_INFO"], encoding="latin-1") + (f"?{query}" if query else "")
        return app(environ, start_response)

    return with_request_uri
