"""The process of a program that serves: the signals that stop it, and how long it may take."""

from __future__ import annotations

import logging
import os
import signal
import threading

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# A stop may take 5 s.
STOP_SECONDS = 4.7
# Of the pages: those that wait for news are let go first.
PAGES_DRAIN_SECONDS = 0.5
# Of the query API and the pages; a page that waits for news holds one.
QUERY_THREADS = 32
# Of a request of the query API; beyond 64 MiB the API itself refuses.
MAX_UPLOAD_BYTES = 65 << 20


def prepare() -> None:
    """Let signals wait for `wait_for_signal`; called before any thread starts, so that all inherit it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    logging.basicConfig(format="%(levelname)s: %(message)s")


def wait_for_signal() -> None:
    """Return when the program is to stop, and end the process where it has not within its time.

    That is where the disk holds up the last commit; what is not committed was not acknowledged.
    """
    signal.sigwait(SIGNALS)
    watch = threading.Timer(STOP_SECONDS, os._exit, (1,))
    watch.daemon = True
    watch.start()
