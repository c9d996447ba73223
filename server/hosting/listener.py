"""The listener: granian with the article's limits. In its event loop slow clients wait without a thread each."""

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

# The article's ReadTimeout. Its WriteTimeout of 10 s has no counterpart: an answer of 13 bytes fits into any socket's
# buffer, and a client that asks on and on without reading blocks its own connection, not a thread.
READ_TIMEOUT_MILLIS = 5_000
# Of a request line and headers, as in Node; granian's own 408 kB, copied into spans, would fill the memory with 1 GB
# while a collector is away and 2,560 spans wait for it.
MAX_HEAD_BYTES = 16 << 10
# For a handler that waits; one that computes gains nothing from more, Python runs one at a time.
THREADS = 4
CONNECTIONS = 4_096
# The workers end themselves before this (`worker.py`); it is for one that is stuck.
KILL_SECONDS = 5
# How workers start. Python's own choice on Linux became forkserver with 3.14, in whose place granian spawns. To spawn,
# which is all that macOS has, takes 1.4 times as long to the first answer and has one more process, the resource
# tracker. A stop takes 0.2 to 1 s in both while it serves; while it starts 0.3 to 1.5 s where workers are forked, and
# 0.1 to 1.8 s where they are spawned (2 workers, 2 cores with four times the work).
START_METHOD = "fork" if sys.platform == "linux" else "spawn"
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class ListenError(Exception):
    """The address cannot be listened on; the message is one line for the person who gave it."""


def serve(worker: str, host: str, port: int, workers: int) -> None:
    """Run so many workers and print when they accept connections; return after SIGINT, SIGTERM or SIGHUP.

    Each worker process calls `worker`, as `module:function`, for its WSGI app. Port 0 takes a free one. Raises
    ListenError where the address is in use, unknown or not allowed.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s")
    _block_signals()
    stops: list[Callable[[], None]] = [partial(os._exit, 0)]  # while a name is looked up, which may take long
    threading.Thread(target=_stop_at_signal, args=(stops,), daemon=True).start()
    host, port = _free_address(host, port)
    multiprocessing.set_start_method(START_METHOD, force=True)  # granian takes the one that is set
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
        log_dictconfig={"loggers": {"_granian": {}}},  # to stderr like all others; its own goes to stdout
    )
    stops.append(server.signal_handler_interrupt)
    threading.Thread(target=_announce, args=(lambda: len(server.wrks) == workers, host, port), daemon=True).start()
    # The threads beside a fork, of which Python 3.12 and newer warn, all wait then, and hold no lock of Python's.
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    server.serve(target_loader=partial(load, worker), wrap_loader=False)


def _block_signals() -> None:
    """In this thread, those it starts and, whether they are forked or spawned, the workers: each inherits the mask.

    Spawning needs multiprocessing's resource tracker, and until Python 3.13.1 its start unblocks SIGINT and SIGTERM. So
    it comes first: started with the first worker, it let the signals into the main process and the other workers, and a
    stop took 5.1 s instead of 0.3. Only a SIGHUP would end it, and it inherits this one's block.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    if START_METHOD == "spawn":
        resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def _free_address(host: str, port: int) -> tuple[str, int]:
    """An address as granian takes it, after a look: it would share a busy port (SO_REUSEPORT) and get some requests."""
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
    signal.sigwait(STOP_SIGNALS)  # the first one; the others change nothing any more
    stops[-1]()


def _announce(started: Callable[[], bool], host: str, port: int) -> None:
    while not started():  # a lock that a connection takes would stay locked in a worker that is forked meanwhile
        time.sleep(0.02)
    while True:
        with suppress(OSError):
            socket.create_connection((host, port), timeout=1).close()
            break
        time.sleep(0.02)
    print(f"Server is running on port {port}...", flush=True)
