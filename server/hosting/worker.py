"""A worker: one process of the server, which drains and calls a last function before it ends."""

from __future__ import annotations

import atexit
import importlib
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A signal to the whole group reaches the main process too. Where a worker is gone before that has taken its own, it
# takes the worker for crashed and says so: seen once on a machine with three times the work it has cores for.
MAIN_FIRST_SECONDS = 0.1
# How long a thread that computes keeps the others waiting; one that encodes 512 spans computes for 40 ms. A saturated
# server's p99 was 1.4 times as long with Python's own 5 ms, and its requests a second were the same.
SWITCH_SECONDS = 0.001
# Requests under way get this long at the stop; with a last function of 2 s the stop stays under 5 s.
DRAIN_SECONDS = 2.4


class _Stop:
    """What to do at SIGTERM, as far as it is known."""

    before_exit: Callable[[], None] | None = None


_stop = _Stop()


def load(worker: str) -> WSGIApplication:
    """Call `worker`, as `module:function`, for its app; runs in each worker process, first of all of ours.

    Ctrl-C and a closed terminal reach the workers too, and the main process sends SIGTERM after it; a granian worker
    that is told to stop twice hangs. So the workers inherit all stop signals blocked, and here one thread takes the
    first SIGTERM. It does so from before the imports, which take a second, or five on a busy machine.
    """
    threading.Thread(target=_stop_in_time, args=(signal.getsignal(signal.SIGTERM),), daemon=True).start()
    threading.Thread(target=_stop_without_main, daemon=True).start()
    module, _, function = worker.partition(":")
    app: WSGIApplication = getattr(importlib.import_module(module), function)()
    return app


def hosted(app: WSGIApplication, before_exit: Callable[[], None]) -> WSGIApplication:
    """Make this worker process end in order, and return the app that granian is to serve.

    `before_exit` is called after the last answer, perhaps twice, and has to end within 2 s.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    sys.setswitchinterval(SWITCH_SECONDS)
    # A worker leaves through multiprocessing's exit: where it was forked, that skips `atexit` before Python 3.13, and
    # runs only these.
    multiprocessing.util.Finalize(None, before_exit, exitpriority=0)
    # Where it was spawned, it would then take its interpreter apart: 0.2 s, and 1 s on a busy machine, for nothing.
    atexit.register(_leave)
    _stop.before_exit = before_exit
    return _with_request_uri(app)


def _leave() -> None:
    if _stop.before_exit:
        _stop.before_exit()
    os._exit(0)


def _stop_in_time(not_serving: object) -> None:
    """Tell granian to drain, and end the process where that takes too long: it waits 5 s for a head sent slowly.

    `not_serving` is the handler of SIGTERM for as long as granian has not installed its own.
    """
    signal.sigwait({signal.SIGTERM})
    time.sleep(MAIN_FIRST_SECONDS)
    drain = signal.getsignal(signal.SIGTERM)
    if callable(drain) and drain is not not_serving:
        drain(signal.SIGTERM, None)
        time.sleep(DRAIN_SECONDS)
    _leave()


def _stop_without_main() -> None:
    """Stop when the main process was killed; its workers would keep the port."""
    if main := multiprocessing.parent_process():
        main.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _with_request_uri(app: WSGIApplication) -> WSGIApplication:
    """Add what other WSGI servers set and granian leaves out; without it, the server's span has no `url.path`."""

    def with_request_uri(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        environ["REQUEST_URI"] = quote(environ["PATH_INFO"], encoding="latin-1") + (f"?{query}" if query else "")
        return app(environ, start_response)

    return with_request_uri
