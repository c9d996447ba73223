"""The listener: granian with the article's limits. Its event loop holds slow clients without a thread for each."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import resource_tracker

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from server.hosting.worker import load

# The article's ReadTimeout. Its WriteTimeout of 10 s has no counterpart: a 13-byte response fits into any socket
# buffer, and a client that keeps sending requests without reading blocks its own connection, not a thread.
READ_TIMEOUT_MILLIS = 5_000
# Limit for the request line and headers, the same as Node's. With granian's default of 408 kB, copied into spans, the
# 2,560 spans that wait while a collector is down would take 1 GB.
MAX_HEAD_BYTES = 16 << 10
# More than one, for handlers that wait on I/O. CPU-bound handlers gain nothing: Python runs one thread at a time.
THREADS = 4
CONNECTIONS = 4_096
# Only for a stuck worker; the others exit earlier by themselves (`worker.py`).
KILL_SECONDS = 5
# Python 3.14 changed the Linux default to forkserver, for which granian substitutes spawn. Spawn, the only choice on
# macOS, takes 1.4 times as long to the first response and needs one more process, the resource tracker. Stopping takes
# 0.4 s with both while serving, and during startup up to 0.5 s with fork and 0.8 s with spawn (2 workers on 2 cores).
START_METHOD = "fork" if sys.platform == "linux" else "spawn"
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class ListenError(Exception):
    """The server cannot listen on the address; the message is one line for the user."""


def serve(worker: str, host: str, port: int, workers: int) -> None:
    """Run the workers, print a line once they accept connections, and return after SIGINT, SIGTERM or SIGHUP.

    Each worker process gets its WSGI app by calling `worker`, given as `module:function`. Port 0 picks a free port.
    Raises ListenError if the address is in use, unknown or not permitted.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    _block_signals()
    stops: list[Callable[[], None]] = [partial(os._exit, 0)]  # during the name lookup, which may be slow
    threading.Thread(target=_stop_at_signal, args=(stops,), daemon=True).start()
    host, port = _free_address(host, port)
    multiprocessing.set_start_method(START_METHOD, force=True)  # granian uses the global one
    server = Granian(
        worker,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=READ_TIMEOUT_MILLIS, max_buffer_size=MAX_HEAD_BYTES),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": {"_granian": {}}},  # to stderr like the rest; granian's default is stdout
    )
    stops.append(server.signal_handler_interrupt)
    threading.Thread(target=_announce, args=(lambda: len(server.wrks) == workers, host, port), daemon=True).start()
    # Python 3.12+ warns about forking with threads running. Here they are all waiting and hold no Python lock.
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    server.serve(target_loader=partial(load, worker), wrap_loader=False)


def _block_signals() -> None:
    """Block the stop signals here, in child threads and in the workers, which inherit the mask, forked or spawned.

    Spawn needs multiprocessing's resource tracker, which unblocks SIGINT and SIGTERM when it starts (until Python
    3.13.1). So start it first: when it started with the first worker, the signals reached the main process and the
    other workers, and a stop took 5.1 s instead of 0.3. SIGHUP alone would kill the tracker, so it inherits that block.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    if START_METHOD == "spawn":
        resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def _free_address(host: str, port: int) -> tuple[str, int]:
    """Resolve the address and check that it is free: granian would silently share a busy port (SO_REUSEPORT)."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.create_server(address[:2], family=family) as probe:
            return str(address[0]), int(probe.getsockname()[1])
    except (socket.gaierror, UnicodeError) as error:
        raise ListenError(f"--host {host}: {getattr(error, 'strerror', 'no name of a host')}") from error
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ListenError(f"cannot listen on {host} port {port}: {reason}; choose another with --port") from error


def _stop_at_signal(stops: list[Callable[[], None]]) -> None:
    signal.sigwait(STOP_SIGNALS)  # only the first counts
    stops[-1]()


def _announce(started: Callable[[], bool], host: str, port: int) -> None:
    while not started():  # connect only after the last fork: a worker forked meanwhile would inherit a held lock
        time.sleep(0.02)
    while True:
        with suppress(OSError):
            socket.create_connection((host, port), timeout=1).close()
            break
        time.sleep(0.02)
    print(f"Server is running on port {port}...", flush=True)
