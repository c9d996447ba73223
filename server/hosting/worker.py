"""A worker: one server process. At shutdown it drains its requests, then calls `before_exit`."""

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

# A signal to the process group reaches the main process too. If a worker exits before the main process handles the
# signal, the main process reports a crashed worker: seen twice with 0.1 s, on machines with three and ten times the
# work for their cores.
MAIN_FIRST_SECONDS = 0.3
# How long a busy thread may keep the others waiting; encoding 512 spans takes 40 ms. With Python's default of 5 ms, a
# saturated server's p99 was 1.4 times as long at the same throughput.
SWITCH_SECONDS = 0.001
# Time for requests in flight at shutdown. With 2 s for `before_exit`, a stop stays under 5 s.
DRAIN_SECONDS = 2.4


class _Stop:
    """What to do at SIGTERM, once it is known."""

    before_exit: Callable[[], None] | None = None


_stop = _Stop()


def load(worker: str) -> WSGIApplication:
    """Get the app by calling `worker`, given as `module:function`. The first of our code to run in a worker process.

    Ctrl-C and a closed terminal signal the workers too, and then the main process sends them SIGTERM; a granian worker
    that gets two stop signals hangs. So the workers inherit all stop signals blocked, and one thread waits for the
    first SIGTERM. It starts before the imports, which take a second, or five on a busy machine.
    """
    threading.Thread(target=_stop_in_time, args=(signal.getsignal(signal.SIGTERM),), daemon=True).start()
    threading.Thread(target=_stop_without_main, daemon=True).start()
    module, _, function = worker.partition(":")
    app: WSGIApplication = getattr(importlib.import_module(module), function)()
    return app


def hosted(app: WSGIApplication, before_exit: Callable[[], None]) -> WSGIApplication:
    """Set up an orderly exit for this worker process; return the app for granian to serve.

    `before_exit` runs after the last response, possibly twice, and must return within 2 s.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    sys.setswitchinterval(SWITCH_SECONDS)
    # A worker exits through multiprocessing. Before Python 3.13 a forked one skips `atexit` and runs only finalizers.
    multiprocessing.util.Finalize(None, before_exit, exitpriority=0)
    # A spawned worker would then tear down its interpreter for nothing: 0.2 s, or 1 s on a busy machine.
    atexit.register(_leave)
    _stop.before_exit = before_exit
    return _with_request_uri(app)


def _leave() -> None:
    if _stop.before_exit:
        _stop.before_exit()
    os._exit(0)


def _stop_in_time(not_serving: object) -> None:
    """Let granian drain, but exit when time is up: it waits 5 s for a request head that arrives slowly.

    `not_serving` is the SIGTERM handler that is in place until granian installs its own.
    """
    signal.sigwait({signal.SIGTERM})
    time.sleep(MAIN_FIRST_SECONDS)
    drain = signal.getsignal(signal.SIGTERM)
    if callable(drain) and drain is not not_serving:
        drain(signal.SIGTERM, None)
        time.sleep(DRAIN_SECONDS)
    _leave()


def _stop_without_main() -> None:
    """Stop if the main process was killed; otherwise its workers would keep the port."""
    if main := multiprocessing.parent_process():
        main.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _with_request_uri(app: WSGIApplication) -> WSGIApplication:
    """Add REQUEST_URI, which granian leaves out; without it, the server span has no `url.path`."""

    def with_request_uri(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        environ["REQUEST_URI"] = quote(environ["PATH_INFO"], encoding="latin-1") + (f"?{query}" if query else "")
        return app(environ, start_response)

    return with_request_uri
