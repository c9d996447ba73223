"""The client's shutdown: which signals stop it, and how long a request may take to finish."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

# Time for a request in flight at shutdown. With 2 s for the flush, a stop stays under 5 s.
FINISH_SECONDS = 2.5
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Stop(threading.Event):
    """Set by SIGINT, SIGTERM or SIGHUP. Create it before any other thread, which would receive the signals instead."""

    def __init__(self) -> None:
        super().__init__()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        threading.Thread(target=self._wait_for_signal, daemon=True).start()

    def _wait_for_signal(self) -> None:
        signal.sigwait(SIGNALS)
        self.set()

    def bounded(self, loop: Callable[[], int]) -> int:
        """Run `loop` on its own thread, safe from signals; return its result, or 0 if it does not finish in time."""
        results: list[int] = []

        def run() -> None:
            try:
                results.append(loop())
            except BrokenPipeError:  # the reader has gone: `make client | head`
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

        running = threading.Thread(target=run, daemon=True)
        running.start()
        while running.is_alive() and not self.is_set():
            running.join(0.1)
        running.join(FINISH_SECONDS)
        return sum(results)
