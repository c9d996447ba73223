"""The server process: the signals that stop it, and its limits."""

from __future__ import annotations

import logging
import os
import signal
import threading

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# A stop may take at most 5 s.
STOP_SECONDS = 4.7
# For page requests; live pages are released first.
PAGES_DRAIN_SECONDS = 0.5
# For the query API and the pages; each live page holds one.
QUERY_THREADS = 32
# For a query API request; the API itself rejects more than 64 MiB.
MAX_UPLOAD_BYTES = 65 << 20


def prepare() -> None:
    """Block the stop signals until `wait_for_signal`; call it before starting threads, which inherit the mask."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    logging.basicConfig(format="%(levelname)s: %(message)s")


def wait_for_signal() -> None:
    """Return at a stop signal, and kill the process if it has not exited in time.

    That happens if the disk delays the last commit; uncommitted spans were never acknowledged.
    """
    signal.sigwait(SIGNALS)
    watch = threading.Timer(STOP_SECONDS, os._exit, (1,))
    watch.daemon = True
    watch.start()
